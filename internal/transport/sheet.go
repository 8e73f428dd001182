package transport

import (
	"slices"
	"strings"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Kind says what is moved.
type Kind string

// The kinds.
const (
	Patients  Kind = "patient"
	Specimens Kind = "specimen"
	Blood     Kind = "blood"
	Drugs     Kind = "drug"
	Goods     Kind = "goods"
	Papers    Kind = "papers"
	Loans     Kind = "loan"
)

// Categories are the first letters of the codes of items that move something.
func Categories() []string { return []string{"TP", "TS", "TD"} }

// KindOf returns what orders of an item move; "" for items that move nothing.
func KindOf(itemCode string) Kind {
	switch itemCode {
	case "TS03":
		return Blood
	case "TD03":
		return Goods
	case "TD04":
		return Papers
	case "TD05":
		return Loans
	}
	if len(itemCode) < 3 {
		return ""
	}
	return map[string]Kind{"TP": Patients, "TS": Specimens, "TD": Drugs}[itemCode[:2]]
}

// Step says how far a move is.
type Step string

// The steps.
const (
	Waiting   Step = "waiting"
	Carried   Step = "carried"
	Delivered Step = "delivered"
)

// The ends of a move.
const (
	AtPickUp   = "pick_up"
	AtTakeOver = "take_over" // from one porter to the next
	AtDelivery = "deliver"
)

// The outcomes of a check.
const (
	Matched  = "matched"
	Mismatch = "mismatch"
	Manual   = "manual"
)

// statMinutes is within how long a stat specimen has to be at the laboratory.
const statMinutes = 15

// Check is one comparison of the patient with the sheet.
type Check struct {
	End        string `json:"end" enum:"pick_up,deliver"`
	Outcome    string `json:"outcome" enum:"matched,mismatch,manual"`
	At         int64  `json:"at"`
	ByID       string `json:"byId"`
	ByName     string `json:"byName"`
	Reason     string `json:"reason,omitempty"`
	SecondName string `json:"secondName,omitempty"`
}

// Handover is one change of hands.
type Handover struct {
	End        string `json:"end" enum:"pick_up,take_over,deliver"`
	At         int64  `json:"at"`
	ByID       string `json:"byId"`
	ByName     string `json:"byName"`
	PlaceName  string `json:"placeName,omitempty"`
	SecondID   string `json:"secondId,omitempty"`
	SecondName string `json:"secondName,omitempty"`
	Units      int    `json:"units,omitempty"`
	Missing    int    `json:"missing,omitempty"`
	Extra      int    `json:"extra,omitempty"`
	Signed     bool   `json:"signed"`
	Note       string `json:"note,omitempty"`
}

// Sheet is what an order moves, from where to where, and how far it has come.
type Sheet struct {
	OrderID       string     `db:"id" json:"orderId"`
	Kind          Kind       `db:"kind" json:"kind" enum:"patient,specimen,blood,drug,goods,papers,loan"`
	FromID        string     `db:"from_id" json:"fromId,omitempty"`
	FromName      string     `db:"from_name" json:"fromName,omitempty"`
	ToID          string     `db:"to_id" json:"toId,omitempty"`
	ToName        string     `db:"to_name" json:"toName,omitempty"`
	Means         string     `db:"means" json:"means,omitempty" enum:",walk,wheelchair,stretcher,bed"`
	Oxygen        bool       `db:"oxygen" json:"oxygen"`
	Monitor       bool       `db:"monitor" json:"monitor"`
	Isolation     string     `db:"isolation" json:"isolation,omitempty" enum:",contact,droplet,airborne"`
	Escort        string     `db:"escort" json:"escort,omitempty" enum:",nurse,doctor,both"`
	Temperature   string     `db:"temperature" json:"temperature,omitempty" enum:",room,cold,ice,warm,frozen"`
	Units         int64      `db:"units" json:"units" doc:"Tubes or pieces asked for; 0 is not said"`
	DoubleCheck   bool       `db:"double_check" json:"doubleCheck" doc:"Two people sign at each change of hands"`
	AppointmentAt int64      `db:"appointment_at" json:"appointmentAt,omitempty"`
	StatDue       int64      `db:"stat_due" json:"statDue,omitempty" doc:"A stat specimen is to be there by then"`
	PatientKey    string     `db:"patient_key" json:"-"`
	PatientName   string     `db:"patient_name" json:"-"`
	PatientBed    string     `db:"patient_bed" json:"-"`
	Codes         []string   `db:"codes,json" json:"-"`
	Picked        []string   `db:"picked,json" json:"-"`
	Delivered     []string   `db:"delivered,json" json:"-"`
	Step          Step       `db:"step" json:"step" enum:"waiting,carried,delivered"`
	CarrierID     string     `db:"carrier_id" json:"carrierId,omitempty"`
	PickedAt      int64      `db:"picked_at" json:"pickedAt,omitempty"`
	DeliveredAt   int64      `db:"delivered_at" json:"deliveredAt,omitempty"`
	Missing       int64      `db:"missing" json:"missing" doc:"Tubes that did not arrive"`
	Extra         int64      `db:"extra" json:"extra" doc:"Tubes that arrived and were not picked up"`
	Delay         string     `db:"delay" json:"delay,omitempty" doc:"Code of the last reason for delay"`
	Checks        []Check    `db:"checks,json" json:"checks"`
	Handovers     []Handover `db:"handovers,json" json:"handovers"`
	ReturnOf      string     `db:"return_of" json:"returnOf,omitempty" doc:"Order that brought it here"`
	ReturnID      string     `db:"return_id" json:"returnId,omitempty" doc:"Order or booking that brings it back"`
	WipeAt        int64      `db:"wipe_at" json:"-"`
	WipedAt       int64      `db:"wiped_at" json:"wipedAt,omitempty" doc:"When what is known of the patient was removed"`
	CreatedAt     int64      `db:"created_at" json:"createdAt"`
}

// Extra is what is said about a move beyond the item's form. Nothing in it names a
// patient in full.
type Extra struct {
	PatientKey  string   `json:"patientKey,omitempty"`
	PatientName string   `json:"patientName,omitempty"`
	PatientBed  string   `json:"patientBed,omitempty"`
	Codes       []string `json:"codes,omitempty"`
	ReturnOf    string   `json:"returnOf,omitempty"`
	ToID        string   `json:"toId,omitempty"`
	BookingID   string   `json:"bookingId,omitempty"` // what it was until now
}

// sheetOf makes the sheet of a new order out of the answers to its form.
func sheetOf(o *workorder.Order, more Extra, keep int64) Sheet {
	text := func(key string) string { v, _ := o.Form[key].(string); return strings.TrimSpace(v) }
	number := func(key string) int64 {
		switch v := o.Form[key].(type) {
		case float64:
			return int64(v)
		case int64:
			return v
		case int:
			return int64(v)
		}
		return 0
	}
	unless := func(v, none string) string {
		if v == none {
			return ""
		}
		return v
	}
	s := Sheet{OrderID: o.ID, Kind: KindOf(o.ItemCode), FromID: o.PlaceID, FromName: o.PlaceName, ToID: text("to"), Means: text("travel"),
		Oxygen: text("oxygen") == "yes", Monitor: text("monitor") == "yes", Isolation: unless(text("isolation"), "none"), Escort: unless(text("escort"), "none"),
		Temperature: text("carriage"), Units: max(number("quantity"), number("boxes"), number("copies")), AppointmentAt: number("bookedAt"), Step: Waiting,
		PatientKey: more.PatientKey, PatientName: more.PatientName, PatientBed: more.PatientBed, Codes: more.Codes, ReturnOf: more.ReturnOf, CreatedAt: o.ReportedAt}
	first(&s.FromName, o.DepartmentName)
	first(&s.ToID, more.ToID)
	first(&s.PatientBed, text("bed"))
	for _, key := range []string{"wheelchair", "stretcher"} {
		if s.Means == "" && text(key) == "yes" {
			s.Means = key
		}
	}
	if c := text("barcode"); c != "" && !slices.Contains(s.Codes, c) {
		s.Codes = append(slices.Clone(s.Codes), c)
	}
	if s.Kind == Blood || s.Kind == Drugs && text("narcotic") == "yes" {
		s.DoubleCheck = true
	}
	if s.Kind == Specimens && o.Priority == "T0" {
		s.StatDue = o.ReportedAt + statMinutes*clock.Minute
	}
	if s.Kind != Patients {
		s.PatientBed = ""
	}
	if s.personal() {
		s.WipeAt = max(s.CreatedAt, s.AppointmentAt) + keep
	}
	return s
}

func first(to *string, v string) {
	if *to == "" {
		*to = v
	}
}

// personal tells whether the sheet knows anything of a patient.
func (s *Sheet) personal() bool {
	return s.PatientKey != "" || s.PatientName != "" || s.PatientBed != "" || len(s.Codes)+len(s.Picked)+len(s.Delivered) > 0
}

// wipe removes what is known of the patient.
func (s *Sheet) wipe(now int64) {
	s.PatientKey, s.PatientName, s.PatientBed, s.Codes, s.Picked, s.Delivered = "", "", "", nil, nil, nil
	s.WipeAt, s.WipedAt = 0, now
}

// checked tells whether somebody has checked the patient at an end.
func (s *Sheet) checked(end, personID string) bool {
	for _, c := range slices.Backward(s.Checks) {
		if c.End == end && c.ByID == personID {
			return c.Outcome != Mismatch // what was found last holds
		}
	}
	return false
}

// strict tells whether the order may not end before the delivery is recorded.
func (s *Sheet) strict() bool { return s.DoubleCheck || s.PatientKey != "" || len(s.Codes) > 0 }

// Next is what whoever has the order does next.
type Next struct {
	Step  string   `json:"step" enum:",pick_up,take_over,deliver" doc:"Empty when nothing is left to carry"`
	Lacks []string `json:"lacks" enum:"identity,second,codes,signature" doc:"What the step demands and is still to be shown"`
}

// next returns what a person does next with the sheet.
func (s *Sheet) next(personID string) Next {
	n := Next{Lacks: []string{}}
	switch {
	case s.Step == Waiting:
		n.Step = AtPickUp
	case s.Step == Carried && s.CarrierID != personID:
		n.Step = AtTakeOver
	case s.Step == Carried:
		n.Step = AtDelivery
	default:
		return n
	}
	if s.PatientKey != "" && n.Step != AtTakeOver && !s.checked(n.Step, personID) {
		n.Lacks = append(n.Lacks, "identity")
	}
	if s.DoubleCheck {
		n.Lacks = append(n.Lacks, "second")
	}
	if len(s.Codes) > 0 || len(s.Picked) > 0 {
		n.Lacks = append(n.Lacks, "codes")
	}
	return n
}

// Hand is what is shown at a change of hands.
type Hand struct {
	Code   string   `json:"code,omitempty" maxLength:"200" doc:"What was scanned of the place"`
	Codes  []string `json:"codes,omitempty" maxItems:"200" doc:"Barcodes scanned, one for each tube"`
	Units  int      `json:"units,omitempty" minimum:"0" maximum:"9999" doc:"Pieces, where nothing is scanned"`
	Sign   string   `json:"sign,omitempty" maxLength:"80" doc:"Attachment with the signature of whoever gives or receives"`
	Second *Second  `json:"second,omitempty"`
	Note   string   `json:"note,omitempty" maxLength:"500"`
}

// Second is the second person who checks and signs.
type Second struct {
	StaffNo string `json:"staffNo" minLength:"1" maxLength:"40" doc:"Typed, or scanned from the staff card"`
	Name    string `json:"name" minLength:"1" maxLength:"60" doc:"As the staff list has it: number and name have to belong together"`
	Sign    string `json:"sign,omitempty" maxLength:"80" doc:"Attachment with the second signature"`
}

// take decides on a pick-up or a take-over and notes it on the sheet.
func (s *Sheet) take(h Handover, in Hand) (workorder.Leg, error) {
	n := s.next(h.ByID)
	if n.Step != AtPickUp && n.Step != AtTakeOver {
		return workorder.Leg{}, fault.New(fault.Conflict, "transport.carried")
	}
	if err := s.demand(n, h); err != nil {
		return workorder.Leg{}, err
	}
	h.End = n.Step
	expected := s.Codes
	if n.Step == AtTakeOver {
		expected = s.Picked
	}
	if err := s.count(&h, expected, in); err != nil {
		return workorder.Leg{}, err
	}
	if codes := clean(in.Codes); len(codes) > 0 {
		s.Picked = codes
	}
	if s.Step == Waiting {
		s.PickedAt = h.At
	}
	s.Step, s.CarrierID = Carried, h.ByID
	s.Handovers = append(s.Handovers, h)
	return h.leg(), nil
}

// give decides on the delivery and notes it on the sheet.
func (s *Sheet) give(h Handover, in Hand) (workorder.Leg, error) {
	n := s.next(h.ByID)
	switch n.Step {
	case AtPickUp, AtTakeOver:
		return workorder.Leg{}, fault.New(fault.Conflict, "transport.pick_first")
	case "":
		return workorder.Leg{}, fault.New(fault.Conflict, "transport.delivered")
	}
	if err := s.demand(n, h); err != nil {
		return workorder.Leg{}, err
	}
	h.End = AtDelivery
	expected := s.Picked
	if len(expected) == 0 {
		expected = s.Codes
	}
	if err := s.count(&h, expected, in); err != nil {
		return workorder.Leg{}, err
	}
	s.Delivered = clean(in.Codes)
	s.Step, s.DeliveredAt, s.Missing, s.Extra = Delivered, h.At, int64(h.Missing), int64(h.Extra)
	s.Handovers = append(s.Handovers, h)
	return h.leg(), nil
}

// demand refuses a change of hands that lacks what has to be shown.
func (s *Sheet) demand(n Next, h Handover) error {
	if slices.Contains(n.Lacks, "identity") {
		return fault.New(fault.Conflict, "transport.identity")
	}
	if s.DoubleCheck && h.SecondID == "" {
		return fault.Field("second", "transport.second")
	}
	return nil
}

// count compares what was scanned with what was expected: a difference is let through
// only with a note, and is said on the timeline.
func (s *Sheet) count(h *Handover, expected []string, in Hand) error {
	got := clean(in.Codes)
	h.Units = max(in.Units, len(got))
	if len(expected) == 0 {
		return nil
	}
	if len(got) == 0 {
		return fault.Field("codes", "transport.scan_codes", "count", len(expected))
	}
	for _, c := range expected {
		if !slices.Contains(got, c) {
			h.Missing++
		}
	}
	for _, c := range got {
		if !slices.Contains(expected, c) {
			h.Extra++
		}
	}
	if h.Missing+h.Extra > 0 && h.Note == "" {
		return fault.Field("note", "transport.codes_differ", "missing", h.Missing, "extra", h.Extra)
	}
	return nil
}

// clean returns barcodes without blanks, empty ones and repetitions.
func clean(codes []string) []string {
	var out []string
	for _, c := range codes {
		if c = strings.TrimSpace(c); c != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

func (h *Handover) leg() workorder.Leg {
	return workorder.Leg{End: h.End, SecondID: h.SecondID, SecondName: h.SecondName, Units: h.Units, Missing: h.Missing, Extra: h.Extra}
}
