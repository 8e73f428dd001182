package demo

import (
	"context"
	"fmt"
	"math/rand/v2"

	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/transport"
	"wardline/internal/workorder"
)

// moveWords is one move of the demonstration.
type moveWords struct {
	item, from, to string // classes of places
	form           map[string]any
	patient, band  string
	codes          []string
	later          int64 // minutes until the appointment; 0 is now
	steps          int   // 1 accepted, 2 picked up
}

var moves = []moveWords{
	{"TP01", "ward", "medtech", map[string]any{"bed": "12", "travel": "wheelchair", "oxygen": "yes", "monitor": "no", "isolation": "none"}, "张晓明", "ZY20260012", nil, 0, 0},
	{"TP01", "ward", "medtech", map[string]any{"bed": "3", "travel": "stretcher", "oxygen": "no", "monitor": "yes", "isolation": "contact"}, "王秀英", "ZY20260003", nil, 0, 1},
	{"TS01", "emergency", "medtech", map[string]any{"quantity": 3.0, "carriage": "ice"}, "", "", []string{"BG26112801", "BG26112802", "BG26112803"}, 0, 2},
	{"TS02", "ward", "medtech", map[string]any{"quantity": 2.0}, "", "", []string{"CB26112811", "CB26112812"}, 0, 0},
	{"TS03", "medtech", "theatre", map[string]any{"bloodOrderNo": "XK2611280031", "coldBox": "yes"}, "", "", nil, 0, 1},
	{"TD01", "medtech", "icu", map[string]any{"prescriptionNo": "CF2611280417", "narcotic": "yes"}, "", "", nil, 0, 0},
	{"TD04", "ward", "office", map[string]any{"copies": 6.0}, "", "", nil, 0, 0},
	{"TP01", "ward", "medtech", map[string]any{"bed": "21", "travel": "bed", "oxygen": "yes", "monitor": "yes", "isolation": "none"}, "李建国", "ZY20260021", nil, 180, 0},
	{"TP01", "ward", "medtech", map[string]any{"bed": "8", "travel": "walk", "oxygen": "no", "monitor": "no", "isolation": "none"}, "陈静", "ZY20260008", nil, 1320, 0},
}

// move asks for moves as they stand around the present, and lends some things.
func move(ctx context.Context, s *transport.Service, p Parts, h *hospital, items []catalog.Item, r *rand.Rand) error {
	byCode := map[string]string{}
	for _, it := range items {
		byCode[it.Code] = it.ID
	}
	now := s.Clock.Now()
	used := map[string]int{}
	for _, w := range moves {
		from, to := h.spotIn(w.from, used), h.spotIn(w.to, used)
		form := map[string]any{}
		if w.item == "TP01" || w.item == "TS01" {
			form["to"] = to.id
		}
		for k, v := range w.form {
			form[k] = v
		}
		if w.later > 0 {
			form["bookedAt"] = float64(now + w.later*clock.Minute)
		}
		ask := transport.Request{Codes: w.codes, ToID: to.id, Report: workorder.Report{ItemID: byCode[w.item], PlaceID: from.id, Channel: workorder.ByDesk, Form: form}}
		if w.patient != "" {
			ask.Patient = &transport.Patient{Name: w.patient, Wristband: w.band}
		}
		made, err := s.Request(ctx, ask, workorder.Meta{})
		if err != nil {
			return fmt.Errorf("%s: %w", w.item, err)
		}
		if made.Order == nil || w.steps == 0 {
			continue
		}
		if err := h.carry(ctx, s, p, made.Order, w, r); err != nil {
			return fmt.Errorf("%s: %w", w.item, err)
		}
	}
	return h.lend(ctx, s, now)
}

// spotIn returns a place of a class, another one each time.
func (h *hospital) spotIn(class string, used map[string]int) *spot {
	n := used[class]
	used[class]++
	var all []*spot
	for i := range h.departments {
		if d := &h.departments[i]; d.class == class && len(d.places) > 0 {
			all = append(all, d.places[0])
		}
	}
	if len(all) == 0 {
		all = h.departments[0].places
	}
	return all[n%len(all)]
}

// carry lets a porter begin with a move.
func (h *hospital) carry(ctx context.Context, s *transport.Service, p Parts, o *workorder.View, w moveWords, r *rand.Rand) error {
	team := h.byTeam[o.TeamID]
	if team == nil || len(team.people) == 0 {
		return nil
	}
	porter := pick(r, team.people)
	if _, err := p.Orders.Dispatch(ctx, o.ID, workorder.Assignment{TeamID: o.TeamID, AssigneeID: porter.id}, workorder.Meta{}); err != nil {
		return err
	}
	actor, err := p.People.ActorOf(ctx, porter.id)
	if err != nil {
		return err
	}
	own := identity.With(ctx, actor)
	if _, err := p.Orders.Accept(own, o.ID, workorder.Meta{}); err != nil || w.steps < 2 {
		return err
	}
	_, err = s.PickUp(own, o.ID, transport.Hand{Codes: w.codes}, workorder.Meta{})
	return err
}

// lend lets departments borrow beds and wheelchairs of others; the last one is back.
func (h *hospital) lend(ctx context.Context, s *transport.Service, now int64) error {
	n := 0
	for i := range h.departments {
		d := &h.departments[i]
		borrower := &h.departments[(i+3)%len(h.departments)]
		for _, class := range []string{"wheelchair", "medical", "bed"} {
			if len(d.things[class]) == 0 || borrower.id == d.id || len(borrower.places) == 0 || n == 6 {
				continue
			}
			n++
			l, err := s.Lend(ctx, transport.LoanInput{AssetID: d.things[class][0].id, DepartmentID: borrower.id, PlaceID: borrower.places[0].id, DueAt: now + int64(n)*4*clock.Hour})
			if err == nil && n == 6 {
				_, err = s.Bring(ctx, l.ID, d.things[class][0].place.id, "")
			}
			if err != nil {
				return err
			}
			break
		}
	}
	return nil
}
