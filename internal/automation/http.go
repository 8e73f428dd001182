package automation

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

// HTTP registers the operations on rules.
type HTTP struct{ Service *Service }

const tag = "automation"

type none struct{}

type ruleIn struct {
	ID string `path:"id" maxLength:"40"`
}

type ruleOut struct{ Body Rule }

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	h.reading(api)
	h.changing(api)
	h.log(api)
}

func (h HTTP) reading(api *web.API) {
	access := web.Access(identity.RuleRead)
	type listOut struct {
		Body struct {
			Items  []Rule       `json:"items"`
			Fields []FieldInfo  `json:"fields" doc:"What conditions may speak of"`
			Kinds  []ActionKind `json:"kinds" doc:"What actions there are"`
			Events []string     `json:"events" doc:"Kinds of event that rules may wait for"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/rules", ID: "list-rules", Summary: "All rules in their order, with what conditions may speak of", Tag: tag, Access: access},
		func(ctx context.Context, _ *none) (*listOut, error) {
			items, err := h.Service.Rules(ctx)
			out := &listOut{}
			out.Body.Items, out.Body.Fields, out.Body.Kinds = items, FieldInfos(), ActionKinds()
			for _, k := range TriggerEvents() {
				out.Body.Events = append(out.Body.Events, string(k))
			}
			return out, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/rules/{id}", ID: "get-rule", Summary: "A rule", Tag: tag, Access: access},
		func(ctx context.Context, in *ruleIn) (*ruleOut, error) {
			r, err := h.Service.Get(ctx, in.ID)
			return &ruleOut{r}, err
		})
	type versionsOut struct {
		Body struct {
			Items []Version `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/rules/{id}/versions", ID: "list-rule-versions", Summary: "The states a rule has been saved in, the newest first", Tag: tag, Access: access},
		func(ctx context.Context, in *ruleIn) (*versionsOut, error) {
			items, err := h.Service.Versions(ctx, in.ID)
			out := &versionsOut{}
			out.Body.Items = items
			return out, err
		})
	type keyOut struct {
		Body struct {
			Key string `json:"key" doc:"Hexadecimal; HMAC-SHA-256 over the header Wardline-Time, a dot and the body"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/rules/{id}/webhook-key", ID: "get-rule-webhook-key", Summary: "What the webhooks of a rule are signed with", Tag: tag, Access: web.Access(identity.RuleManage)},
		func(ctx context.Context, in *ruleIn) (*keyOut, error) {
			key, err := h.Service.WebhookKey(ctx, in.ID)
			out := &keyOut{}
			out.Body.Key = key
			return out, err
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
	web.Register(api, web.Op{Method: "POST", Path: "/rules", ID: "add-rule", Summary: "Make a rule, switched off, behind all others", Tag: tag, Access: access},
		func(ctx context.Context, in *addIn) (*ruleOut, error) {
			r, err := h.Service.Save(ctx, "", 0, in.Body.Definition, in.Body.Note, in.Key)
			return &ruleOut{r}, err
		})
	type saveIn struct {
		web.Command
		ID   string `path:"id" maxLength:"40"`
		Body struct {
			Definition
			Version int64  `json:"version" minimum:"1" doc:"The version that was edited"`
			Note    string `json:"note,omitempty" maxLength:"200" doc:"Why; kept with the version"`
		}
	}
	web.Register(api, web.Op{Method: "PUT", Path: "/rules/{id}", ID: "save-rule", Summary: "Save a new version of a rule", Tag: tag, Access: access},
		func(ctx context.Context, in *saveIn) (*ruleOut, error) {
			r, err := h.Service.Save(ctx, in.ID, in.Body.Version, in.Body.Definition, in.Body.Note, in.Key)
			return &ruleOut{r}, err
		})
	type switchIn struct {
		web.Command
		ID   string `path:"id" maxLength:"40"`
		Body struct {
			On bool `json:"on"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/rules/{id}/switch", ID: "switch-rule", Summary: "Switch a rule on or off", Tag: tag, Access: access},
		func(ctx context.Context, in *switchIn) (*ruleOut, error) {
			r, err := h.Service.Switch(ctx, in.ID, in.Body.On, in.Key)
			return &ruleOut{r}, err
		})
	type moveIn struct {
		web.Command
		ID   string `path:"id" maxLength:"40"`
		Body struct {
			Place int `json:"place" minimum:"1" maximum:"10000" doc:"Place in the order, counted from 1"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/rules/{id}/move", ID: "move-rule", Summary: "Put a rule at a place in the order", Tag: tag, Access: access},
		func(ctx context.Context, in *moveIn) (*ruleOut, error) {
			r, err := h.Service.Move(ctx, in.ID, in.Body.Place, in.Key)
			return &ruleOut{r}, err
		})
}

func (h HTTP) log(api *web.API) {
	type tryOut struct{ Body DryRun }
	type tryIn struct {
		Body struct {
			ID   string      `json:"id,omitempty" maxLength:"40" doc:"A saved rule; or else rule"`
			Rule *Definition `json:"rule,omitempty" doc:"One that need not be saved"`
			Days int         `json:"days" minimum:"1" maximum:"31"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/rules/try", ID: "try-rule", Summary: "Which orders of the last days a rule would have touched; writes nothing", Tag: tag, Access: web.Access(identity.RuleManage)},
		func(ctx context.Context, in *tryIn) (*tryOut, error) {
			r, err := h.Service.Try(ctx, in.Body.ID, in.Body.Rule, in.Body.Days)
			return &tryOut{r}, err
		})
	type firingsOut struct {
		Body struct {
			Items      []Firing `json:"items"`
			NextCursor string   `json:"nextCursor,omitempty"`
		}
	}
	type firingsIn struct {
		web.Page
		RuleID string `query:"ruleId" maxLength:"40" doc:"Only of this rule"`
	}
	web.Register(api, web.Op{Method: "GET", Path: "/rules/firings", ID: "list-firings", Summary: "What rules did, the newest first", Tag: tag, Access: web.Access(identity.RuleRead)},
		func(ctx context.Context, in *firingsIn) (*firingsOut, error) {
			items, next, err := h.Service.Firings(ctx, in.RuleID, "", in.Limit, in.Cursor)
			out := &firingsOut{}
			out.Body.Items, out.Body.NextCursor = items, next
			return out, err
		})
	type orderIn struct {
		web.Page
		ID string `path:"id" maxLength:"40" doc:"Id or number"`
	}
	web.Register(api, web.Op{Method: "GET", Path: "/orders/{id}/firings", ID: "list-order-firings", Summary: "Which rules met an order, the newest first; what they did in detail only to who may see the rules", Tag: tag, Access: web.Access(identity.OrderRead)},
		func(ctx context.Context, in *orderIn) (*firingsOut, error) {
			items, next, err := h.Service.Firings(ctx, "", in.ID, in.Limit, in.Cursor)
			out := &firingsOut{}
			out.Body.Items, out.Body.NextCursor = items, next
			return out, err
		})
}
