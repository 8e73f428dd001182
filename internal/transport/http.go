package transport

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
	"wardline/internal/workorder"
)

// HTTP registers the operations on moves.
type HTTP struct{ Service *Service }

const tag = "transport"

type (
	sheetOut    struct{ Body View }
	madeOut     struct{ Body Made }
	bookingOut  struct{ Body Booking }
	settingsOut struct{ Body SettingsVersion }
	loanOut     struct{ Body Loan }
)

type listOut[T any] struct {
	Body struct {
		Items      []T    `json:"items"`
		NextCursor string `json:"nextCursor,omitempty"`
	}
}

func listed[T any](items []T, next string, err error) (*listOut[T], error) {
	out := &listOut[T]{}
	out.Body.Items, out.Body.NextCursor = items, next
	return out, err
}

// One is the part of the input that names an order.
type One struct {
	web.Command
	ID string `path:"id" maxLength:"40" doc:"Id or number of the order"`
}

func (c One) meta(s workorder.Stamp) workorder.Meta {
	return workorder.Meta{Key: c.Key, Version: s.Version, OccurredAt: s.OccurredAt}
}

// Thing names a booking or a loan in the address.
type Thing struct {
	ID string `path:"id" maxLength:"40"`
}

// remedy is what a delivered order says was done.
func remedy(ctx context.Context) string {
	if web.Language(ctx) == fault.English {
		return "Delivered"
	}
	return "已送达"
}

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	h.asking(api)
	h.carrying(api)
	h.lending(api)
	h.settings(api)
}

func (h HTTP) asking(api *web.API) {
	read, create := web.Access(identity.OrderRead), web.Access(identity.OrderCreate)
	web.Register(api, web.Op{Method: "POST", Path: "/transport/orders", ID: "request-transport", Summary: "Ask for something to be moved, now or for an appointment", Tag: tag, Status: 201, Access: create},
		func(ctx context.Context, in *struct {
			web.Command
			Body Request
		}) (*madeOut, error) {
			v, err := h.Service.Request(ctx, in.Body, workorder.Meta{Key: in.Key})
			return &madeOut{v}, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/transport/orders", ID: "list-transport", Summary: "Open moves, the most pressing first", Tag: tag, Access: read},
		func(ctx context.Context, in *struct {
			web.Page
			Part       string `query:"part" enum:"waiting,way,late"`
			TeamID     string `query:"teamId" maxLength:"40"`
			ZoneID     string `query:"zoneId" maxLength:"40" doc:"Place in or below which moves begin"`
			AssigneeID string `query:"assigneeId" maxLength:"40" doc:"me for oneself"`
		}) (*listOut[Move], error) {
			if in.AssigneeID == "me" {
				in.AssigneeID = identity.Of(ctx).PersonID
			}
			return listed(h.Service.Board(ctx, Wanted{Part: in.Part, TeamID: in.TeamID, ZoneID: in.ZoneID, AssigneeID: in.AssigneeID}, in.Limit, in.Cursor))
		})
	web.Register(api, web.Op{Method: "GET", Path: "/transport/bookings", ID: "list-bookings", Summary: "Moves booked for later, the next first", Tag: tag, Access: read},
		func(ctx context.Context, in *struct {
			web.Page
			State string `query:"state" enum:"waiting,released,cancelled,failed"`
		}) (*listOut[Booking], error) {
			return listed(h.Service.Bookings(ctx, in.State, in.Limit, in.Cursor))
		})
	web.Register(api, web.Op{Method: "POST", Path: "/transport/bookings/{id}/cancel", ID: "cancel-booking", Summary: "End a booking that is not wanted any more", Tag: tag, Access: read},
		func(ctx context.Context, in *struct {
			Thing
			Body struct {
				Reason string `json:"reason" maxLength:"200"`
			}
		}) (*bookingOut, error) {
			b, err := h.Service.CancelBooking(ctx, in.ID, in.Body.Reason)
			return &bookingOut{b}, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/orders/{id}/transport", ID: "get-transport", Summary: "What an order moves", Tag: tag, Access: read},
		func(ctx context.Context, in *One) (*sheetOut, error) {
			v, err := h.Service.Get(ctx, in.ID)
			return &sheetOut{v}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/transport/return", ID: "return-transport", Summary: "Ask for it to be brought back, now or at a moment", Tag: tag, Status: 201, Access: create},
		func(ctx context.Context, in *struct {
			One
			Body struct {
				At int64 `json:"at,omitempty" doc:"Unix milliseconds; absent is now"`
			}
		}) (*madeOut, error) {
			v, err := h.Service.Return(ctx, in.ID, in.Body.At, workorder.Meta{Key: in.Key})
			return &madeOut{v}, err
		})
}

func (h HTTP) carrying(api *web.API) {
	work := web.Access(identity.OrderWork)
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/transport/check", ID: "check-transport", Summary: "Compare the patient with the sheet; a mismatch is recorded and answered as such", Tag: tag, Access: work},
		func(ctx context.Context, in *struct {
			One
			Body struct {
				workorder.Stamp
				CheckInput
			}
		}) (*sheetOut, error) {
			v, err := h.Service.Check(ctx, in.ID, in.Body.CheckInput, in.meta(in.Body.Stamp))
			return &sheetOut{v}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/transport/pick-up", ID: "pick-up-transport", Summary: "Take over what an order moves", Tag: tag, Access: work},
		func(ctx context.Context, in *struct {
			One
			Body struct {
				workorder.Stamp
				Hand
			}
		}) (*sheetOut, error) {
			v, err := h.Service.PickUp(ctx, in.ID, in.Body.Hand, in.meta(in.Body.Stamp))
			return &sheetOut{v}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/transport/deliver", ID: "deliver-transport", Summary: "Hand over what an order moves", Tag: tag, Access: work},
		func(ctx context.Context, in *struct {
			One
			Body struct {
				workorder.Stamp
				Delivery
			}
		}) (*sheetOut, error) {
			v, err := h.Service.Deliver(ctx, in.ID, in.Body.Delivery, remedy(ctx), in.meta(in.Body.Stamp))
			return &sheetOut{v}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/orders/{id}/transport/delay", ID: "delay-transport", Summary: "Say why it takes longer", Tag: tag, Access: work},
		func(ctx context.Context, in *struct {
			One
			Body struct {
				workorder.Stamp
				Reason string `json:"reason" minLength:"1" maxLength:"40" doc:"Code of one of the reasons for delay"`
				Note   string `json:"note,omitempty" maxLength:"500"`
			}
		}) (*sheetOut, error) {
			v, err := h.Service.Delay(ctx, in.ID, in.Body.Reason, in.Body.Note, in.meta(in.Body.Stamp))
			return &sheetOut{v}, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/orders/{id}/transport/along", ID: "list-along", Summary: "Waiting jobs on the way of an order in hand", Tag: tag, Access: work},
		func(ctx context.Context, in *One) (*listOut[OnTheWay], error) {
			items, err := h.Service.Along(ctx, in.ID)
			return listed(items, "", err)
		})
}

func (h HTTP) lending(api *web.API) {
	read, write := web.Access(identity.AssetRead), web.Access(identity.LoanWrite)
	web.Register(api, web.Op{Method: "GET", Path: "/transport/loans", ID: "list-loans", Summary: "Things lent, those due first", Tag: tag, Access: read},
		func(ctx context.Context, in *struct {
			web.Page
			Out          bool   `query:"out" doc:"Only what is out"`
			Late         bool   `query:"late" doc:"Only what should be back"`
			DepartmentID string `query:"departmentId" maxLength:"64"`
			Text         string `query:"text" maxLength:"60"`
		}) (*listOut[Loan], error) {
			return listed(h.Service.Loans(ctx, LoanFilter{Out: in.Out, Late: in.Late, DepartmentID: in.DepartmentID, Text: in.Text}, in.Limit, in.Cursor))
		})
	web.Register(api, web.Op{Method: "POST", Path: "/transport/loans", ID: "lend-asset", Summary: "Lend a thing to a department", Tag: tag, Status: 201, Access: write},
		func(ctx context.Context, in *struct{ Body LoanInput }) (*loanOut, error) {
			l, err := h.Service.Lend(ctx, in.Body)
			return &loanOut{l}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/transport/loans/{id}/return", ID: "return-loan", Summary: "Record that a thing has come back", Tag: tag, Access: write},
		func(ctx context.Context, in *struct {
			Thing
			Body struct {
				PlaceID string `json:"placeId" minLength:"1" maxLength:"64" doc:"Where it is now"`
				Note    string `json:"note,omitempty" maxLength:"500"`
			}
		}) (*loanOut, error) {
			l, err := h.Service.Bring(ctx, in.ID, in.Body.PlaceID, in.Body.Note)
			return &loanOut{l}, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/transport/whereabouts", ID: "list-whereabouts", Summary: "Where things were seen last", Tag: tag, Access: read},
		func(ctx context.Context, in *struct {
			Text  string `query:"text" maxLength:"60"`
			Class string `query:"class" maxLength:"40"`
			Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
		}) (*listOut[Sighting], error) {
			items, err := h.Service.Whereabouts(ctx, in.Text, in.Class, in.Limit)
			return listed(items, "", err)
		})
	web.Register(api, web.Op{Method: "POST", Path: "/transport/sightings", ID: "add-sighting", Summary: "Say where a thing was met", Tag: tag, Access: write},
		func(ctx context.Context, in *struct {
			Body struct {
				AssetID string `json:"assetId,omitempty" maxLength:"64"`
				Code    string `json:"code,omitempty" maxLength:"200" doc:"What was scanned of its label"`
				PlaceID string `json:"placeId" minLength:"1" maxLength:"64"`
			}
		}) (*struct{}, error) {
			return nil, h.Service.Seen(ctx, in.Body.AssetID, in.Body.Code, in.Body.PlaceID)
		})
}

func (h HTTP) settings(api *web.API) {
	web.Register(api, web.Op{Method: "GET", Path: "/transport/settings", ID: "get-transport-settings", Summary: "How things are moved", Tag: tag, Access: web.Access(identity.OrderRead)},
		func(ctx context.Context, _ *struct{}) (*settingsOut, error) {
			v, err := h.Service.Settings(ctx)
			return &settingsOut{v}, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/transport/settings", ID: "save-transport-settings", Summary: "Change how things are moved", Tag: tag, Access: web.Access(identity.SettingWrite)},
		func(ctx context.Context, in *struct {
			Body struct {
				Version int64    `json:"version" doc:"Of the settings that were edited"`
				Body    Settings `json:"body"`
			}
		}) (*settingsOut, error) {
			v, err := h.Service.SaveSettings(ctx, in.Body.Body, in.Body.Version)
			return &settingsOut{v}, err
		})
}

// ReceiptHandler serves Receipt as a page of its own; ?roll=1 is for a narrow printer.
func (h HTTP) ReceiptHandler(zone *time.Location) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		buffer := &bytes.Buffer{} // a fault half way leaves no half page
		if err := h.Service.Receipt(r.Context(), buffer, r.PathValue("id"), zone, r.URL.Query().Get("roll") == "1", web.Language(r.Context())); err != nil {
			web.WriteError(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(buffer.Bytes())
	})
}
