package classify

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
	"wardline/internal/workorder"
)

// HTTP registers the operations of suggesting, of the policy and of problems.
type HTTP struct {
	Service *Service
	// Limit slows down those who have not signed in.
	Limit func(ctx context.Context, what string) error
}

const tag = "classify"

type out[T any] struct{ Body T }

func give[T any](v T, err error) (*out[T], error) { return &out[T]{v}, err }

// ListOut is a whole list with the stamp to send back with a change.
type ListOut[T any] struct {
	Stamp int64 `json:"stamp,omitempty" doc:"Send it back with a change to be told of changes in between"`
	Items []T   `json:"items" maxItems:"500"`
}

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	h.asking(api)
	h.versions(api)
	h.policy(api)
	h.problems(api)
}

func (h HTTP) asking(api *web.API) {
	web.Register(api, web.Op{Method: "POST", Path: "/classify/suggest", ID: "suggest", Summary: "What the caller's words seem to be about", Tag: tag, Access: web.Access(identity.OrderCreate)},
		func(ctx context.Context, in *struct{ Body Question }) (*out[Suggestion], error) {
			return give(h.Service.Suggest(ctx, in.Body))
		})
	web.Register(api, web.Op{Method: "POST", Path: "/public/suggest", ID: "suggest-public", Summary: "What the words seem to be about, of what is offered without sign-in", Tag: tag, Access: web.Public},
		func(ctx context.Context, in *struct {
			Body struct {
				Words string `json:"words" minLength:"1" maxLength:"2000"`
			}
		}) (*out[Suggestion], error) {
			if err := h.Limit(ctx, "suggest"); err != nil {
				return nil, err
			}
			return give(h.Service.Suggest(ctx, Question{Words: in.Body.Words}))
		})
	type orderIn struct {
		ID string `path:"id" maxLength:"40"`
	}
	web.Register(api, web.Op{Method: "GET", Path: "/orders/{id}/guide", ID: "order-guide", Summary: "The script by which an order may be guided", Tag: tag, Access: web.Access(identity.OrderRead)},
		func(ctx context.Context, in *orderIn) (*out[Guide], error) {
			return give(h.Service.GuideOf(ctx, in.ID))
		})
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/guide", ID: "guide-order", Summary: "Record a guided attempt: solved ends the order, failed makes it a visit", Tag: tag, Access: web.Access(identity.OrderRead)},
		func(ctx context.Context, in *struct {
			workorder.One
			Body struct {
				workorder.Stamp
				Attempt
			}
		}) (*out[workorder.View], error) {
			m := workorder.Meta{Key: in.Key, Version: in.Body.Version, OccurredAt: in.Body.OccurredAt}
			return give(h.Service.Try(ctx, in.ID, in.Body.Attempt, m))
		})
}

func (h HTTP) versions(api *web.API) {
	manage := web.Access(identity.RuleManage)
	web.Register(api, web.Op{Method: "GET", Path: "/classify", ID: "classify-overview", Summary: "Versions, threshold and how far training is", Tag: tag, Access: manage},
		func(ctx context.Context, _ *struct{}) (*out[Overview], error) {
			return give(h.Service.Overview(ctx))
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/classify", ID: "classify-set", Summary: "Set the threshold and the version in force", Tag: tag, Access: manage},
		func(ctx context.Context, in *struct{ Body Settings }) (*out[Overview], error) {
			return give(h.Service.Set(ctx, in.Body))
		})
	web.Register(api, web.Op{Method: "POST", Path: "/classify/train", ID: "classify-train", Summary: "Train a version now", Tag: tag, Access: manage},
		func(ctx context.Context, _ *struct{}) (*out[Overview], error) {
			if err := h.Service.Train(ctx); err != nil {
				return nil, err
			}
			return give(h.Service.Overview(ctx))
		})
	web.Register(api, web.Op{Method: "GET", Path: "/classify/report", ID: "classify-report", Summary: "What a version was measured by", Tag: tag, Access: manage},
		func(ctx context.Context, in *struct {
			Version string `query:"version" maxLength:"40" doc:"Absent is the one in force"`
		}) (*out[Report], error) {
			return give(h.Service.Report(ctx, in.Version))
		})
	web.Register(api, web.Op{Method: "GET", Path: "/classify/mistakes", ID: "classify-mistakes", Summary: "Orders of a cell of the confusion table", Tag: tag, Access: manage},
		func(ctx context.Context, in *struct {
			Version string `query:"version" maxLength:"40"`
			ItemID  string `query:"itemId" required:"true" maxLength:"40" doc:"What they were"`
			GuessID string `query:"guessId" required:"true" maxLength:"40" doc:"What they were taken for"`
		}) (*out[ListOut[Mistaken]], error) {
			items, err := h.Service.Mistakes(ctx, in.Version, in.ItemID, in.GuessID)
			return give(ListOut[Mistaken]{Items: items}, err)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/classify/live", ID: "classify-live", Summary: "How suggestions did with the orders of the last days", Tag: tag, Access: manage},
		func(ctx context.Context, in *struct {
			Days int `query:"days" minimum:"1" maximum:"365" default:"30"`
		}) (*out[Live], error) {
			return give(h.Service.Live(ctx, in.Days))
		})
}

func (h HTTP) policy(api *web.API) {
	manage := web.Access(identity.RuleManage)
	web.Register(api, web.Op{Method: "GET", Path: "/classify/words", ID: "list-danger-words", Summary: "Words of danger", Tag: tag, Access: manage},
		func(ctx context.Context, _ *struct{}) (*out[ListOut[Word]], error) {
			items, stamp, err := h.Service.Words(ctx)
			return give(ListOut[Word]{stamp, items}, err)
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/classify/words", ID: "save-danger-words", Summary: "Replace the words of danger", Tag: tag, Status: 204, Access: manage},
		func(ctx context.Context, in *struct{ Body ListOut[Word] }) (*struct{}, error) {
			return nil, h.Service.SaveWords(ctx, in.Body.Items, in.Body.Stamp)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/classify/policy", ID: "list-policy", Summary: "Remote or on site: the rules in order", Tag: tag, Access: manage},
		func(ctx context.Context, _ *struct{}) (*out[ListOut[PolicyRule]], error) {
			items, stamp, err := h.Service.PolicyRules(ctx)
			return give(ListOut[PolicyRule]{stamp, items}, err)
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/classify/policy", ID: "save-policy", Summary: "Replace the rules of remote or on site", Tag: tag, Status: 204, Access: manage},
		func(ctx context.Context, in *struct{ Body ListOut[PolicyRule] }) (*struct{}, error) {
			return nil, h.Service.SavePolicy(ctx, in.Body.Items, in.Body.Stamp)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/classify/scripts", ID: "list-scripts", Summary: "Scripts for guiding callers", Tag: tag, Access: manage},
		func(ctx context.Context, _ *struct{}) (*out[ListOut[Script]], error) {
			items, err := h.Service.Scripts(ctx)
			return give(ListOut[Script]{Items: items}, err)
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/classify/scripts", ID: "save-script", Summary: "Add, change or, without steps, remove the script of an item", Tag: tag, Access: manage},
		func(ctx context.Context, in *struct {
			Body struct {
				ItemCode string `json:"itemCode" minLength:"2" maxLength:"16"`
				Steps    []Step `json:"steps" maxItems:"30"`
				Version  int64  `json:"version,omitempty" doc:"As it was seen; absent for a new one"`
			}
		}) (*out[Script], error) {
			return give(h.Service.SaveScript(ctx, Script{ItemCode: in.Body.ItemCode, Steps: in.Body.Steps, Version: in.Body.Version}))
		})
}

// ProblemID names a problem in the address.
type ProblemID struct {
	ID string `path:"id" maxLength:"40"`
}

func (h HTTP) problems(api *web.API) {
	read := web.Access(identity.OrderRead)
	type ProblemPage struct {
		Items      []Problem `json:"items"`
		NextCursor string    `json:"nextCursor,omitempty"`
	}
	web.Register(api, web.Op{Method: "GET", Path: "/problems", ID: "list-problems", Summary: "Faults that keep coming back", Tag: tag, Access: read},
		func(ctx context.Context, in *struct {
			web.Page
			State   string `query:"state" enum:"open,closed"`
			AssetID string `query:"assetId" maxLength:"40"`
			ItemID  string `query:"itemId" maxLength:"40"`
		}) (*out[ProblemPage], error) {
			f := ProblemFilter{Open: in.State == "open", Closed: in.State == "closed", AssetID: in.AssetID, ItemID: in.ItemID}
			items, next, err := h.Service.Problems(ctx, f, in.Limit, in.Cursor)
			return give(ProblemPage{items, next}, err)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/problems/{id}", ID: "get-problem", Summary: "One problem with its orders", Tag: tag, Access: read},
		func(ctx context.Context, in *ProblemID) (*out[ProblemView], error) {
			return give(h.Service.Problem(ctx, in.ID))
		})
	web.Register(api, web.Op{Method: "PATCH", Path: "/problems/{id}", ID: "find-problem", Summary: "Note cause and action of a problem, and close it", Tag: tag, Access: web.Access(identity.OrderDispatch)},
		func(ctx context.Context, in *struct {
			ProblemID
			Body Finding
		}) (*out[ProblemView], error) {
			return give(h.Service.Find(ctx, in.ID, in.Body))
		})
}
