package org

import (
	"context"

	"wardline/internal/platform/web"
)

// SwapAnswer says whether the one who was asked agrees.
type SwapAnswer struct {
	Agree bool `json:"agree"`
}

// CheckInInput says where somebody is.
type CheckInInput struct {
	PlaceID string `json:"placeId,omitempty" maxLength:"64" doc:"Absent leaves the place open"`
}

// OpeningHours are all hours of a service point.
type OpeningHours struct {
	Hours []Opening `json:"hours" maxItems:"42"`
}

type spanIn struct {
	ThingID
	From int64 `query:"from" required:"true" doc:"Unix milliseconds"`
	To   int64 `query:"to" required:"true" doc:"Unix milliseconds, exclusive; at most 62 days later"`
}

func items[T any](list []T, err error) (*foundOut[T], error) {
	out := &foundOut[T]{}
	out.Body.Items = append([]T{}, list...)
	return out, err
}

// patterns registers shifts and rotations. Who leads a team may change its roster
// without org.write: the service looks.
func (h HTTP) patterns(api *web.API) {
	web.Register(api, web.Op{Method: "GET", Path: "/teams/{id}/shifts", ID: "list-shifts", Summary: "List a team's shifts", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *ThingID) (*foundOut[Shift], error) {
			return items(h.Service.Shifts(ctx, in.ID))
		})
	web.Register(api, web.Op{Method: "POST", Path: "/teams/{id}/shifts", ID: "add-shift", Summary: "Add a shift to a team", Tag: tag, Access: readAccess, Status: 201},
		func(ctx context.Context, in *struct {
			ThingID
			Body ShiftInput
		}) (*oneOut[Shift], error) {
			out, err := h.Service.SaveShift(ctx, in.ID, "", in.Body)
			return &oneOut[Shift]{out}, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/shifts/{id}", ID: "save-shift", Summary: "Change a shift", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *struct {
			ThingID
			Body ShiftInput
		}) (*oneOut[Shift], error) {
			out, err := h.Service.SaveShift(ctx, "", in.ID, in.Body)
			return &oneOut[Shift]{out}, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/teams/{id}/rotations", ID: "list-rotations", Summary: "List a team's rotations", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *ThingID) (*foundOut[Rotation], error) {
			return items(h.Service.Rotations(ctx, in.ID))
		})
	web.Register(api, web.Op{Method: "POST", Path: "/teams/{id}/rotations", ID: "add-rotation", Summary: "Add a rotation to a team", Tag: tag, Access: readAccess, Status: 201},
		func(ctx context.Context, in *struct {
			ThingID
			Body RotationInput
		}) (*oneOut[Rotation], error) {
			out, err := h.Service.SaveRotation(ctx, in.ID, "", in.Body)
			return &oneOut[Rotation]{out}, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/rotations/{id}", ID: "save-rotation", Summary: "Change a rotation", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *struct {
			ThingID
			Body RotationInput
		}) (*oneOut[Rotation], error) {
			out, err := h.Service.SaveRotation(ctx, "", in.ID, in.Body)
			return &oneOut[Rotation]{out}, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/rotations/{id}", ID: "remove-rotation", Summary: "Delete a rotation; its duties stay", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *ThingID) (*struct{}, error) {
			return nil, h.Service.RemoveRotation(ctx, in.ID)
		})
	web.Register(api, web.Op{Method: "POST", Path: "/rotations/{id}/fill", ID: "fill-roster", Summary: "Make a rotation's duties for a span of days", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *struct {
			ThingID
			Body FillInput
		}) (*oneOut[Filled], error) {
			out, err := h.Service.FillRoster(ctx, in.ID, in.Body)
			return &oneOut[Filled]{out}, err
		})
}

// away registers leaves and swaps.
func (h HTTP) away(api *web.API) {
	web.Register(api, web.Op{Method: "GET", Path: "/teams/{id}/leaves", ID: "list-leaves", Summary: "List the leaves of a team's people", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *spanIn) (*foundOut[Leave], error) {
			return items(h.Service.Leaves(ctx, in.ID, in.From, in.To))
		})
	web.Register(api, web.Op{Method: "POST", Path: "/teams/{id}/leaves", ID: "add-leave", Summary: "Take a person off duty for a span", Tag: tag, Access: readAccess, Status: 201},
		func(ctx context.Context, in *struct {
			ThingID
			Body LeaveInput
		}) (*oneOut[Leave], error) {
			out, err := h.Service.AddLeave(ctx, in.ID, in.Body)
			return &oneOut[Leave]{out}, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/leaves/{id}", ID: "cancel-leave", Summary: "Cancel a leave", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *ThingID) (*struct{}, error) {
			return nil, h.Service.CancelLeave(ctx, in.ID)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/teams/{id}/swaps", ID: "list-swaps", Summary: "List swaps of duties, the newest first", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *ThingID) (*foundOut[Swap], error) {
			return items(h.Service.Swaps(ctx, in.ID))
		})
	web.Register(api, web.Op{Method: "POST", Path: "/duties/{id}/swap", ID: "ask-swap", Summary: "Ask somebody to take a duty, or set it", Tag: tag, Access: readAccess, Status: 201},
		func(ctx context.Context, in *struct {
			ThingID
			Body SwapInput
		}) (*oneOut[Swap], error) {
			out, err := h.Service.AskSwap(ctx, in.ID, in.Body)
			return &oneOut[Swap]{out}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/swaps/{id}/answer", ID: "answer-swap", Summary: "Agree to a swap or refuse it", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *struct {
			ThingID
			Body SwapAnswer
		}) (*oneOut[Swap], error) {
			out, err := h.Service.AnswerSwap(ctx, in.ID, in.Body.Agree)
			return &oneOut[Swap]{out}, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/swaps/{id}", ID: "withdraw-swap", Summary: "Take back a swap nobody has answered", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *ThingID) (*struct{}, error) {
			return nil, h.Service.WithdrawSwap(ctx, in.ID)
		})
}

// present registers who is on duty, coming and going, and the hours of service points.
func (h HTTP) present(api *web.API) {
	web.Register(api, web.Op{Method: "GET", Path: "/duty-now", ID: "list-duty-now", Summary: "Tell who is on duty now, where and with which skills", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *struct {
			TeamID  string `query:"teamId" maxLength:"64"`
			SkillID string `query:"skillId" maxLength:"64"`
		}) (*foundOut[Present], error) {
			return items(h.Service.DutyNow(ctx, PresentFilter{TeamID: in.TeamID, SkillID: in.SkillID}))
		})
	web.Register(api, web.Op{Method: "GET", Path: "/points-now", ID: "list-points-now", Summary: "Tell which service points are open and who stands there", Tag: tag, Access: readAccess},
		func(ctx context.Context, _ *struct{}) (*foundOut[PointNow], error) {
			return items(h.Service.PointsNow(ctx))
		})
	web.Register(api, web.Op{Method: "GET", Path: "/my-duty", ID: "get-my-duty", Summary: "Tell the caller's own duty", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *struct{}) (*oneOut[MyDuty], error) {
			out, err := h.Service.MyDuty(ctx)
			return &oneOut[MyDuty]{out}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/my-duty/check-in", ID: "check-in", Summary: "Say that the caller is here", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, in *struct{ Body CheckInInput }) (*oneOut[MyDuty], error) {
			out, err := h.Service.CheckIn(ctx, in.Body.PlaceID)
			return &oneOut[MyDuty]{out}, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/my-duty/check-out", ID: "check-out", Summary: "Say that the caller goes", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *struct{}) (*oneOut[MyDuty], error) {
			out, err := h.Service.CheckOut(ctx)
			return &oneOut[MyDuty]{out}, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/places/{id}/opening", ID: "get-opening", Summary: "Tell the hours of a service point", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *ThingID) (*oneOut[OpeningHours], error) {
			hours, err := h.Service.Openings(ctx, in.ID)
			return &oneOut[OpeningHours]{OpeningHours{append([]Opening{}, hours...)}}, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/places/{id}/opening", ID: "set-opening", Summary: "Replace the hours of a service point", Tag: tag, Access: writeAccess},
		func(ctx context.Context, in *struct {
			ThingID
			Body OpeningHours
		}) (*struct{}, error) {
			return nil, h.Service.SetOpenings(ctx, in.ID, in.Body.Hours)
		})
}
