package incident

import (
	"bytes"
	"context"
	"net/http"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
	"wardline/internal/workorder"
)

// HTTP registers the operations on major incidents.
type HTTP struct {
	Service *Service
	// Limit slows down those who have not signed in.
	Limit func(ctx context.Context, what string) error
}

const tag = "incidents"

type none struct{}

// One names an incident in the address.
type One struct {
	web.Command
	ID string `path:"id" maxLength:"40"`
}

type viewOut struct{ Body View }

type itemsOut[T any] struct {
	Body struct {
		Items      []T    `json:"items"`
		NextCursor string `json:"nextCursor,omitempty"`
	}
}

func items[T any](list []T, next string, err error) (*itemsOut[T], error) {
	out := &itemsOut[T]{}
	if out.Body.Items, out.Body.NextCursor = list, next; list == nil {
		out.Body.Items = []T{}
	}
	return out, err
}

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	h.reading(api)
	h.declaring(api)
	h.running(api)
	h.reporting(api)
	h.known(api)
	h.plans(api)
}

var (
	read = web.Access(identity.IncidentRead)
	lead = web.Access(identity.IncidentCommand)
)

func (h HTTP) reading(api *web.API) {
	type listIn struct {
		web.Page
		Status []string `query:"status" maxItems:"4" doc:"Any of these"`
	}
	web.Register(api, web.Op{Method: "GET", Path: "/incidents", ID: "list-incidents", Summary: "List major incidents, the newest first", Tag: tag, Access: read},
		func(ctx context.Context, in *listIn) (*itemsOut[Incident], error) {
			var f Filter
			for _, st := range in.Status {
				f.Status = append(f.Status, Status(st))
			}
			return items(h.Service.List(ctx, f, in.Limit, in.Cursor))
		})
	web.Register(api, web.Op{Method: "GET", Path: "/incidents/{id}", ID: "get-incident", Summary: "One major incident", Tag: tag, Access: read},
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"40"`
		}) (*viewOut, error) {
			v, err := h.Service.Get(ctx, in.ID)
			return &viewOut{v}, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/incidents/{id}/timeline", ID: "incident-timeline", Summary: "What happened in an incident and to its lead order", Tag: tag, Access: read},
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"40"`
		}) (*itemsOut[Entry], error) {
			list, err := h.Service.Timeline(ctx, in.ID)
			return items(list, "", err)
		})
	type membersIn struct {
		web.Page
		ID string `path:"id" maxLength:"40"`
	}
	web.Register(api, web.Op{Method: "GET", Path: "/incidents/{id}/orders", ID: "list-incident-orders", Summary: "Orders of an incident", Tag: tag, Access: read},
		func(ctx context.Context, in *membersIn) (*itemsOut[workorder.Order], error) {
			return items(h.Service.Members(ctx, in.ID, in.Limit, in.Cursor))
		})
	web.Register(api, web.Op{Method: "GET", Path: "/incidents/{id}/candidates", ID: "list-incident-candidates", Summary: "Open orders that may tell of an incident", Tag: tag, Access: read},
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"40"`
		}) (*itemsOut[workorder.Order], error) {
			list, err := h.Service.Candidates(ctx, in.ID)
			return items(list, "", err)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/incident-suggestions", ID: "list-incident-suggestions", Summary: "Open orders that look like one fault", Tag: tag, Access: read},
		func(ctx context.Context, _ *none) (*itemsOut[SuggestionView], error) {
			list, err := h.Service.Suggestions(ctx)
			return items(list, "", err)
		})
	type dismissIn struct {
		ID   string `path:"id" maxLength:"40"`
		Body struct {
			Reason string `json:"reason" minLength:"1" maxLength:"200"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/incident-suggestions/{id}/dismiss", ID: "dismiss-incident-suggestion", Summary: "Say that orders do not have one cause", Tag: tag, Access: lead},
		func(ctx context.Context, in *dismissIn) (*none, error) {
			return nil, h.Service.Dismiss(ctx, in.ID, in.Body.Reason)
		})
}

func (h HTTP) declaring(api *web.API) {
	type declareIn struct {
		web.Command
		Body Declaration
	}
	web.Register(api, web.Op{Method: "POST", Path: "/incidents", ID: "declare-incident", Summary: "Declare a major incident", Tag: tag, Status: 201, Access: lead},
		func(ctx context.Context, in *declareIn) (*viewOut, error) {
			v, err := h.Service.Declare(ctx, in.Body, in.Key)
			return &viewOut{v}, err
		})
	type attachIn struct {
		One
		Body struct {
			OrderIDs []string `json:"orderIds" minItems:"1" maxItems:"200"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/incidents/{id}/attach", ID: "attach-to-incident", Summary: "Let orders follow an incident", Tag: tag, Access: lead},
		func(ctx context.Context, in *attachIn) (*viewOut, error) {
			v, err := h.Service.Attach(ctx, in.ID, in.Body.OrderIDs, in.Key)
			return &viewOut{v}, err
		})
	type detachIn struct {
		One
		Body struct {
			OrderID string `json:"orderId" minLength:"1" maxLength:"40"`
			Reason  string `json:"reason" minLength:"1" maxLength:"200"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/incidents/{id}/detach", ID: "detach-from-incident", Summary: "Return an order to the queue", Tag: tag, Access: lead},
		func(ctx context.Context, in *detachIn) (*viewOut, error) {
			v, err := h.Service.Detach(ctx, in.ID, in.Body.OrderID, in.Body.Reason, in.Key)
			return &viewOut{v}, err
		})
}

func (h HTTP) running(api *web.API) {
	type commandIn struct {
		One
		Body struct {
			PersonID string `json:"personId" minLength:"1" maxLength:"40"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/incidents/{id}/command", ID: "command-incident", Summary: "Name the commander", Tag: tag, Access: lead},
		func(ctx context.Context, in *commandIn) (*viewOut, error) {
			v, err := h.Service.Command(ctx, in.ID, in.Body.PersonID, in.Key)
			return &viewOut{v}, err
		})
	type updateIn struct {
		One
		Body Update
	}
	web.Register(api, web.Op{Method: "POST", Path: "/incidents/{id}/updates", ID: "update-incident", Summary: "Tell how it goes", Tag: tag, Access: lead},
		func(ctx context.Context, in *updateIn) (*viewOut, error) {
			v, err := h.Service.Update(ctx, in.ID, in.Body, in.Key)
			return &viewOut{v}, err
		})
	type announceIn struct {
		One
		Body Announcement
	}
	web.Register(api, web.Op{Method: "PUT", Path: "/incidents/{id}/broadcast", ID: "broadcast-incident", Summary: "Say whom it affects and what they are told", Tag: tag, Access: lead},
		func(ctx context.Context, in *announceIn) (*viewOut, error) {
			v, err := h.Service.Announce(ctx, in.ID, in.Body, in.Key)
			return &viewOut{v}, err
		})
	type turnIn struct {
		One
		Body Turn
	}
	web.Register(api, web.Op{Method: "POST", Path: "/incidents/{id}/status", ID: "turn-incident", Summary: "Change an incident's status", Tag: tag, Access: lead},
		func(ctx context.Context, in *turnIn) (*viewOut, error) {
			v, err := h.Service.Turn(ctx, in.ID, in.Body, in.Key)
			return &viewOut{v}, err
		})
	type stepIn struct {
		One
		Body NewStep
	}
	web.Register(api, web.Op{Method: "POST", Path: "/incidents/{id}/steps", ID: "add-incident-step", Summary: "Add a task to the check list", Tag: tag, Access: lead},
		func(ctx context.Context, in *stepIn) (*viewOut, error) {
			v, err := h.Service.AddStep(ctx, in.ID, in.Body, in.Key)
			return &viewOut{v}, err
		})
	type tickIn struct {
		One
		StepID string `path:"stepId" maxLength:"40"`
		Body   Tick
	}
	web.Register(api, web.Op{Method: "POST", Path: "/incidents/{id}/steps/{stepId}", ID: "tick-incident-step", Summary: "Tick a step off", Tag: tag, Access: lead},
		func(ctx context.Context, in *tickIn) (*viewOut, error) {
			v, err := h.Service.Tick(ctx, in.ID, in.StepID, in.Body, in.Key)
			return &viewOut{v}, err
		})
}

func (h HTTP) reporting(api *web.API) {
	type reportIn struct {
		One
		Body struct {
			Version int64  `json:"version,omitempty"`
			Report  Report `json:"report"`
		}
	}
	web.Register(api, web.Op{Method: "PUT", Path: "/incidents/{id}/report", ID: "save-incident-report", Summary: "Write the closing report", Tag: tag, Access: lead},
		func(ctx context.Context, in *reportIn) (*viewOut, error) {
			v, err := h.Service.SaveReport(ctx, in.ID, in.Body.Report, in.Body.Version, in.Key)
			return &viewOut{v}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/incidents/{id}/close", ID: "close-incident", Summary: "Close an incident whose report is complete", Tag: tag, Access: lead},
		func(ctx context.Context, in *struct{ One }) (*viewOut, error) {
			v, err := h.Service.Close(ctx, in.ID, in.Key)
			return &viewOut{v}, err
		})
}

// known are what callers and those affected are told.
func (h HTTP) known(api *web.API) {
	type knownIn struct {
		ItemID       string `query:"itemId" maxLength:"40" required:"true"`
		PlaceID      string `query:"placeId" maxLength:"40"`
		AssetID      string `query:"assetId" maxLength:"40"`
		DepartmentID string `query:"departmentId" maxLength:"40"`
	}
	web.Register(api, web.Op{Method: "GET", Path: "/known-faults", ID: "list-known-faults", Summary: "Running incidents that a report would tell of", Tag: tag, Access: web.Access(identity.OrderCreate)},
		func(ctx context.Context, in *knownIn) (*itemsOut[workorder.IncidentState], error) {
			list, err := h.Service.Known(ctx, Where{ItemID: in.ItemID, PlaceID: in.PlaceID, AssetID: in.AssetID, DepartmentID: in.DepartmentID})
			return items(list, "", err)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/notices", ID: "list-notices", Summary: "What the own department and campus are told of major incidents", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *none) (*itemsOut[workorder.IncidentState], error) {
			list, err := h.Service.Notices(ctx)
			return items(list, "", err)
		})
	type publicIn struct {
		Code   string `path:"code" maxLength:"80"`
		ItemID string `query:"itemId" maxLength:"40" doc:"Only those that a report of this item would tell of, whether they are broadcast or not"`
	}
	web.Register(api, web.Op{Method: "GET", Path: "/public/notices/{code}", ID: "list-public-notices", Summary: "What is told of major incidents at the place of a scanned code", Tag: tag, Access: web.Public},
		func(ctx context.Context, in *publicIn) (*itemsOut[workorder.IncidentState], error) {
			if err := h.Limit(ctx, "scan"); err != nil {
				return nil, err
			}
			if in.ItemID != "" {
				list, err := h.Service.PublicKnown(ctx, in.Code, in.ItemID)
				return items(list, "", err)
			}
			list, err := h.Service.PublicNotices(ctx, in.Code)
			return items(list, "", err)
		})
}

func (h HTTP) plans(api *web.API) {
	type planOut struct{ Body Plan }
	web.Register(api, web.Op{Method: "GET", Path: "/incident-plans", ID: "list-incident-plans", Summary: "Emergency plans in their order", Tag: tag, Access: read},
		func(ctx context.Context, _ *none) (*itemsOut[Plan], error) {
			list, err := h.Service.Plans(ctx)
			return items(list, "", err)
		})
	type addIn struct {
		web.Command
		Body PlanInput
	}
	web.Register(api, web.Op{Method: "POST", Path: "/incident-plans", ID: "add-incident-plan", Summary: "Add an emergency plan", Tag: tag, Status: 201, Access: lead},
		func(ctx context.Context, in *addIn) (*planOut, error) {
			p, err := h.Service.SavePlan(ctx, "", in.Body, in.Key)
			return &planOut{p}, err
		})
	type saveIn struct {
		One
		Body PlanInput
	}
	web.Register(api, web.Op{Method: "PUT", Path: "/incident-plans/{id}", ID: "save-incident-plan", Summary: "Change an emergency plan", Tag: tag, Access: lead},
		func(ctx context.Context, in *saveIn) (*planOut, error) {
			p, err := h.Service.SavePlan(ctx, in.ID, in.Body, in.Key)
			return &planOut{p}, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/incident-plans/{id}", ID: "remove-incident-plan", Summary: "Remove an emergency plan; copied check lists stay", Tag: tag, Access: lead},
		func(ctx context.Context, in *struct{ One }) (*none, error) {
			return nil, h.Service.RemovePlan(ctx, in.ID)
		})
	type settingsOut struct{ Body SettingsView }
	web.Register(api, web.Op{Method: "GET", Path: "/incident-settings", ID: "get-incident-settings", Summary: "When reports are suggested as one fault", Tag: tag, Access: read},
		func(ctx context.Context, _ *none) (*settingsOut, error) {
			v, err := h.Service.Settings(ctx)
			return &settingsOut{v}, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/incident-settings", ID: "save-incident-settings", Summary: "Change when reports are suggested as one fault", Tag: tag, Access: lead},
		func(ctx context.Context, in *struct{ Body SettingsView }) (*settingsOut, error) {
			v, err := h.Service.SaveSettings(ctx, in.Body)
			return &settingsOut{v}, err
		})
}

// ReportHandler serves the closing report as a page of its own.
func (h HTTP) ReportHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		buffer := &bytes.Buffer{} // a fault half way leaves no half page
		if err := h.Service.Print(r.Context(), buffer, r.PathValue("id"), web.Language(r.Context())); err != nil {
			web.WriteError(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(buffer.Bytes())
	})
}
