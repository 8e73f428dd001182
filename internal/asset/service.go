package asset

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// Person is what is needed of a person.
type Person struct{ Name, StaffNo, Phone string }

// Symptom is one thing that is often wrong.
type Symptom struct {
	Key     string `json:"key"`
	Label   string `json:"label"`
	LabelEn string `json:"labelEn,omitempty"`
}

// Suggestion is a service of the catalogue that things of a class often need.
type Suggestion struct {
	ID       string    `json:"id"`
	Code     string    `json:"code"`
	NameZh   string    `json:"nameZh"`
	NameEn   string    `json:"nameEn"`
	Version  int64     `json:"version"`
	Priority string    `json:"priority"`
	Symptoms []Symptom `json:"symptoms"`
}

// Deps is what the service needs.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Trail *audit.Trail
	Org   *org.Service
	// Key signs the codes on labels. With another key every label that hangs is void.
	Key []byte
	// BaseURL is what phones reach Wardline under, without a slash at the end.
	BaseURL string
	// LabelHead is printed on every label, for example the one number to call.
	LabelHead string
	// People returns what is known of people; unknown ids are absent. Nil knows nobody
	// and believes every id.
	People func(ctx context.Context, tx *db.Tx, ids []string) (map[string]Person, error)
	// MayName tells whether the actor may name a person, whose name the asset then
	// shows. Nil allows everyone who exists.
	MayName func(ctx context.Context, tx *db.Tx, personID string) (bool, error)
	// ByStaffNumber returns the ids of active people by staff number. Nil knows none.
	ByStaffNumber func(ctx context.Context, tx *db.Tx, numbers []string) (map[string]string, error)
	// Suggest returns what things of a class often need, "" for a place; public leaves
	// out what only staff may ask for. Nil suggests nothing.
	Suggest func(ctx context.Context, tx *db.Tx, class string, public bool) ([]Suggestion, error)
	// Changed tells within the transaction what was done to an asset. After a bulk load
	// or an import it is called once with an empty asset. Nil tells nobody.
	Changed func(ctx context.Context, tx *db.Tx, a *Asset, k Kind) error
}

// Service keeps the register. It is safe for concurrent use.
type Service struct{ Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d} }

// Get returns an asset, for other domains in their transaction. It asks for no
// permission; one that does not exist is sql.ErrNoRows.
func (s *Service) Get(ctx context.Context, tx *db.Tx, id string) (Asset, error) {
	return load(ctx, tx, id)
}

// Found is what a code stands on: an asset with where it is, or a place.
type Found struct {
	AssetID      string
	PlaceID      string
	DepartmentID string
}

// Resolve returns what a code in force stands on, for other domains in their
// transaction. It asks for no permission; a code that opens nothing is sql.ErrNoRows.
func (s *Service) Resolve(ctx context.Context, tx *db.Tx, code string) (Found, error) {
	if secret, ok := secretOf(s.Key, code); ok {
		c, err := findCode(ctx, tx, secret)
		if err != nil {
			return Found{}, err
		}
		if c.RevokedAt != 0 {
			return Found{}, sql.ErrNoRows
		}
		a, err := load(ctx, tx, c.AssetID)
		return Found{AssetID: a.ID, PlaceID: a.PlaceID, DepartmentID: a.DepartmentID}, err
	}
	p, err := s.placeOf(ctx, tx, code)
	return Found{PlaceID: p.ID, DepartmentID: p.DepartmentID}, err
}

func (s *Service) placeOf(ctx context.Context, tx *db.Tx, code string) (org.Place, error) {
	if !readable(code) {
		return org.Place{}, sql.ErrNoRows
	}
	return s.Org.ByCode(ctx, tx, code)
}

// Codes returns what the labels of assets carry, by asset. It asks for no permission.
func (s *Service) Codes(ctx context.Context, tx *db.Tx, ids []string) (map[string]string, error) {
	secrets, err := currentSecrets(ctx, tx, ids)
	out := make(map[string]string, len(secrets))
	for id, secret := range secrets {
		out[id] = code(s.Key, secret)
	}
	return out, err
}

// PlaceChanged brings the assets at a place and below it to the place's campus. It
// is to be called in the transaction in which a place was moved.
func (s *Service) PlaceChanged(ctx context.Context, tx *db.Tx, placeID string) error {
	p, err := s.Org.Place(ctx, tx, placeID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	below, err := s.Org.PlacesBelow(ctx, tx, placeID)
	if err != nil {
		return err
	}
	return setCampus(ctx, tx, p.CampusID, append(below, placeID))
}

// Refers tells whether any asset names a thing of the directory.
func (s *Service) Refers(ctx context.Context, tx *db.Tx, kind org.Kind, id string) (bool, error) {
	column, ok := map[org.Kind]string{org.KindPlace: "place_id", org.KindDepartment: "department_id", org.KindCampus: "campus_id", org.KindVendor: "vendor_id"}[kind]
	if !ok || id == "" {
		return false, nil
	}
	return anyWith(ctx, tx, column, id)
}

// View is an asset with the names of what it refers to.
type View struct {
	Asset
	ClassZh        string `json:"classZh"`
	ClassEn        string `json:"classEn"`
	PlaceName      string `json:"placeName,omitempty" doc:"Full name of the place"`
	DepartmentName string `json:"departmentName,omitempty"`
	CampusName     string `json:"campusName,omitempty"`
	VendorName     string `json:"vendorName,omitempty"`
	CustodianName  string `json:"custodianName,omitempty"`
	MayChange      bool   `json:"mayChange" doc:"The caller may change it"`
}

// views adds names to assets.
func (s *Service) views(ctx context.Context, tx *db.Tx, list []Asset) ([]View, error) {
	var w org.Wanted
	var people []string
	for i := range list {
		a := &list[i]
		w.Places, w.Departments = append(w.Places, a.PlaceID), append(w.Departments, a.DepartmentID)
		w.Campuses, w.Vendors = append(w.Campuses, a.CampusID), append(w.Vendors, a.VendorID)
		if a.CustodianID != "" {
			people = append(people, a.CustodianID)
		}
	}
	names, err := s.Org.Names(ctx, tx, w)
	if err != nil {
		return nil, err
	}
	known, err := s.people(ctx, tx, people)
	if err != nil {
		return nil, err
	}
	actor, classes := identity.Of(ctx), classWords()
	out := make([]View, len(list))
	for i, a := range list {
		out[i] = View{Asset: a, ClassZh: classes.label(a.Class, fault.Chinese), ClassEn: classes.label(a.Class, fault.English),
			PlaceName: names.Places[a.PlaceID], DepartmentName: names.Departments[a.DepartmentID], CampusName: names.Campuses[a.CampusID],
			VendorName: names.Vendors[a.VendorID], CustodianName: known[a.CustodianID].Name, MayChange: actor.May(identity.AssetWrite, a.Keys())}
	}
	return out, nil
}

func (s *Service) view(ctx context.Context, tx *db.Tx, a Asset) (*View, error) {
	list, err := s.views(ctx, tx, []Asset{a})
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func (s *Service) people(ctx context.Context, tx *db.Tx, ids []string) (map[string]Person, error) {
	if s.People == nil || len(ids) == 0 {
		return nil, nil
	}
	return s.People(ctx, tx, ids)
}

func itoa(n int) string { return strconv.Itoa(n) }

// yuan writes hundredths of a yuan as people do; nothing for 0.
func yuan(fen int64) string {
	if fen == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(fen)/100, 'f', 2, 64)
}
