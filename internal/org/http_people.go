package org

import (
	"context"

	"wardline/internal/platform/web"
)

// OnDuty says who is on duty.
type OnDuty struct {
	People []string `json:"people" doc:"Ids"`
}

// DutiesInput are duties entered together.
type DutiesInput struct {
	Duties []DutyInput `json:"duties" minItems:"1" maxItems:"500"`
}

// PersonSkills are all skills of one person.
type PersonSkills struct {
	Skills []PersonSkill `json:"skills" maxItems:"100"`
}

// people registers rosters and skills. Who leads a team may change its roster
// without org.write: the service looks.
func (h HTTP) people(api *web.API) {
	web.Register(api, web.Op{Method: "GET", Path: "/teams/{id}/on-duty", ID: "get-team-on-duty", Summary: "Tell who is on duty now", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *ThingID) (*oneOut[OnDuty], error) {
			people, err := h.Service.TeamOnDuty(ctx, in.ID)
			return &oneOut[OnDuty]{OnDuty{append([]string{}, people...)}}, err
		})
	web.Register(api, web.Op{Method: "GET", Path: "/teams/{id}/duties", ID: "list-duties", Summary: "List a team's duties", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *struct {
			ThingID
			From int64 `query:"from" required:"true" doc:"Unix milliseconds"`
			To   int64 `query:"to" required:"true" doc:"Unix milliseconds, exclusive; at most 62 days later"`
		}) (*foundOut[Duty], error) {
			items, err := h.Service.Duties(ctx, in.ID, in.From, in.To)
			out := &foundOut[Duty]{}
			out.Body.Items = items
			return out, err
		})
	web.Register(api, web.Op{Method: "POST", Path: "/teams/{id}/duties", ID: "add-duties", Summary: "Enter duties, all or none", Tag: tag, Access: readAccess, Status: 201},
		func(ctx context.Context, in *struct {
			ThingID
			Body DutiesInput
		}) (*foundOut[Duty], error) {
			items, err := h.Service.AddDuties(ctx, in.ID, in.Body.Duties)
			out := &foundOut[Duty]{}
			out.Body.Items = items
			return out, err
		})
	web.Register(api, web.Op{Method: "DELETE", Path: "/duties/{id}", ID: "remove-duty", Summary: "Take a duty back", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *ThingID) (*struct{}, error) {
			return nil, h.Service.RemoveDuty(ctx, in.ID)
		})
	web.Register(api, web.Op{Method: "GET", Path: "/people/{id}/skills", ID: "list-person-skills", Summary: "List a person's skills", Tag: tag, Access: readAccess},
		func(ctx context.Context, in *ThingID) (*oneOut[PersonSkills], error) {
			skills, err := h.Service.PersonSkills(ctx, in.ID)
			return &oneOut[PersonSkills]{PersonSkills{skills}}, err
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/people/{id}/skills", ID: "set-person-skills", Summary: "Replace a person's skills", Tag: tag, Access: writeAccess},
		func(ctx context.Context, in *struct {
			ThingID
			Body PersonSkills
		}) (*struct{}, error) {
			return nil, h.Service.SetPersonSkills(ctx, in.ID, in.Body.Skills)
		})
}
