package transport

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Settings are how a hospital moves things.
type Settings struct {
	Buffer   int64   `json:"buffer" minimum:"0" maximum:"240" doc:"Minutes by which a booked order is released before the way demands it"`
	KeepDays int64   `json:"keepDays" minimum:"1" maximum:"365" doc:"Days after which what is known of a patient is removed"`
	Detour   int64   `json:"detour" minimum:"0" maximum:"3600" doc:"Seconds that a job on the way may add to be suggested"`
	Capacity int64   `json:"capacity" minimum:"1" maximum:"50" doc:"Jobs that one porter carries at most"`
	Bags     []Bag   `json:"bags" maxItems:"200" doc:"How many jobs people of a team take on at once"`
	Delays   []Delay `json:"delays" minItems:"1" maxItems:"50"`
}

// Bag is how many jobs people of a team take on at once.
type Bag struct {
	TeamID string `json:"teamId" minLength:"1" maxLength:"40"`
	Most   int64  `json:"most" minimum:"1" maximum:"50" doc:"1 is one job at a time"`
}

// Delay is a reason for which moving something takes longer.
type Delay struct {
	Code   string `json:"code" minLength:"1" maxLength:"40"`
	NameZh string `json:"nameZh" minLength:"1" maxLength:"40"`
	NameEn string `json:"nameEn" minLength:"1" maxLength:"60"`
	Hold   string `json:"hold,omitempty" maxLength:"40" doc:"Reason to wait with which the order is held; absent: the clocks run on"`
}

// SettingsVersion is a state the settings were saved in.
type SettingsVersion struct {
	Version int64    `db:"version" json:"version" doc:"0 is what the program comes with"`
	Body    Settings `db:"body,json" json:"body"`
	ByID    string   `db:"by_id" json:"byId,omitempty"`
	ByName  string   `db:"by_name" json:"byName,omitempty"`
	At      int64    `db:"at" json:"at"`
}

// DefaultSettings are in force until others are saved.
func DefaultSettings() Settings {
	return Settings{Buffer: 10, KeepDays: 30, Detour: 180, Capacity: 6, Bags: []Bag{}, Delays: []Delay{
		{Code: "patient_not_ready", NameZh: "患者未准备好", NameEn: "Patient not ready", Hold: "user_absent"},
		{Code: "lift_wait", NameZh: "等电梯", NameEn: "Waiting for the lift"},
		{Code: "handover_wait", NameZh: "等交接人", NameEn: "Waiting for somebody to hand over"},
		{Code: "equipment_wait", NameZh: "等轮椅、平车或氧气", NameEn: "Waiting for a wheelchair, stretcher or oxygen"},
		{Code: "receiver_busy", NameZh: "接收科室忙", NameEn: "The receiving department is busy"},
		{Code: "other", NameZh: "其他", NameEn: "Other"},
	}}
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (s *Settings) check(holds func(code string) bool) error {
	var f fault.Fields
	var codes, teams []string
	for i := range s.Delays {
		d := &s.Delays[i]
		d.NameZh, d.NameEn = strings.TrimSpace(d.NameZh), strings.TrimSpace(d.NameEn)
		switch {
		case d.NameZh == "" || d.NameEn == "":
			f.Add("delays", "required")
		case !codeForm.MatchString(d.Code):
			f.Add("delays", "bad_format")
		case slices.Contains(codes, d.Code):
			f.Add("delays", "duplicate")
		case d.Hold != "" && !holds(d.Hold):
			f.Add("delays", "unknown_reference")
		}
		codes = append(codes, d.Code)
	}
	for _, b := range s.Bags {
		if slices.Contains(teams, b.TeamID) {
			f.Add("bags", "duplicate")
		}
		teams = append(teams, b.TeamID)
	}
	return f.Err()
}

// bag returns how many jobs people of a team take on at once; 0 is as many as they like.
func (s *Settings) bag(teamID string) int64 {
	for _, b := range s.Bags {
		if b.TeamID == teamID {
			return b.Most
		}
	}
	return 0
}

// Settings returns the settings in force.
func (s *Service) Settings(ctx context.Context) (out SettingsVersion, err error) {
	if err := identity.Of(ctx).Need(identity.OrderRead); err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error { out, err = settings(ctx, tx); return err })
	return out, err
}

// SaveSettings adds a version of the settings; version is the one that was edited. How
// long patients are remembered holds for those already known too.
func (s *Service) SaveSettings(ctx context.Context, in Settings, version int64) (out SettingsVersion, err error) {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.SettingWrite); err != nil {
		return out, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		was, err := settings(ctx, tx)
		if err != nil {
			return err
		}
		if was.Version != version {
			return fault.New(fault.Conflict, "conflict", "version", was.Version)
		}
		book, err := s.Reasons(ctx, tx)
		if err != nil {
			return err
		}
		if err := in.check(book); err != nil {
			return err
		}
		for _, b := range in.Bags {
			if _, err := s.Org.Team(ctx, tx, b.TeamID); err != nil {
				if db.IsMissing(err) {
					return fault.Field("bags", "unknown_reference")
				}
				return err
			}
		}
		out = SettingsVersion{Version: version + 1, Body: in, ByID: actor.PersonID, ByName: actor.Name, At: s.Clock.Now()}
		if err := insertSettings(ctx, tx, &out); err != nil {
			return err
		}
		if in.KeepDays != was.Body.KeepDays {
			if err := moveWipes(ctx, tx, in.KeepDays*clock.Day); err != nil {
				return err
			}
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "transport.settings", "transport", "settings",
			map[string]any{"version": out.Version, "keepDays": in.KeepDays, "before": was.Body.KeepDays})
	})
	return out, err
}
