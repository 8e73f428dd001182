package asset

import (
	"net"
	"net/netip"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"wardline/internal/identity"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/text"
)

// Facts are what is written on, in and about an asset.
type Facts struct {
	Number        string `db:"number" json:"number" minLength:"1" maxLength:"40" doc:"Asset number, unique; kept in capitals"`
	Name          string `db:"name" json:"name" minLength:"1" maxLength:"80"`
	Class         string `db:"class" json:"class" minLength:"1" maxLength:"40" doc:"Key of one of the classes"`
	Model         string `db:"model" json:"model,omitempty" maxLength:"80"`
	Serial        string `db:"serial" json:"serial,omitempty" maxLength:"80"`
	CustodianID   string `db:"custodian_id" json:"custodianId,omitempty" maxLength:"64" doc:"Person who answers for it"`
	VendorID      string `db:"vendor_id" json:"vendorId,omitempty" maxLength:"64" doc:"Who services it"`
	PurchasedOn   string `db:"purchased_on" json:"purchasedOn,omitempty" maxLength:"10" doc:"YYYY-MM-DD"`
	PriceFen      int64  `db:"price_fen" json:"priceFen,omitempty" minimum:"0" maximum:"1000000000000" doc:"Hundredths of a yuan"`
	WarrantyUntil string `db:"warranty_until" json:"warrantyUntil,omitempty" maxLength:"10" doc:"Last day, YYYY-MM-DD"`
	IP            string `db:"ip" json:"ip,omitempty" maxLength:"45"`
	MAC           string `db:"mac" json:"mac,omitempty" maxLength:"23"`
	Note          string `db:"note" json:"note,omitempty" maxLength:"1000"`
}

// Asset is one thing of the register.
type Asset struct {
	ID string `db:"id" json:"id"`
	Facts
	Status       Status `db:"status" json:"status" enum:"in_use,in_repair,idle,lent,scrapped"`
	PlaceID      string `db:"place_id" json:"placeId,omitempty"`
	DepartmentID string `db:"department_id" json:"departmentId,omitempty"`
	CampusID     string `db:"campus_id" json:"campusId,omitempty"`
	Search       string `db:"search" json:"-"`
	Version      int64  `db:"version" json:"version"`
	CreatedAt    int64  `db:"created_at" json:"createdAt"`
	UpdatedAt    int64  `db:"updated_at" json:"updatedAt"`
}

// Input is a new asset.
type Input struct {
	Facts
	Status       Status `json:"status,omitempty" enum:"in_use,in_repair,idle,lent,scrapped" doc:"Absent means in use"`
	PlaceID      string `json:"placeId,omitempty" maxLength:"64"`
	DepartmentID string `json:"departmentId,omitempty" maxLength:"64" doc:"Absent takes that of the place"`
}

// Keys say to whom the asset belongs.
func (a *Asset) Keys() identity.Keys {
	k := identity.Keys{Campus: a.CampusID, Department: a.DepartmentID, Vendor: a.VendorID}
	if a.CustodianID != "" {
		k.People = []string{a.CustodianID}
	}
	return k
}

// scopeColumns are where the keys stand in the table.
func scopeColumns() identity.Columns {
	return identity.Columns{Campus: []string{"campus_id %s"}, Department: []string{"department_id %s"},
		Vendor: []string{"vendor_id %s"}, Own: []string{"custodian_id %s"}}
}

// clean tidies the facts and returns a fault naming every field that is wrong.
// Whether people, vendors and places exist is for the caller.
func (in *Facts) clean() error {
	var f fault.Fields
	in.Number = strings.ToUpper(strings.TrimSpace(in.Number))
	line(&f, "number", &in.Number, 40, true)
	line(&f, "name", &in.Name, 80, true)
	line(&f, "model", &in.Model, 80, false)
	line(&f, "serial", &in.Serial, 80, false)
	line(&f, "custodianId", &in.CustodianID, 64, false)
	line(&f, "vendorId", &in.VendorID, 64, false)
	if in.Class == "" {
		f.Add("class", "required")
	} else if !classWords().has(in.Class) {
		f.Add("class", "bad_value")
	}
	date(&f, "purchasedOn", &in.PurchasedOn)
	date(&f, "warrantyUntil", &in.WarrantyUntil)
	if in.PriceFen < 0 {
		f.Add("priceFen", "too_small", "min", 0)
	} else if in.PriceFen > maxPriceFen {
		f.Add("priceFen", "too_big", "max", maxPriceFen)
	}
	if in.IP = strings.TrimSpace(in.IP); in.IP != "" {
		if a, err := netip.ParseAddr(in.IP); err != nil || a.Zone() != "" {
			f.Add("ip", "bad_format")
		} else {
			in.IP = a.String()
		}
	}
	if in.MAC = strings.TrimSpace(in.MAC); in.MAC != "" {
		if m, err := net.ParseMAC(in.MAC); err != nil {
			f.Add("mac", "bad_format")
		} else {
			in.MAC = strings.ToUpper(m.String())
		}
	}
	in.Note = strings.TrimSpace(in.Note)
	if utf8.RuneCountInString(in.Note) > 1000 {
		f.Add("note", "too_long", "max", 1000)
	}
	return f.Err()
}

// maxPriceFen is ten billion yuan.
const maxPriceFen = 1_000_000_000_000

// line tidies a text of one line.
func line(f *fault.Fields, field string, s *string, limit int, required bool) {
	*s = strings.Join(strings.Fields(*s), " ")
	switch {
	case *s == "" && required:
		f.Add(field, "required")
	case utf8.RuneCountInString(*s) > limit:
		f.Add(field, "too_long", "max", limit)
	case !utf8.ValidString(*s) || strings.ContainsFunc(*s, unicode.IsControl):
		f.Add(field, "bad_format")
	}
}

func date(f *fault.Fields, field string, s *string) {
	if *s = strings.TrimSpace(*s); *s == "" {
		return
	}
	t, err := time.Parse(time.DateOnly, *s)
	if err != nil {
		f.Add(field, "bad_format")
	} else if y := t.Year(); y < 1950 || y > 2100 {
		f.Add(field, "bad_value")
	}
}

// settle derives what follows from the facts.
func (a *Asset) settle() {
	parts := []string{text.Fold(a.Number), text.Keys(a.Name), text.Fold(a.Model), text.Fold(a.Serial), a.IP, text.Fold(a.MAC), text.Keys(classWords().label(a.Class, fault.Chinese))}
	a.Search = strings.Join(parts, " ")
}

// Kind is what was done to an asset.
type Kind string

// The kinds of events in an asset's history.
const (
	Created    Kind = "created"
	Changed    Kind = "changed"
	Moved      Kind = "moved"
	NewStatus  Kind = "status"
	Relabelled Kind = "relabelled"
)

// Change is one field that was changed.
type Change struct {
	Field string `json:"field" doc:"Name of the field in the asset"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
	// Names as they were then, of what From and To are ids of.
	FromName string `json:"fromName,omitempty"`
	ToName   string `json:"toName,omitempty"`
}

// changes returns the fields in which two states of an asset differ.
func changes(was, is *Asset) []Change {
	var out []Change
	for _, x := range []struct{ field, from, to string }{
		{"number", was.Number, is.Number}, {"name", was.Name, is.Name}, {"class", was.Class, is.Class}, {"model", was.Model, is.Model},
		{"serial", was.Serial, is.Serial}, {"status", string(was.Status), string(is.Status)}, {"placeId", was.PlaceID, is.PlaceID},
		{"departmentId", was.DepartmentID, is.DepartmentID}, {"campusId", was.CampusID, is.CampusID}, {"custodianId", was.CustodianID, is.CustodianID},
		{"vendorId", was.VendorID, is.VendorID}, {"purchasedOn", was.PurchasedOn, is.PurchasedOn}, {"priceFen", yuan(was.PriceFen), yuan(is.PriceFen)},
		{"warrantyUntil", was.WarrantyUntil, is.WarrantyUntil}, {"ip", was.IP, is.IP}, {"mac", was.MAC, is.MAC}, {"note", was.Note, is.Note},
	} {
		if x.from != x.to {
			out = append(out, Change{Field: x.field, From: x.from, To: x.to})
		}
	}
	return out
}
