package workorder

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
)

func (h HTTP) clocks(api *web.API) {
	type clockOut struct {
		Body struct {
			ClockView
			Words []string `json:"words" doc:"The warnings in the caller's language"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/orders/{id}/clock", ID: "explain-order-clock", Summary: "Why an order is due when it is", Tag: tag, Access: access(identity.OrderRead)},
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"40" doc:"Id or number"`
		}) (*clockOut, error) {
			v, err := h.Service.Why(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			out := &clockOut{}
			out.Body.ClockView, out.Body.Words = v, []string{}
			for _, w := range v.Warnings {
				out.Body.Words = append(out.Body.Words, fault.Message(web.Language(ctx), w.Code, map[string]any{"year": w.Year, "name": w.Name}))
			}
			return out, nil
		})
}
