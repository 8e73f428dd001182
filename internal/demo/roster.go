package demo

import (
	"context"
	"errors"
	"fmt"

	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
)

// shiftWords is one shift of the demonstration; hours of the same midnight.
type shiftWords struct {
	name, tone string
	kind       org.DutyKind
	hours      []float64 // from and to, in turn
}

var (
	dayShift     = shiftWords{"日班", "teal", org.NormalDuty, []float64{8, 16}}
	eveningShift = shiftWords{"中班", "amber", org.NormalDuty, []float64{16, 24}}
	nightShift   = shiftWords{"夜班", "purple", org.NormalDuty, []float64{0, 8}}
	splitShift   = shiftWords{"两头班", "blue", org.NormalDuty, []float64{7.5, 12, 14, 17.5}}
	longShift    = shiftWords{"长日班", "teal", org.NormalDuty, []float64{7.5, 17.5}}
	onCallShift  = shiftWords{"夜间听班", "grey", org.OnCallDuty, []float64{17.5, 31.5}}
	peakShift    = shiftWords{"门诊高峰值守", "amber", org.PeakDuty, []float64{7, 10}}
	afterPeak    = shiftWords{"值守后日班", "teal", org.NormalDuty, []float64{10, 17.5}}
	allDay       = shiftWords{"全天值班", "blue", org.NormalDuty, []float64{0, 24}}
)

// monday is a day on which the cycles begin, so that they fall alike in each demonstration.
const monday = "2026-01-05"

// rosters makes shifts and rotations of each team and fills them from the day before
// yesterday for five weeks. The people to sign in as are on duty at every hour.
func (b *builder) rosters(ctx context.Context, h *hospital, o Options) error {
	point, err := b.servicePoint(ctx, h)
	if err != nil {
		return err
	}
	for _, w := range teams {
		for _, t := range h.byTeam {
			if t.name != w.name {
				continue
			}
			if err := b.roster(ctx, t, point, o); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
	}
	return b.settle(ctx)
}

// servicePoint adds the counter in the outpatients' hall that is staffed in the morning.
func (b *builder) servicePoint(ctx context.Context, h *hospital) (string, error) {
	for i := range h.departments {
		d := &h.departments[i]
		if d.class != "outpatient" {
			continue
		}
		room, err := b.org.GetPlace(ctx, d.places[0].id)
		if err != nil {
			return "", err
		}
		p, err := b.org.SavePlace(ctx, "", org.PlaceInput{ParentID: room.ParentID, Kind: org.Point, Name: "门诊大厅服务点", Class: "outpatient"})
		if err != nil {
			return "", err
		}
		var hours []org.Opening
		for weekday := int64(1); weekday <= 5; weekday++ {
			hours = append(hours, org.Opening{Weekday: weekday, From: 7 * 60, To: 12 * 60}, org.Opening{Weekday: weekday, From: 13*60 + 30, To: 17*60 + 30})
		}
		return p.ID, b.org.SetOpenings(ctx, p.ID, hours)
	}
	return "", errors.New("no department of outpatients")
}

// roster makes the rotations of one team.
func (b *builder) roster(ctx context.Context, t *team, point string, o Options) error {
	var crew, always []org.Rotating
	for _, p := range t.people {
		if p.login != "" {
			always = append(always, org.Rotating{PersonID: p.id})
		} else {
			crew = append(crew, org.Rotating{PersonID: p.id, Offset: int64(len(crew))})
		}
	}
	if t.name == "信息硬件组" {
		stand := crew[len(crew)-2:]
		crew = crew[:len(crew)-2]
		for i := range stand {
			stand[i].Offset = 0
		}
		week := func(s shiftWords) []*shiftWords { return []*shiftWords{&s, &s, &s, &s, &s, nil, nil} }
		if err := b.rotate(ctx, t, "定点值守", week(peakShift), stand, point, o); err != nil {
			return err
		}
		if err := b.rotate(ctx, t, "值守后", week(afterPeak), stand, "", o); err != nil {
			return err
		}
	}
	cycle := []*shiftWords{&dayShift, &dayShift, &eveningShift, &nightShift, nil, nil}
	if len(crew) < len(cycle) { // too few for the whole clock: by day at work, by night on call
		cycle = []*shiftWords{&splitShift, &longShift, &onCallShift, nil}
	}
	if err := b.rotate(ctx, t, "轮班", cycle, crew, "", o); err != nil {
		return err
	}
	return b.rotate(ctx, t, "演示账号", []*shiftWords{&allDay}, always, "", o)
}

// rotate adds a rotation with its shifts and fills it.
func (b *builder) rotate(ctx context.Context, t *team, name string, cycle []*shiftWords, people []org.Rotating, place string, o Options) error {
	if len(people) == 0 {
		return nil
	}
	in := org.RotationInput{Name: name, FirstDay: monday, Members: people}
	made := map[string]string{}
	for _, w := range cycle {
		if w == nil {
			in.Cycle = append(in.Cycle, "")
			continue
		}
		if made[w.name] == "" {
			shift := org.ShiftInput{Name: w.name, Tone: w.tone, Kind: w.kind, PlaceID: place}
			for i := 0; i < len(w.hours); i += 2 {
				shift.Intervals = append(shift.Intervals, org.Interval{From: int64(w.hours[i] * 60), To: int64(w.hours[i+1] * 60)})
			}
			s, err := b.org.SaveShift(ctx, t.id, "", shift)
			if err != nil {
				return err
			}
			made[w.name] = s.ID
		}
		in.Cycle = append(in.Cycle, made[w.name])
	}
	r, err := b.org.SaveRotation(ctx, t.id, "", in)
	if err != nil {
		return err
	}
	today := clock.Time(o.Now).In(o.Zone)
	_, err = b.org.FillRoster(ctx, r.ID, org.FillInput{From: today.AddDate(0, 0, -2).Format("2006-01-02"), To: today.AddDate(0, 0, 33).Format("2006-01-02")})
	return err
}

// settle says that the work of the duties that are over was handed over long ago: the
// history is told as it is and shall not change in the first minute.
func (b *builder) settle(ctx context.Context) error {
	return b.d.Write(ctx, func(tx *db.Tx) error {
		over, err := b.org.EndedDuties(ctx, tx, 10_000)
		if err != nil {
			return err
		}
		for _, e := range over {
			if _, err := b.org.HandedOver(ctx, tx, e.DutyID); err != nil {
				return err
			}
		}
		return nil
	})
}
