package identity

import (
	"context"

	"wardline/internal/platform/web"
)

type signInIn struct{ Body Credentials }

type codeIn struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"40" doc:"Six digits of the authenticator; at sign-in also a recovery code"`
	}
}

type passOut struct {
	SetCookie string `header:"Set-Cookie"`
	Body      struct {
		Stage Stage `json:"stage,omitempty" enum:"totp,password" doc:"What is still missing: totp → POST /auth/login/code, password → POST /auth/password; absent when signed in"`
	}
}

type outOut struct {
	SetCookie string `header:"Set-Cookie"`
}

type passwordIn struct{ Body NewPassword }

func passed(ctx context.Context, p Pass, err error) (*passOut, error) {
	if err != nil {
		return nil, err
	}
	out := &passOut{SetCookie: cookie(p, VisitOf(ctx).Secure)}
	out.Body.Stage = p.Stage
	return out, nil
}

func (h HTTP) registerSignIn(api *web.API) {
	const tag = "Sign-in"
	web.Register(api, web.Op{Method: "POST", Path: "/auth/login", ID: "sign-in", Summary: "Sign in with name and password", Tag: tag, Access: web.Public},
		func(ctx context.Context, in *signInIn) (*passOut, error) {
			p, err := h.Service.SignIn(ctx, in.Body, VisitOf(ctx))
			return passed(ctx, p, err)
		})
	web.Register(api, web.Op{Method: "POST", Path: "/auth/login/code", ID: "give-code", Summary: "Finish the sign-in with a code", Tag: tag, Access: Staged},
		func(ctx context.Context, in *codeIn) (*passOut, error) {
			p, err := h.Service.GiveCode(ctx, in.Body.Code, VisitOf(ctx))
			return passed(ctx, p, err)
		})
	web.Register(api, web.Op{Method: "POST", Path: "/auth/password", ID: "change-password", Summary: "Change the own password, or set the first one", Tag: tag, Access: Staged},
		func(ctx context.Context, in *passwordIn) (*passOut, error) {
			p, err := h.Service.ChangePassword(ctx, in.Body, VisitOf(ctx))
			return passed(ctx, p, err)
		})
	web.Register(api, web.Op{Method: "POST", Path: "/auth/logout", ID: "sign-out", Summary: "Sign out here", Tag: tag, Access: web.Public, Status: 204},
		func(ctx context.Context, _ *struct{}) (*outOut, error) {
			if err := h.Service.SignOut(ctx, VisitOf(ctx)); err != nil {
				return nil, err
			}
			return &outOut{SetCookie: cookie(Pass{}, VisitOf(ctx).Secure)}, nil
		})
}

type meOut struct{ Body *Me }

type languageIn struct {
	Body struct {
		Language string `json:"language" enum:"zh,en,"`
	}
}

type againIn struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"256" doc:"The own password, once more"`
	}
}

type enrolOut struct{ Body *Enrolment }

type recoveryOut struct {
	Body struct {
		RecoveryCodes []string `json:"recoveryCodes" doc:"Shown this once; each works once in place of a code"`
	}
}

func recovered(codes []string, err error) (*recoveryOut, error) {
	if err != nil {
		return nil, err
	}
	out := &recoveryOut{}
	out.Body.RecoveryCodes = codes
	return out, nil
}

type sessionsOut struct {
	Body struct {
		Items []Session `json:"items"`
	}
}

type idIn struct {
	ID string `path:"id" maxLength:"64"`
}

type tokensOut struct {
	Body struct {
		Items []Token `json:"items"`
	}
}

type tokenIn struct{ Body NewToken }

type tokenOut struct {
	Body struct {
		Token  *Token `json:"token"`
		Secret string `json:"secret" doc:"Shown this once; send it as Authorization: Bearer SECRET"`
	}
}

func (h HTTP) registerAccount(api *web.API) {
	h.registerMe(api)
	h.registerTOTP(api)
	const tag = "Account"
	web.Register(api, web.Op{Method: "GET", Path: "/auth/sessions", ID: "list-own-sessions", Summary: "Where I am signed in", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *struct{}) (*sessionsOut, error) {
			list, err := h.Service.Sessions(ctx, VisitOf(ctx))
			out := &sessionsOut{}
			out.Body.Items = list
			return out, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/auth/sessions/{id}", ID: "end-own-session", Summary: "Sign out one browser", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *idIn) (*struct{}, error) {
			return nil, h.Service.EndSession(ctx, VisitOf(ctx), in.ID)
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/auth/sessions", ID: "end-other-sessions", Summary: "Sign out all other browsers", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *struct{}) (*struct{}, error) {
			return nil, h.Service.EndOtherSessions(ctx, VisitOf(ctx))
		})
	web.Register(api, web.Op{Method: "GET", Path: "/auth/tokens", ID: "list-own-tokens", Summary: "My API tokens", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *struct{}) (*tokensOut, error) {
			list, err := h.Service.Tokens(ctx, VisitOf(ctx))
			out := &tokensOut{}
			out.Body.Items = list
			return out, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/auth/tokens", ID: "make-token", Summary: "Make an API token", Tag: tag, Access: web.SignedIn, Status: 201},
		func(ctx context.Context, in *tokenIn) (*tokenOut, error) {
			t, secret, err := h.Service.MakeToken(ctx, VisitOf(ctx), in.Body)
			out := &tokenOut{}
			out.Body.Token, out.Body.Secret = t, secret
			return out, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/auth/tokens/{id}", ID: "revoke-token", Summary: "Revoke an API token", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *idIn) (*struct{}, error) {
			return nil, h.Service.RevokeToken(ctx, VisitOf(ctx), in.ID)
		})
}

func (h HTTP) registerMe(api *web.API) {
	const tag = "Account"
	web.Register(api, web.Op{Method: "GET", Path: "/auth/me", ID: "who-am-i", Summary: "Who is signed in, and what they may do", Tag: tag, Access: Staged},
		func(ctx context.Context, _ *struct{}) (*meOut, error) {
			me, err := h.Service.Me(ctx, VisitOf(ctx))
			return &meOut{me}, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/auth/language", ID: "set-language", Summary: "Choose the language", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *languageIn) (*struct{}, error) {
			return nil, h.Service.SetLanguage(ctx, VisitOf(ctx), in.Body.Language)
		})
}

func (h HTTP) registerTOTP(api *web.API) {
	const tag = "Account"
	web.Register(api, web.Op{Method: "POST", Path: "/auth/totp/enrol", ID: "enrol-totp", Summary: "Get a secret for the second factor", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *againIn) (*enrolOut, error) {
			e, err := h.Service.Enrol(ctx, VisitOf(ctx), in.Body.Password)
			return &enrolOut{e}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/auth/totp/confirm", ID: "confirm-totp", Summary: "Switch the second factor on", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *codeIn) (*recoveryOut, error) {
			return recovered(h.Service.ConfirmTOTP(ctx, VisitOf(ctx), in.Body.Code))
		})
	web.Register(api, web.Op{Method: "POST", Path: "/auth/totp/disable", ID: "disable-totp", Summary: "Switch the second factor off", Tag: tag, Access: web.SignedIn, Status: 204},
		func(ctx context.Context, in *againIn) (*struct{}, error) {
			return nil, h.Service.DisableTOTP(ctx, VisitOf(ctx), in.Body.Password)
		})
	web.Register(api, web.Op{Method: "POST", Path: "/auth/totp/recovery", ID: "new-recovery-codes", Summary: "Replace the recovery codes", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *againIn) (*recoveryOut, error) {
			return recovered(h.Service.NewRecoveryCodes(ctx, VisitOf(ctx), in.Body.Password))
		})
}
