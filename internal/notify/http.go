package notify

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/web"
)

// HTTP registers the operations on messages.
type HTTP struct{ Service *Service }

const tag = "notify"

type none struct{}

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	h.inbox(api)
	h.preferences(api)
	h.push(api)
	h.deliveries(api)
	h.templates(api)
}

func (h HTTP) inbox(api *web.API) {
	type listIn struct {
		web.Page
		Unread bool `query:"unread" doc:"Only what has not been read"`
	}
	type listOut struct {
		Body struct {
			Items      []MessageView `json:"items"`
			NextCursor string        `json:"nextCursor,omitempty"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/messages", ID: "list-messages", Summary: "One's own messages, the newest first", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *listIn) (*listOut, error) {
			items, next, err := h.Service.Messages(ctx, web.Language(ctx), in.Unread, in.Limit, in.Cursor)
			out := &listOut{}
			out.Body.Items, out.Body.NextCursor = items, next
			return out, err
		})
	type countOut struct {
		Body struct {
			Count int64 `json:"count"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/messages/unread", ID: "count-unread-messages", Summary: "How many of one's messages are unread", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *none) (*countOut, error) {
			n, err := h.Service.Unread(ctx)
			out := &countOut{}
			out.Body.Count = n
			return out, err
		})
	type readIn struct {
		web.Command
		ID string `path:"id" maxLength:"40"`
	}
	web.Register(api, web.Op{Method: "POST", Path: "/messages/{id}/read", ID: "read-message", Summary: "Mark a message as read", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *readIn) (*none, error) { return nil, h.Service.Read(ctx, in.ID) })
	type allIn struct {
		web.Command
		Body struct {
			Until int64 `json:"until,omitempty" minimum:"0" doc:"Moment of the newest message shown; later ones stay unread"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/messages/read-all", ID: "read-all-messages", Summary: "Mark all one's messages as read", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *allIn) (*countOut, error) {
			n, err := h.Service.ReadAll(ctx, in.Body.Until)
			out := &countOut{}
			out.Body.Count = n
			return out, err
		})
}

func (h HTTP) preferences(api *web.API) {
	type viewOut struct{ Body PreferencesView }
	web.Register(api, web.Op{Method: "GET", Path: "/notify/preferences", ID: "get-notify-preferences", Summary: "What one is told, and how", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *none) (*viewOut, error) {
			v, err := h.Service.Preferences(ctx)
			return &viewOut{v}, err
		})
	type saveIn struct {
		web.Command
		Body struct {
			Version int64    `json:"version" minimum:"0"`
			Quiet   Quiet    `json:"quiet"`
			Choices []Choice `json:"choices" maxItems:"100" doc:"What changes; the rest stays"`
		}
	}
	web.Register(api, web.Op{Method: "PUT", Path: "/notify/preferences", ID: "save-notify-preferences", Summary: "Choose what one is told, and how", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *saveIn) (*viewOut, error) {
			v, err := h.Service.SavePreferences(ctx, in.Body.Version, in.Body.Quiet, in.Body.Choices)
			return &viewOut{v}, err
		})
}

// subscribeIn takes what PushSubscription.toJSON() of a browser returns.
type subscribeIn struct {
	web.Command
	UserAgent string `header:"User-Agent"`
	Body      struct {
		Endpoint   string `json:"endpoint" minLength:"10" maxLength:"1000"`
		Expiration *int64 `json:"expirationTime,omitempty" nullable:"true" doc:"Not used: browsers renew by themselves"`
		Keys       struct {
			P256dh string `json:"p256dh" minLength:"40" maxLength:"200"`
			Auth   string `json:"auth" minLength:"10" maxLength:"100"`
		} `json:"keys"`
		Label string `json:"label,omitempty" maxLength:"60" doc:"What the person calls the device"`
	}
}

func (h HTTP) push(api *web.API) {
	type keyOut struct {
		Body struct {
			PublicKey string `json:"publicKey" doc:"VAPID key, base64url"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/push/key", ID: "get-push-key", Summary: "The key browsers subscribe with", Tag: tag, Access: web.SignedIn},
		func(_ context.Context, _ *none) (*keyOut, error) {
			key, err := h.Service.PushKey()
			out := &keyOut{}
			out.Body.PublicKey = key
			return out, err
		})
	type deviceOut struct{ Body Device }
	web.Register(api, web.Op{Method: "POST", Path: "/push/subscriptions", ID: "subscribe-push", Summary: "Make this browser one's device", Tag: tag, Status: 201, Access: web.SignedIn},
		func(ctx context.Context, in *subscribeIn) (*deviceOut, error) {
			b := in.Body
			d, err := h.Service.Subscribe(ctx, Subscription{Endpoint: b.Endpoint, P256dh: b.Keys.P256dh, Auth: b.Keys.Auth, Label: b.Label}, in.UserAgent)
			return &deviceOut{d}, err
		})
	type devicesOut struct {
		Body struct {
			Items []Device `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/push/subscriptions", ID: "list-push-devices", Summary: "One's devices", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *none) (*devicesOut, error) {
			items, err := h.Service.Devices(ctx)
			out := &devicesOut{}
			out.Body.Items = items
			return out, err
		})
	type endpointIn struct {
		web.Command
		Endpoint string `query:"endpoint" required:"true" maxLength:"1000"`
	}
	web.Register(api, web.Op{Method: "DELETE", Path: "/push/subscriptions", ID: "unsubscribe-push", Summary: "Forget this browser", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *endpointIn) (*none, error) {
			return nil, h.Service.Unsubscribe(ctx, "", in.Endpoint)
		})
	type deviceIn struct {
		web.Command
		ID string `path:"id" minLength:"1" maxLength:"40"`
	}
	web.Register(api, web.Op{Method: "DELETE", Path: "/push/subscriptions/{id}", ID: "remove-push-device", Summary: "Forget one of one's devices", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *deviceIn) (*none, error) {
			return nil, h.Service.Unsubscribe(ctx, in.ID, "")
		})
}

type recordsOut struct {
	Body struct {
		Items      []RecordView `json:"items"`
		NextCursor string       `json:"nextCursor,omitempty"`
	}
}

func (h HTTP) deliveries(api *web.API) {
	type listIn struct {
		web.Page
		Everyone  bool   `query:"everyone" doc:"Of all people; for administrators"`
		PersonID  string `query:"personId" maxLength:"40"`
		MessageID string `query:"messageId" maxLength:"40"`
		Channel   string `query:"channel" maxLength:"20"`
		State     string `query:"state" enum:"queued,sent,failed,skipped"`
	}
	web.Register(api, web.Op{Method: "GET", Path: "/notify/deliveries", ID: "list-deliveries", Summary: "What became of messages, channel by channel", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *listIn) (*recordsOut, error) {
			items, next, err := h.Service.Deliveries(ctx, web.Language(ctx), DeliveryFilter{Everyone: in.Everyone, PersonID: in.PersonID,
				MessageID: in.MessageID, Channel: in.Channel, State: State(in.State)}, in.Limit, in.Cursor)
			out := &recordsOut{}
			out.Body.Items, out.Body.NextCursor = items, next
			return out, err
		})
	type recordOut struct{ Body RecordView }
	type againIn struct {
		web.Command
		ID string `path:"id" maxLength:"40"`
	}
	web.Register(api, web.Op{Method: "POST", Path: "/notify/deliveries/{id}/again", ID: "repeat-delivery", Summary: "Send a delivery once more, now", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *againIn) (*recordOut, error) {
			v, err := h.Service.Again(ctx, web.Language(ctx), in.ID, in.Key)
			return &recordOut{v}, err
		})
	type testIn struct {
		web.Command
		Body struct {
			Channel string `json:"channel" minLength:"1" maxLength:"20"`
		}
	}
	web.Register(api, web.Op{Method: "POST", Path: "/notify/test", ID: "test-notify", Summary: "Send oneself a test message", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *testIn) (*recordsOut, error) {
			items, err := h.Service.Test(ctx, web.Language(ctx), in.Body.Channel, in.Key)
			out := &recordsOut{}
			out.Body.Items = items
			return out, err
		})
}

func (h HTTP) templates(api *web.API) {
	access := web.Access(identity.SettingWrite)
	type listOut struct {
		Body struct {
			Items []TemplateView `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/notify/templates", ID: "list-notify-templates", Summary: "The wordings of messages", Tag: tag, Access: access},
		func(ctx context.Context, _ *none) (*listOut, error) {
			items, err := h.Service.TemplateList(ctx)
			out := &listOut{}
			out.Body.Items = items
			return out, err
		})
	type saveIn struct {
		web.Command
		Code string `path:"code" maxLength:"60"`
		Body struct {
			Version int64  `json:"version" minimum:"0"`
			Texts   *Texts `json:"texts,omitempty" doc:"Absent sets the built-in wording back"`
		}
	}
	type viewOut struct{ Body TemplateView }
	web.Register(api, web.Op{Method: "PUT", Path: "/notify/templates/{code}", ID: "save-notify-template", Summary: "Change the wording of a message", Tag: tag, Access: access},
		func(ctx context.Context, in *saveIn) (*viewOut, error) {
			v, err := h.Service.SaveTemplate(ctx, in.Code, in.Body.Version, in.Body.Texts)
			return &viewOut{v}, err
		})
}
