package asset_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wardline/internal/asset"
	"wardline/internal/audit"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/web"
)

const noon = 1795334400000

// kit is a hospital of two campuses (east, west). In the east: building b, floor f,
// rooms r1 and r2 of the department er, whose codes are codeR1 and codeR2; in the west:
// room w1 of the ward icu. Anyone may report in r2, and everywhere in the clinic.
type kit struct {
	*asset.Service
	t       *testing.T
	db      *db.DB
	clock   *clock.Manual
	org     *org.Service
	trail   *audit.Trail
	changed []asset.Kind
}

func each(t *testing.T, f func(t *testing.T, k *kit)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(t, newKit(t, d)) })
}

func newKit(t *testing.T, d *db.DB) *kit {
	t.Helper()
	clk := clock.NewManual(noon)
	k := &kit{t: t, db: d, clock: clk, trail: audit.New(d, clk)}
	k.org = org.New(org.Deps{DB: d, Clock: clk, Trail: k.trail})
	people := map[string]asset.Person{"zhang": {Name: "张护士", StaffNo: "A001", Phone: "8001"}, "li": {Name: "李工", StaffNo: "A002"}}
	k.Service = asset.New(asset.Deps{DB: d, Clock: clk, Trail: k.trail, Org: k.org, Key: []byte("0123456789abcdef0123456789abcdef"), BaseURL: "https://ward.example",
		LabelHead: "拨 12345",
		People: func(_ context.Context, _ *db.Tx, ids []string) (map[string]asset.Person, error) {
			out := map[string]asset.Person{}
			for _, id := range ids {
				if p, ok := people[id]; ok {
					out[id] = p
				}
			}
			return out, nil
		},
		ByStaffNumber: func(_ context.Context, _ *db.Tx, numbers []string) (map[string]string, error) {
			out := map[string]string{}
			for _, no := range numbers {
				for id, p := range people {
					if p.StaffNo == no {
						out[no] = id
					}
				}
			}
			return out, nil
		},
		Suggest: func(_ context.Context, _ *db.Tx, class string, public bool) ([]asset.Suggestion, error) {
			if class != "printer" || public {
				return nil, nil
			}
			return []asset.Suggestion{{ID: "i1", Code: "HW03", NameZh: "打印机", Symptoms: []asset.Symptom{{Key: "s1", Label: "卡纸"}}}}, nil
		},
		Changed: func(_ context.Context, _ *db.Tx, _ *asset.Asset, what asset.Kind) error {
			k.changed = append(k.changed, what)
			return nil
		}})
	k.build()
	return k
}

func (k *kit) build() {
	k.t.Helper()
	fresh := func(id string, in org.PlaceInput) org.Fresh[org.PlaceInput] {
		return org.Fresh[org.PlaceInput]{ID: id, Input: in}
	}
	department := func(id, name, campus string, public bool) org.Fresh[org.DepartmentInput] {
		return org.Fresh[org.DepartmentInput]{ID: id, Input: org.DepartmentInput{Name: name, CampusID: campus, Kind: "clinical", Code: "D-" + id, PublicReport: public}}
	}
	k.write(func(tx *db.Tx) error {
		return k.org.Fill(k.system(), tx, org.Bulk{
			Campuses:    []org.Fresh[org.CampusInput]{{ID: "east", Input: org.CampusInput{Name: "东院"}}, {ID: "west", Input: org.CampusInput{Name: "西院"}}},
			Departments: []org.Fresh[org.DepartmentInput]{department("er", "急诊科", "east", false), department("icu", "重症监护室", "west", false), department("clinic", "门诊部", "east", true)},
			Places: []org.Fresh[org.PlaceInput]{
				fresh("b", org.PlaceInput{CampusID: "east", Kind: org.Building, Name: "1号楼"}), fresh("f", org.PlaceInput{ParentID: "b", Kind: org.Floor, Name: "3层"}),
				fresh("r1", org.PlaceInput{ParentID: "f", Kind: org.Room, Name: "护士站", Code: "E-301", DepartmentID: "er"}),
				fresh("r2", org.PlaceInput{ParentID: "f", Kind: org.Room, Name: "候诊厅", DepartmentID: "er", PublicReport: true}),
				fresh("r3", org.PlaceInput{ParentID: "f", Kind: org.Room, Name: "门诊1室", DepartmentID: "clinic"}),
				fresh("w1", org.PlaceInput{CampusID: "west", Kind: org.Room, Name: "护士站", DepartmentID: "icu"}),
			},
			ReportCodes: map[string]string{"r1": "coder1", "r2": "coder2", "r3": "coder3"},
			Vendors:     []org.Fresh[org.VendorInput]{{ID: "v1", Input: org.VendorInput{Name: "打印服务商"}}},
		})
	})
}

func (k *kit) system() context.Context {
	return identity.With(context.Background(), identity.System("test"))
}

func (k *kit) write(f func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.db.Write(context.Background(), f); err != nil {
		k.t.Fatal(err)
	}
}

// as returns a context whose actor has a built-in role within a scope.
func as(person, role string, kind identity.ScopeKind, ids ...string) context.Context {
	for _, r := range identity.BuiltinRoles() {
		if r.ID == role {
			return identity.With(context.Background(), identity.NewActor(identity.Actor{PersonID: person, Name: person},
				[]identity.Grant{{Permissions: r.Permissions, Kind: kind, IDs: ids}}, nil))
		}
	}
	panic("no role " + role)
}

// keeper keeps the assets of the whole hospital.
func keeper() context.Context { return as("keeper", "asset_keeper", identity.ScopeAll) }

func input(number string, more ...func(*asset.Input)) asset.Input {
	in := asset.Input{Facts: asset.Facts{Number: number, Name: "激光打印机", Class: "printer", Model: "惠普 M403d"}, PlaceID: "r1"}
	for _, f := range more {
		f(&in)
	}
	return in
}

func at(place string) func(*asset.Input) { return func(in *asset.Input) { in.PlaceID = place } }

func (k *kit) add(number string, more ...func(*asset.Input)) *asset.View {
	k.t.Helper()
	v, err := k.Create(keeper(), input(number, more...))
	if err != nil {
		k.t.Fatal(err)
	}
	return v
}

func (k *kit) code(id string) (code string) {
	k.t.Helper()
	k.write(func(tx *db.Tx) error {
		codes, err := k.Codes(context.Background(), tx, []string{id})
		code = codes[id]
		return err
	})
	if code == "" {
		k.t.Fatalf("asset %s has no code", id)
	}
	return code
}

// wants checks that an error is a fault: "code" alone, or "field:code" for a field.
func wants(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Fatalf("got %v, want none", err)
		}
		return
	}
	f, ok := fault.Of(db.Wrap(err))
	if !ok {
		t.Fatalf("got %v, want the fault %s", err, want)
	}
	if f.Code == want {
		return
	}
	for _, ff := range f.Fields {
		if ff.Field+":"+ff.Code == want {
			return
		}
	}
	t.Fatalf("got %v, want %s", err, want)
}

func numbers(list []asset.View) string {
	var out []string
	for _, v := range list {
		out = append(out, v.Number)
	}
	return strings.Join(out, " ")
}

// serve puts the register on a port, with the actor of who, by the header X-As.
func (k *kit) serve(who map[string]context.Context) *httptest.Server {
	k.t.Helper()
	api := web.New(web.Config{Version: "test", Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Authenticate: func(r *http.Request) (context.Context, error) {
			if c, ok := who[r.Header.Get("X-As")]; ok {
				return identity.With(r.Context(), identity.Of(c)), nil
			}
			return r.Context(), nil
		}})
	tries := 0
	asset.HTTP{Service: k.Service, Limit: func(context.Context, string) error {
		if tries++; tries > 3 {
			return fault.New(fault.TooMany, "too_many", "seconds", 1)
		}
		return nil
	}}.Register(api)
	s := httptest.NewServer(api.Handler())
	k.t.Cleanup(s.Close)
	return s
}

func call(t *testing.T, s *httptest.Server, method, path, who, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-As", who)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(raw)
}

func (k *kit) fill(in []asset.Fresh) error {
	return k.db.Write(context.Background(), func(tx *db.Tx) error { return k.Fill(k.system(), tx, in) })
}
