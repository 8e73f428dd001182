package notify

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// PreferencesView is the page on which a person chooses.
type PreferencesView struct {
	Version  int64         `json:"version" doc:"Send it back when saving; 0 before the first choice"`
	Quiet    Quiet         `json:"quiet"`
	Channels []ChannelView `json:"channels"`
	Groups   []GroupView   `json:"groups"`
}

// ChannelView says whether a channel can reach the person.
type ChannelView struct {
	Channel string `json:"channel" doc:"inbox, push, mail"`
	Ready   bool   `json:"ready"`
	Reason  string `json:"reason,omitempty" enum:"no_address" doc:"Why not: no mail address, no device"`
}

// GroupView is a group of templates with the person's choices.
type GroupView struct {
	Group    Group    `json:"group" enum:"assigned,pool,alert,mine,desk,system"`
	NameZh   string   `json:"nameZh"`
	NameEn   string   `json:"nameEn"`
	Channels []string `json:"channels" doc:"The channels that are on"`
}

// Preferences returns what the signed-in person wants to be told, and how.
func (s *Service) Preferences(ctx context.Context) (PreferencesView, error) {
	actor, err := me(ctx)
	if err != nil {
		return PreferencesView{}, err
	}
	var out PreferencesView
	err = s.read(ctx, func(tx *db.Tx) error {
		prefs, err := preferencesOf(ctx, tx, []string{actor.PersonID})
		if err != nil {
			return err
		}
		out, err = s.preferencesView(ctx, tx, actor, prefs[actor.PersonID])
		return err
	})
	return out, err
}

func (s *Service) preferencesView(ctx context.Context, tx *db.Tx, actor *identity.Actor, p *Preferences) (PreferencesView, error) {
	out := PreferencesView{Version: p.Version, Quiet: p.Quiet, Channels: []ChannelView{}, Groups: []GroupView{}}
	person, err := s.person(ctx, tx, actor.PersonID)
	if err != nil {
		return out, err
	}
	devices, err := devicesOf(ctx, tx, []string{actor.PersonID})
	if err != nil {
		return out, err
	}
	for _, name := range s.names {
		v := ChannelView{Channel: name, Ready: true}
		if name == Push && len(devices) == 0 || name != Push && name != Inbox && (person == nil || emailOf(name, person) == "") {
			v.Ready, v.Reason = false, ReasonAddress
		}
		out.Channels = append(out.Channels, v)
	}
	for _, g := range Groups() {
		v := GroupView{Group: g.Group, NameZh: g.NameZh, NameEn: g.NameEn, Channels: []string{}}
		for _, name := range s.names {
			if p.Wants(g.Group, name) {
				v.Channels = append(v.Channels, name)
			}
		}
		out.Groups = append(out.Groups, v)
	}
	return out, nil
}

// SavePreferences stores the signed-in person's choices; what is not among them
// stays as it is. A version that is no longer the present one is the conflict fault.
func (s *Service) SavePreferences(ctx context.Context, version int64, q Quiet, choices []Choice) (PreferencesView, error) {
	actor, err := me(ctx)
	if err != nil {
		return PreferencesView{}, err
	}
	var out PreferencesView
	err = s.write(ctx, func(tx *db.Tx) error {
		all, err := preferencesOf(ctx, tx, []string{actor.PersonID})
		if err != nil {
			return err
		}
		p := all[actor.PersonID]
		if p.Version != version {
			return fault.New(fault.Conflict, "conflict")
		}
		if err := p.choose(choices, q, s.names); err != nil {
			return err
		}
		p.Version++
		ok, err := savePreferences(ctx, tx, p, version)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, "conflict")
		}
		if err := s.Trail.Record(ctx, tx, actor.Who(), "notify.preferences.save", "person", actor.PersonID, nil); err != nil {
			return err
		}
		out, err = s.preferencesView(ctx, tx, actor, p)
		return err
	})
	return out, err
}
