package sla

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
)

// HTTP registers the operations on calendars and limits.
type HTTP struct{ Service *Service }

const tag = "clocks"

const settingAccess = web.Access(identity.SettingWrite)

type none struct{}

type settingsOut struct{ Body Told }

// Told is the settings with the warnings in words.
type Told struct {
	Settings
	Words []string `json:"words" doc:"The warnings in the caller's language"`
}

// say puts warnings into words of the caller's language.
func say(ctx context.Context, list []Warning) []string {
	out := make([]string, 0, len(list))
	for _, w := range list {
		out = append(out, fault.Message(web.Language(ctx), w.Code, map[string]any{"year": w.Year, "name": w.Name}))
	}
	return out
}

func told(ctx context.Context, s Settings, err error) (*settingsOut, error) {
	if err != nil {
		return nil, err
	}
	return &settingsOut{Told{s, say(ctx, s.Warnings)}}, nil
}

// Register adds the operations.
func (h HTTP) Register(api *web.API) {
	s := h.Service
	web.Register(api, web.Op{Method: "GET", Path: "/clock-settings", ID: "get-clock-settings", Summary: "Calendars, holidays, reasons to wait, and limits", Tag: tag, Access: settingAccess},
		func(ctx context.Context, _ *none) (*settingsOut, error) {
			v, err := s.Settings(ctx)
			return told(ctx, v, err)
		})
	type reasonsOut struct {
		Body struct {
			Items []Reason `json:"items"`
		}
	}
	web.Register(api, web.Op{Method: "GET", Path: "/hold-reasons", ID: "list-hold-reasons", Summary: "Reasons for which an order may wait", Tag: tag, Access: web.SignedIn},
		func(ctx context.Context, _ *none) (*reasonsOut, error) {
			items, err := s.Reasons(ctx)
			out := &reasonsOut{}
			out.Body.Items = items
			return out, err
		})
	h.calendars(api)
	h.lists(api)
}

func (h HTTP) calendars(api *web.API) {
	s := h.Service
	web.Register(api, web.Op{Method: "PUT", Path: "/clock-settings/calendars", ID: "save-calendar", Summary: "Add or change a working calendar", Tag: tag, Access: settingAccess},
		func(ctx context.Context, in *struct {
			Body struct {
				Stamp int64 `json:"stamp"`
				Named
			}
		}) (*settingsOut, error) {
			v, err := s.SaveCalendar(ctx, in.Body.Stamp, in.Body.Named)
			return told(ctx, v, err)
		})
	web.Register(api, web.Op{Method: "POST", Path: "/clock-settings/calendars/remove", ID: "remove-calendar", Summary: "Remove a working calendar", Tag: tag, Access: settingAccess},
		func(ctx context.Context, in *struct {
			Body struct {
				Stamp int64  `json:"stamp"`
				ID    string `json:"id" maxLength:"40"`
			}
		}) (*settingsOut, error) {
			v, err := s.RemoveCalendar(ctx, in.Body.Stamp, in.Body.ID)
			return told(ctx, v, err)
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/clock-settings/years", ID: "save-holiday-year", Summary: "Write a year's public holidays and make-up workdays", Tag: tag, Access: settingAccess},
		func(ctx context.Context, in *struct {
			Body struct {
				Stamp int64 `json:"stamp"`
				Table Year  `json:"table"`
			}
		}) (*settingsOut, error) {
			v, err := s.SaveYear(ctx, in.Body.Stamp, in.Body.Table)
			return told(ctx, v, err)
		})
	web.Register(api, web.Op{Method: "POST", Path: "/clock-settings/years/import", ID: "import-holiday-year", Summary: "Read a year's holidays from JSON or a sheet", Tag: tag, Access: settingAccess},
		func(ctx context.Context, in *struct {
			Body struct {
				Stamp int64  `json:"stamp"`
				Text  string `json:"text" maxLength:"50000" doc:"The JSON of a table, or lines: off or work, date, name"`
			}
		}) (*settingsOut, error) {
			v, err := s.ImportYear(ctx, in.Body.Stamp, in.Body.Text)
			return told(ctx, v, err)
		})
}

func (h HTTP) lists(api *web.API) {
	s := h.Service
	web.Register(api, web.Op{Method: "PUT", Path: "/clock-settings/reasons", ID: "save-hold-reasons", Summary: "Replace the reasons to wait", Tag: tag, Access: settingAccess},
		func(ctx context.Context, in *struct {
			Body struct {
				Stamp   int64    `json:"stamp"`
				Reasons []Reason `json:"reasons" maxItems:"60"`
			}
		}) (*settingsOut, error) {
			v, err := s.SaveReasons(ctx, in.Body.Stamp, in.Body.Reasons)
			return told(ctx, v, err)
		})
	web.Register(api, web.Op{Method: "PUT", Path: "/clock-settings/limits", ID: "save-limits", Summary: "Replace the limits by item, priority and class of place", Tag: tag, Access: settingAccess},
		func(ctx context.Context, in *struct {
			Body struct {
				Stamp  int64   `json:"stamp"`
				Limits []Limit `json:"limits" maxItems:"2000"`
			}
		}) (*settingsOut, error) {
			v, err := s.SaveLimits(ctx, in.Body.Stamp, in.Body.Limits)
			return told(ctx, v, err)
		})
}
