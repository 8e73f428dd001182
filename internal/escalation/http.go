package escalation

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

// HTTP registers the operations on ladders, reminders, reports and watches.
type HTTP struct{ Service *Service }

const tag = "escalation"

type none struct{}

// LadderID names a ladder in the address.
type LadderID struct {
	ID string `path:"id" maxLength:"40"`
}

type ladderOut struct{ Body Ladder }

type listOut[T any] struct {
	Body struct {
		Items      []T    `json:"items"`
		NextCursor string `json:"nextCursor,omitempty"`
	}
}

func list[T any](items []T, next string, err error) (*listOut[T], error) {
	out := &listOut[T]{}
	out.Body.Items, out.Body.NextCursor = items, next
	return out, err
}

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	h.ladders(api)
	h.changing(api)
	h.settings(api)
	h.reminders(api)
	h.reports(api)
	h.actions(api)
	h.watches(api)
}

func (h HTTP) ladders(api *web.API) {
	access := web.Access(identity.RuleManage)
	type ladderList struct {
		Body struct {
			Items    []Ladder `json:"items"`
			Channels []string `json:"channels" doc:"Ways out that are set up"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/ladders", ID: "list-ladders", Summary: "All ladders", Tag: tag, Access: access},
		func(ctx context.Context, _ *none) (*ladderList, error) {
			items, err := h.Service.Ladders(ctx)
			out := &ladderList{}
			out.Body.Items, out.Body.Channels = items, h.Service.Notify.Channels()
			return out, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/ladders/{id}", ID: "get-ladder", Summary: "A ladder", Tag: tag, Access: access},
		func(ctx context.Context, in *LadderID) (*ladderOut, error) {
			l, err := h.Service.Ladder(ctx, in.ID)
			return &ladderOut{l}, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/ladders/{id}/versions", ID: "list-ladder-versions", Summary: "The states a ladder has been saved in, the newest first", Tag: tag, Access: access},
		func(ctx context.Context, in *LadderID) (*listOut[Version], error) {
			items, err := h.Service.Versions(ctx, in.ID)
			return list(items, "", err)
		})
	type previewIn struct {
		Body struct {
			ID     string      `json:"id,omitempty" maxLength:"40" doc:"A saved ladder; or else ladder"`
			Ladder *Definition `json:"ladder,omitempty" doc:"One that need not be saved"`
			Order  string      `json:"order" minLength:"1" maxLength:"40" doc:"Id or number"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/ladders/preview", ID: "preview-ladder", Summary: "When each step would fire for an order; writes nothing", Tag: tag, Access: access},
		func(ctx context.Context, in *previewIn) (*listOut[Rung], error) {
			items, err := h.Service.Preview(ctx, in.Body.ID, in.Body.Ladder, in.Body.Order)
			return list(items, "", err)
		})
}

func (h HTTP) changing(api *web.API) {
	access := web.Access(identity.RuleManage)
	type addIn struct {
		web.Command
		Body struct {
			Definition
			Note string `json:"note,omitempty" maxLength:"200" doc:"Why; kept with the version"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/ladders", ID: "add-ladder", Summary: "Make a ladder, switched off", Tag: tag, Status: 201, Access: access},
		func(ctx context.Context, in *addIn) (*ladderOut, error) {
			l, err := h.Service.Save(ctx, "", 0, in.Body.Definition, in.Body.Note, in.Key)
			return &ladderOut{l}, err
		})
	type saveIn struct {
		web.Command
		LadderID
		Body struct {
			Definition
			Version int64  `json:"version" minimum:"1" doc:"The version that was edited"`
			Note    string `json:"note,omitempty" maxLength:"200" doc:"Why; kept with the version"`
		}
	}
	web.Register(api, web.Op{Method: "PUT", Path: "/ladders/{id}", ID: "save-ladder", Summary: "Save a new version of a ladder", Tag: tag, Access: access},
		func(ctx context.Context, in *saveIn) (*ladderOut, error) {
			l, err := h.Service.Save(ctx, in.ID, in.Body.Version, in.Body.Definition, in.Body.Note, in.Key)
			return &ladderOut{l}, err
		})
	type switchIn struct {
		web.Command
		LadderID
		Body struct {
			On bool `json:"on"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/ladders/{id}/switch", ID: "switch-ladder", Summary: "Switch a ladder on or off", Tag: tag, Access: access},
		func(ctx context.Context, in *switchIn) (*ladderOut, error) {
			l, err := h.Service.Switch(ctx, in.ID, in.Body.On, in.Key)
			return &ladderOut{l}, err
		})
}

func (h HTTP) settings(api *web.API) {
	access := web.Access(identity.RuleManage)
	type out struct{ Body SettingRow }
	web.Register(api, web.Op{Method: "GET", Path: "/escalation/settings", ID: "get-escalation-settings", Summary: "Which orders want an explanation", Tag: tag, Access: access},
		func(ctx context.Context, _ *none) (*out, error) {
			r, err := h.Service.Settings(ctx)
			return &out{r}, err
		})
	type in struct {
		Body struct {
			Settings Settings `json:"settings"`
			Version  int64    `json:"version" doc:"The version that was edited"`
		}
	}
	web.Register(api, web.Op{Method: "PUT", Path: "/escalation/settings", ID: "save-escalation-settings", Summary: "Say which orders want an explanation", Tag: tag, Access: access},
		func(ctx context.Context, in *in) (*out, error) {
			r, err := h.Service.SaveSettings(ctx, in.Body.Settings, in.Body.Version)
			return &out{r}, err
		})
}

// OrderID names an order in the address.
type OrderID struct {
	ID string `path:"id" maxLength:"40" doc:"Id or number"`
}

func (h HTTP) reminders(api *web.API) {
	access := web.Access(identity.OrderRead)
	type out struct{ Body Reminders }
	web.Register(api, web.Op{Method: "GET", Path: "/orders/{id}/reminders", ID: "order-reminders", Summary: "What an order has been and will be reminded of", Tag: tag, Access: access},
		func(ctx context.Context, in *OrderID) (*out, error) {
			r, err := h.Service.Reminders(ctx, in.ID)
			return &out{r}, err
		})
	type ackIn struct {
		web.Command
		OrderID
		Body struct {
			Note string `json:"note,omitempty" maxLength:"200"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/acknowledge", ID: "acknowledge-order", Summary: "Take notice of an order's reminders: they are not repeated", Tag: tag, Access: access},
		func(ctx context.Context, in *ackIn) (*out, error) {
			r, err := h.Service.Acknowledge(ctx, in.ID, in.Body.Note, in.Key)
			return &out{r}, err
		})
}
