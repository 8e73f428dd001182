package transport

import (
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
)

//go:embed receipt.html
var receiptText string

var receiptPage = template.Must(template.New("receipt").Parse(receiptText))

// receipt is what the printed hand-over receipt (交接单) shows.
type receipt struct {
	Zh, Roll               bool
	Number, Priority, Item string
	Printed, By            string
	Sheet                  Sheet
	Lines                  []receiptLine
	Hands                  []receiptHand
}

type receiptLine struct{ Label, Value string }

type receiptHand struct {
	Title, At string
	Lines     []string
}

// Receipt writes the hand-over receipt of an order that the actor may see, as a page for
// a sheet of paper or a narrow roll. The patient stands on it only for who knows.
func (s *Service) Receipt(ctx context.Context, w io.Writer, orderRef string, zone *time.Location, roll bool, lang fault.Language) error {
	o, err := s.Orders.Get(ctx, orderRef)
	if err != nil {
		return err
	}
	v, err := s.Get(ctx, o.ID)
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
	at := func(ms int64) string { return clock.Time(ms).In(zone).Format("01-02 15:04:05") }
	r := receipt{Zh: zh, Roll: roll, Number: o.Number, Priority: o.Priority, Item: pick(o.ItemName, o.ItemNameEn), Sheet: v.Sheet,
		Printed: clock.Time(s.Clock.Now()).In(zone).Format(time.DateTime), By: identity.Of(ctx).Name}
	if p := v.Patient; p != nil {
		r.Lines = append(r.Lines, receiptLine{pick("患者", "Patient"), strings.TrimSpace(p.Name + " " + p.Bed)})
	}
	if v.AppointmentAt > 0 {
		r.Lines = append(r.Lines, receiptLine{pick("预约时间", "Appointment"), clock.Time(v.AppointmentAt).In(zone).Format("01-02 15:04")})
	}
	if n := max(int(v.Units), len(v.Codes)); n > 0 {
		r.Lines = append(r.Lines, receiptLine{pick("数量", "Quantity"), fmt.Sprint(n)})
	}
	if len(v.Codes) > 0 {
		r.Lines = append(r.Lines, receiptLine{pick("条码", "Barcodes"), strings.Join(v.Codes, " ")})
	}
	for _, c := range v.Checks {
		title := pick("身份核对", "Identity") + " · " + outcomeWord(c.Outcome, zh)
		lines := []string{c.ByName}
		if c.Reason != "" {
			lines = append(lines, c.Reason+" · "+c.SecondName)
		}
		r.Hands = append(r.Hands, receiptHand{title, at(c.At), lines})
	}
	for _, h := range v.Handovers {
		r.Hands = append(r.Hands, receiptHand{endWord(h.End, zh), at(h.At), handLines(h, pick)})
	}
	return receiptPage.Execute(w, r)
}

func handLines(h Handover, pick func(a, b string) string) []string {
	lines := []string{strings.TrimSpace(pick("运送人 ", "Porter ") + h.ByName + " " + h.PlaceName)}
	if h.SecondName != "" {
		lines = append(lines, pick("第二核对人 ", "Second checker ")+h.SecondName)
	}
	if h.Units > 0 {
		lines = append(lines, fmt.Sprintf("%s%d", pick("数量 ", "Quantity "), h.Units))
	}
	if h.Missing+h.Extra > 0 {
		lines = append(lines, fmt.Sprintf(pick("缺 %d · 多 %d", "Missing %d · extra %d"), h.Missing, h.Extra))
	}
	if h.Signed {
		lines = append(lines, pick("已签字", "Signed"))
	}
	if h.Note != "" {
		lines = append(lines, h.Note)
	}
	return lines
}

func endWord(end string, zh bool) string {
	words := map[string][2]string{AtPickUp: {"取走", "Picked up"}, AtTakeOver: {"接力", "Taken over"}, AtDelivery: {"送达", "Delivered"}}[end]
	if zh {
		return words[0]
	}
	return words[1]
}

func outcomeWord(outcome string, zh bool) string {
	words := map[string][2]string{Matched: {"相符", "matched"}, Mismatch: {"不符", "mismatch"}, Manual: {"人工核对", "by hand"}}[outcome]
	if zh {
		return words[0]
	}
	return words[1]
}
