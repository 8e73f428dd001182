package app_test

import (
	"slices"
	"testing"
	"time"

	"wardline/internal/demo"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/transport"
)

// In the demonstration each team is staffed or on call at every hour of the next month,
// and those one signs in as are always on duty.
func TestDemonstrationIsStaffedRoundTheClock(t *testing.T) {
	a := house(t, db.SQLite)
	now := time.Now().UnixMilli()
	zone := time.FixedZone("", 8*3600)
	accounts, err := a.MakeDemo(t.Context(), demo.Options{Seed: 1, Orders: 20, Months: 1, Assets: 20, Now: now, Zone: zone}, func(int, int) {})
	if err != nil || len(accounts) == 0 {
		t.Fatal(err)
	}
	ctx := identity.With(t.Context(), identity.System("test"))
	teams, _, err := a.Org.ListTeams(ctx, org.Filter{}, 100, "")
	if err != nil || len(teams) != 14 {
		t.Fatalf("%d teams: %v", len(teams), err)
	}
	board, _, err := a.Moves.Board(ctx, transport.Wanted{}, 100, "")
	booked, _, err2 := a.Moves.Bookings(ctx, "waiting", 100, "")
	if err != nil || err2 != nil || len(booked) != 2 || !slices.ContainsFunc(board, func(m transport.Move) bool { return m.Sheet != nil && m.Sheet.Step == transport.Carried }) {
		t.Errorf("%d moves, %d booked: %v %v", len(board), len(booked), err, err2)
	}
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		for _, team := range teams {
			members, err := a.People.TeamMembers(ctx, tx, team.ID)
			if err != nil {
				return err
			}
			for hour := range int64(30 * 24) {
				at := now + hour*clock.Hour
				on, err := a.Org.OnDuty(ctx, tx, team.ID, at)
				if err != nil {
					return err
				}
				if len(on) == 0 || len(on) == len(members) && len(members) > 5 {
					t.Errorf("%s: %d of %d on duty at %s", team.Name, len(on), len(members), clock.Time(at).In(zone))
				}
				if hour%7 != 0 {
					continue
				}
				for _, m := range members {
					p, err := a.People.PersonIn(ctx, tx, m.ID)
					if err != nil {
						return err
					}
					if p.Login != "" && !slices.Contains(on, m.ID) {
						t.Errorf("%s is off duty at %s", p.Login, clock.Time(at).In(zone))
					}
				}
			}
		}
		ended, err := a.Org.EndedDuties(ctx, tx, 10)
		if len(ended) > 0 {
			t.Errorf("the first minute would hand over %+v", ended)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
