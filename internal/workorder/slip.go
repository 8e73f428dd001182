package workorder

import (
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"wardline/internal/catalog"
	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/qr"
)

//go:embed slip.html
var slipText string

var slipPage = template.Must(template.New("slip").Parse(slipText))

// slip is what the printed work slip (工作单) shows.
type slip struct {
	Order   Order
	Zh      bool
	Item    string
	QR      template.HTML
	Printed string
	By      string
	Times   []slipTime
	Form    []slipLine
	Note    string
	Lines   []int // empty lines for parts
}

type slipTime struct{ Label, At, Due string }

type slipLine struct{ Label, Value string }

// Slip writes the printable work slip of an order as an HTML page. baseURL is what
// phones reach Wardline under.
func (s *Service) Slip(ctx context.Context, w io.Writer, ref, baseURL string, lang fault.Language) error {
	v, err := s.Get(ctx, ref)
	if err != nil {
		return err
	}
	code, err := qr.SVG(baseURL + "/m/t/" + s.link(v.ID))
	if err != nil {
		return err
	}
	zh := lang == fault.Chinese
	pick := func(a, b string) string {
		if zh {
			return a
		}
		return b
	}
	at := func(ms int64) string {
		if ms == 0 {
			return ""
		}
		return clock.Time(ms).In(s.Zone).Format("01-02 15:04")
	}
	o := v.Order
	p := slip{Order: o, Zh: zh, Item: pick(o.ItemName, o.ItemNameEn), QR: code, By: identity.Of(ctx).Name,
		Printed: clock.Time(s.Clock.Now()).In(s.Zone).Format(time.DateTime), Lines: make([]int, max(0, 3-len(o.Parts))),
		Times: []slipTime{
			{pick("报修", "Reported"), at(o.ReportedAt), ""},
			{pick("接单", "Accepted"), at(o.AcceptedAt), at(o.Deadlines.Respond)},
			{pick("到场", "Arrived"), at(o.ArrivedAt), at(o.Deadlines.Arrive)},
			{pick("完工", "Finished"), at(o.FinishedAt), at(o.Deadlines.Finish)},
		}}
	if p.Form, p.Note, err = s.slipForm(ctx, &o, zh); err != nil {
		return err
	}
	return slipPage.Execute(w, p)
}

// slipForm names the form's answers in the order of the form.
func (s *Service) slipForm(ctx context.Context, o *Order, zh bool) (lines []slipLine, note string, err error) {
	var item catalog.Item
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { item, err = s.Catalog.At(ctx, tx, o.ItemID, o.ItemVersion); return err })
	if err != nil {
		return nil, "", err
	}
	note = item.SlipZh
	if !zh && item.SlipEn != "" {
		note = item.SlipEn
	}
	for _, f := range item.Form {
		v, ok := o.Form[f.Key]
		if !ok || f.Kind == catalog.Photo || f.Kind == catalog.Signature || f.Kind == catalog.Place || f.Kind == catalog.Asset {
			continue
		}
		label := f.Label
		if !zh && f.LabelEn != "" {
			label = f.LabelEn
		}
		lines = append(lines, slipLine{label, s.answer(f, v, zh)})
	}
	return lines, note, nil
}

func (s *Service) answer(f catalog.Field, v any, zh bool) string {
	name := func(value string) string {
		for _, o := range f.Options {
			if o.Value == value && (zh || o.LabelEn == "") {
				return o.Label
			} else if o.Value == value {
				return o.LabelEn
			}
		}
		return value
	}
	switch x := v.(type) {
	case string:
		return name(x)
	case []any:
		var all []string
		for _, one := range x {
			all = append(all, name(fmt.Sprint(one)))
		}
		return strings.Join(all, ", ")
	case float64:
		if f.Kind == catalog.Date {
			return clock.Time(int64(x)).In(s.Zone).Format("2006-01-02 15:04")
		}
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
