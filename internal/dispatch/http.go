package dispatch

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
	"wardline/internal/workorder"
)

// HTTP registers the operations of dispatching.
type HTTP struct{ Service *Service }

const (
	tag           = "dispatch"
	settingAccess = web.Access(identity.SettingWrite)
)

type none struct{}

type list[T any] struct {
	Body struct {
		Items []T `json:"items"`
	}
}

func listed[T any](items []T, err error) (*list[T], error) {
	out := &list[T]{}
	out.Body.Items = items
	return out, err
}

// Told is an outcome with the refusal in words.
type Told struct {
	Outcome
	Message string `json:"message,omitempty" doc:"Why it was refused, in the caller's language"`
}

func (o Outcome) tell(ctx context.Context) Told {
	t := Told{Outcome: o}
	if f, ok := fault.Of(o.err); ok {
		params := f.Params
		if len(f.Fields) > 0 {
			params = f.Fields[0].Params
		}
		t.Message = fault.Message(web.Language(ctx), o.Code, params)
	}
	return t
}

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	access := web.Access(identity.OrderDispatch)
	type in struct {
		ID     string `path:"id" maxLength:"40" doc:"Id or number"`
		TeamID string `query:"teamId" maxLength:"40" doc:"The order's team when empty"`
	}
	web.Register(api, web.Op{Method: "GET", Path: "/orders/{id}/candidates", ID: "order-candidates", Summary: "Who should do an order, and why",
		Tag: tag, Access: access},
		func(ctx context.Context, in *in) (*list[Candidate], error) {
			return listed(h.Service.Candidates(ctx, in.ID, in.TeamID))
		})
	type floorsOut struct{ Body Floors }
	web.Register(api, web.Op{Method: "GET", Path: "/dispatch/floors", ID: "dispatch-floors", Summary: "Where open orders and people are, building by building", Tag: tag, Access: access},
		func(ctx context.Context, in *struct{ workorder.FilterIn }) (*floorsOut, error) {
			out, err := h.Service.Floors(ctx, in.Filter(ctx))
			return &floorsOut{out}, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/dispatch/crew", ID: "dispatch-crew", Summary: "People on duty whom the caller may dispatch, where they are and what they have in hand", Tag: tag, Access: access},
		func(ctx context.Context, _ *none) (*list[Seen], error) {
			return listed(h.Service.Crew(ctx))
		})
	h.batch(api, access)
	h.settings(api)
	h.modes(api)
}

func (h HTTP) batch(api *web.API, access web.Access) {
	type proposalOut struct{ Body Proposal }
	web.Register(api, web.Op{Method: "GET", Path: "/dispatch/batch", ID: "propose-batch", Summary: "Which waiting orders of a team should go to which of its free people", Tag: tag, Access: access},
		func(ctx context.Context, in *struct {
			TeamID string `query:"teamId" required:"true" minLength:"1" maxLength:"40"`
		}) (*proposalOut, error) {
			p, err := h.Service.Propose(ctx, in.TeamID)
			return &proposalOut{p}, err
		})
	type outcomesOut struct {
		Body struct {
			Items []Told `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/dispatch/batch", ID: "apply-batch", Summary: "Give out the chosen pairs", Tag: tag, Access: access},
		func(ctx context.Context, in *struct {
			web.Command
			Body struct {
				TeamID string   `json:"teamId" minLength:"1" maxLength:"40"`
				Pairs  []Choice `json:"pairs" minItems:"1" maxItems:"100"`
			}
		}) (*outcomesOut, error) {
			done, err := h.Service.Apply(ctx, in.Body.TeamID, in.Body.Pairs, in.Key)
			out := &outcomesOut{}
			for _, o := range done {
				out.Body.Items = append(out.Body.Items, o.tell(ctx))
			}
			return out, err
		})
}

func (h HTTP) settings(api *web.API) {
	s := h.Service
	type setupOut struct{ Body Setup }
	web.Register(api, web.Op{Method: "GET", Path: "/dispatch/setup", ID: "get-dispatch-setup", Summary: "Weights, modes, what items ask for and what people carry", Tag: tag, Access: settingAccess},
		func(ctx context.Context, _ *none) (*setupOut, error) {
			v, err := s.Setup(ctx)
			return &setupOut{v}, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/dispatch/settings/versions", ID: "list-dispatch-settings", Summary: "The states the settings were saved in, the newest first", Tag: tag, Access: settingAccess},
		func(ctx context.Context, _ *none) (*list[SettingsVersion], error) {
			return listed(s.SettingsHistory(ctx))
		})
	type settingsOut struct{ Body SettingsVersion }
	web.Register(api, web.Op{Method: "PUT", Path: "/dispatch/settings", ID: "save-dispatch-settings", Summary: "Save a version of weights, ways and points", Tag: tag, Access: settingAccess},
		func(ctx context.Context, in *struct {
			Body struct {
				Settings
				Version int64 `json:"version" minimum:"0" doc:"The version that was edited"`
			}
		}) (*settingsOut, error) {
			v, err := s.SaveSettings(ctx, in.Body.Settings, in.Body.Version)
			return &settingsOut{v}, err
		})
	type itemOut struct{ Body ItemWants }
	web.Register(api, web.Op{Method: "PUT", Path: "/dispatch/items/{id}", ID: "save-dispatch-item", Summary: "Say what an item asks of people", Tag: tag, Access: settingAccess},
		func(ctx context.Context, in *struct {
			ID   string `path:"id" maxLength:"40"`
			Body struct {
				Skills  []SkillWant `json:"skills" maxItems:"20"`
				Points  int64       `json:"points" minimum:"0" maximum:"1000" doc:"0 is what the priority says"`
				Version int64       `json:"version" minimum:"0" doc:"The version that was edited; 0 when nothing was said yet"`
			}
		}) (*itemOut, error) {
			v, err := s.SaveItem(ctx, ItemWants{ItemID: in.ID, Skills: in.Body.Skills, Points: in.Body.Points, Version: in.Body.Version})
			return &itemOut{v}, err
		})
	type kitOut struct{ Body Kit }
	web.Register(api, web.Op{Method: "PUT", Path: "/dispatch/kits/{id}", ID: "save-dispatch-kit", Summary: "Say what a person carries", Tag: tag, Access: settingAccess},
		func(ctx context.Context, in *struct {
			ID   string `path:"id" maxLength:"40"`
			Body struct {
				Tags    []string `json:"tags" maxItems:"40"`
				Version int64    `json:"version" minimum:"0" doc:"The version that was edited; 0 when nothing was said yet"`
			}
		}) (*kitOut, error) {
			v, err := s.SaveKit(ctx, Kit{PersonID: in.ID, Tags: in.Body.Tags, Version: in.Body.Version})
			return &kitOut{v}, err
		})
}

func (h HTTP) modes(api *web.API) {
	s := h.Service
	type modeOut struct{ Body Mode }
	web.Register(api, web.Op{Method: "POST", Path: "/dispatch/modes", ID: "add-dispatch-mode", Summary: "Say how some orders come to people", Tag: tag, Status: 201, Access: settingAccess},
		func(ctx context.Context, in *struct{ Body ModeInput }) (*modeOut, error) {
			m, err := s.SaveMode(ctx, "", 0, in.Body)
			return &modeOut{m}, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/dispatch/modes/{id}", ID: "save-dispatch-mode", Summary: "Change how some orders come to people", Tag: tag, Access: settingAccess},
		func(ctx context.Context, in *struct {
			ID   string `path:"id" maxLength:"40"`
			Body struct {
				ModeInput
				Version int64 `json:"version" minimum:"1" doc:"The version that was edited"`
			}
		}) (*modeOut, error) {
			m, err := s.SaveMode(ctx, in.ID, in.Body.Version, in.Body.ModeInput)
			return &modeOut{m}, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/dispatch/modes/{id}", ID: "remove-dispatch-mode", Summary: "Remove a mode", Tag: tag, Status: 204, Access: settingAccess},
		func(ctx context.Context, in *struct {
			ID      string `path:"id" maxLength:"40"`
			Version int64  `query:"version" minimum:"1" required:"true" doc:"The version that was seen"`
		}) (*none, error) {
			return nil, s.RemoveMode(ctx, in.ID, in.Version)
		})
}
