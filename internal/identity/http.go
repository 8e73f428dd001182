package identity

import "wardline/internal/platform/web"

// HTTP offers the service over HTTP.
type HTTP struct{ Service *Service }

// Register adds the operations below /auth, /people, /roles and /permissions.
func (h HTTP) Register(api *web.API) {
	h.registerSignIn(api)
	h.registerAccount(api)
	h.registerPeople(api)
	h.registerRoles(api)
}

// versionIn is the body of a command on one person that needs nothing more.
type versionIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Version int64 `json:"version"`
	}
}

type personOut struct{ Body *Person }
