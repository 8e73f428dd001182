package dispatch

import (
	"strings"

	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Settings are what candidates are weighed with.
type Settings struct {
	Weights  Weights          `json:"weights"`
	Travel   Travel           `json:"travel"`
	Points   map[string]int64 `json:"points" doc:"Work points of an order by priority, where its item says nothing else"`
	Capacity int64            `json:"capacity" minimum:"1" maximum:"1000" doc:"Who has so many work points in hand is given no more automatically, but for orders of the highest priority"`
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
	return Settings{Weights: defaultWeights(), Travel: defaultTravel(), Capacity: 8,
		Points: map[string]int64{"P1": 8, "T0": 6, "P2": 5, "T1": 3, "P3": 3, "T2": 2, "P4": 2}}
}

const maxPoints = 1000

func (s *Settings) check() error {
	var f fault.Fields
	for p, n := range s.Points {
		if !workorder.KnownPriority(p) {
			f.Add("points", "bad_value")
		}
		if n < 0 || n > maxPoints {
			f.Add("points", "too_big", "max", maxPoints)
		}
	}
	seen := map[[2]string]bool{}
	for i := range s.Travel.Links {
		l := &s.Travel.Links[i]
		l.From, l.To = strings.TrimSpace(l.From), strings.TrimSpace(l.To)
		key := [2]string{min(l.From, l.To), max(l.From, l.To)}
		if l.From == "" || l.From == l.To || seen[key] {
			f.Add("links", "dispatch.bad_link")
		}
		seen[key] = true
	}
	return f.Err()
}

// points returns the work points of an order.
func (s *Settings) points(items map[string]ItemWants, itemID, priority string) int64 {
	if p := items[itemID].Points; p > 0 {
		return p
	}
	if p, ok := s.Points[priority]; ok {
		return p
	}
	return DefaultSettings().Points[priority]
}

// ItemWants is what an item asks of the person.
type ItemWants struct {
	ItemID    string      `db:"item_id" json:"itemId"`
	Skills    []SkillWant `db:"skills,json" json:"skills"`
	Points    int64       `db:"points" json:"points" doc:"Work points; 0 is what the priority says"`
	Version   int64       `db:"version" json:"version"`
	UpdatedAt int64       `db:"updated_at" json:"updatedAt"`
}

// SkillWant is a skill wanted, at a level or above.
type SkillWant struct {
	SkillID string `json:"skillId" minLength:"1" maxLength:"40"`
	Level   int64  `json:"level" minimum:"1" maximum:"3"`
}

func (w *ItemWants) check() error {
	var f fault.Fields
	seen := map[string]bool{}
	for _, s := range w.Skills {
		if s.SkillID == "" || seen[s.SkillID] || s.Level < 1 || s.Level > 3 {
			f.Add("skills", "bad_value")
		}
		seen[s.SkillID] = true
	}
	if w.Points < 0 || w.Points > maxPoints {
		f.Add("points", "too_big", "max", maxPoints)
	}
	return f.Err()
}

// Kit is what a person carries.
type Kit struct {
	PersonID  string   `db:"person_id" json:"personId"`
	Tags      []string `db:"tags,json" json:"tags" doc:"As orders name their tools; capitals make no difference"`
	Version   int64    `db:"version" json:"version"`
	UpdatedAt int64    `db:"updated_at" json:"updatedAt"`
}

const maxTags = 40

// clean trims the tags and leaves out those said twice.
func (k *Kit) clean() error {
	var f fault.Fields
	seen, tags := map[string]bool{}, []string{}
	for _, t := range k.Tags {
		t = strings.TrimSpace(t)
		if t == "" || seen[fold(t)] {
			continue
		}
		if len([]rune(t)) > 40 {
			f.Add("tags", "too_long", "max", 40)
		}
		seen[fold(t)] = true
		tags = append(tags, t)
	}
	if len(tags) > maxTags {
		f.Add("tags", "too_many_items", "max", maxTags)
	}
	k.Tags = tags
	return f.Err()
}
