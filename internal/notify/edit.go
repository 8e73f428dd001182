package notify

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// TemplateView is a template as its editor shows it.
type TemplateView struct {
	Code      string      `json:"code"`
	Group     Group       `json:"group" enum:"assigned,pool,alert,mine,desk,system"`
	Texts     Texts       `json:"texts" doc:"The wording in force"`
	Builtin   Texts       `json:"builtin" doc:"The wording it comes with"`
	Changed   bool        `json:"changed"`
	Params    []ParamView `json:"params" doc:"What may stand in {braces}"`
	Version   int64       `json:"version" doc:"Send it back when saving; 0 for one never changed"`
	UpdatedAt int64       `json:"updatedAt,omitempty"`
}

// ParamView is a parameter of a template.
type ParamView struct {
	Name   string `json:"name"`
	Public bool   `json:"public" doc:"May stand in title and brief, which show on locked screens"`
}

func templateView(t Template, o overrideRow) TemplateView {
	v := TemplateView{Code: t.Code, Group: t.Group, Texts: t.Texts, Builtin: t.Texts, Params: []ParamView{}, Version: o.Version, UpdatedAt: o.UpdatedAt}
	if o.Texts != (Texts{}) {
		v.Texts, v.Changed = o.Texts, true
	}
	for _, p := range t.Params {
		v.Params = append(v.Params, ParamView{p, Public(p)})
	}
	return v
}

// TemplateList returns every template with its wording, for those who may change
// settings of the whole hospital: everybody is told in the same words.
func (s *Service) TemplateList(ctx context.Context) ([]TemplateView, error) {
	if err := identity.Of(ctx).NeedAll(identity.SettingWrite); err != nil {
		return nil, err
	}
	out := []TemplateView{}
	err := s.read(ctx, func(tx *db.Tx) error {
		all, err := allOverrides(ctx, tx)
		for _, t := range Templates() {
			out = append(out, templateView(t, all[t.Code]))
		}
		return err
	})
	return out, err
}

// SaveTemplate sets the wording of a template; a nil one sets the built-in wording
// back. Messages already written stay as they are.
func (s *Service) SaveTemplate(ctx context.Context, code string, version int64, texts *Texts) (TemplateView, error) {
	actor := identity.Of(ctx)
	if err := actor.NeedAll(identity.SettingWrite); err != nil {
		return TemplateView{}, err
	}
	t, ok := templateOf(code)
	if !ok {
		return TemplateView{}, fault.Missing()
	}
	row := overrideRow{Code: code, Version: version + 1}
	if texts != nil {
		if err := t.Check(*texts); err != nil {
			return TemplateView{}, err
		}
		row.Texts = *texts
	}
	err := s.write(ctx, func(tx *db.Tx) error {
		row.UpdatedAt = s.now()
		all, err := allOverrides(ctx, tx)
		if err != nil {
			return err
		}
		ok := all[code].Version == version
		if ok {
			ok, err = saveOverride(ctx, tx, &row, version)
		}
		switch {
		case err != nil:
			return err
		case !ok:
			return fault.New(fault.Conflict, "conflict")
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "notify.template.save", "template", code, map[string]any{"builtin": texts == nil})
	})
	return templateView(t, row), err
}
