package history_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"wardline/internal/audit"
	"wardline/internal/catalog"
	"wardline/internal/history"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/blob"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/event"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/jobs"
	"wardline/internal/sla"
	"wardline/internal/workorder"
)

// kit is a small hospital into which history is brought.
type kit struct {
	*history.Service
	t      testing.TB
	db     *db.DB
	clock  clock.Clock
	log    *slog.Logger
	queue  *jobs.Queue
	orders *workorder.Service
	items  *catalog.Service
	org    *org.Service
	files  *blob.Folder
	admin  *identity.Actor
}

// now is the present of the tests: September 2026.
const now = int64(1_790_000_000_000)

func zone(t testing.TB) *time.Location {
	z, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// newKit puts the services together on a database; files lie in the folder.
func newKit(t testing.TB, d *db.DB, c clock.Clock, folder string) *kit {
	t.Helper()
	k := &kit{t: t, db: d, clock: c, log: slog.New(slog.DiscardHandler)}
	trail := audit.New(d, c)
	bell := db.NewBell(d, k.log)
	events := event.New(d, bell, c)
	k.queue = jobs.New(d, bell, c)
	k.org = org.New(org.Deps{DB: d, Clock: c, Trail: trail})
	k.items = catalog.New(catalog.Deps{DB: d, Trail: trail, Clock: c})
	k.orders = workorder.New(workorder.Deps{DB: d, Clock: c, Zone: zone(t), Trail: trail, Events: events, Org: k.org, Catalog: k.items,
		Clocks: sla.NewService(sla.Deps{DB: d, Clock: c, Zone: zone(t), Trail: trail}), LinkKey: []byte("0123456789abcdef0123456789abcdef"), Logger: k.log})
	var err error
	k.files, err = blob.NewFolder(folder, c)
	k.must(err)
	k.Service = history.New(history.Deps{DB: d, Clock: c, Zone: zone(t), Trail: trail, Events: events, Queue: k.queue, Org: k.org, Catalog: k.items,
		Orders: k.orders, Files: k.files, Logger: k.log})
	k.admin = identity.NewActor(identity.Actor{PersonID: "admin", Name: "管理员"},
		[]identity.Grant{{Permissions: []identity.Permission{identity.OrderImport, identity.OrderRead, identity.OrderIntake, identity.OrderExport, identity.OrgRead}, Kind: identity.ScopeAll}}, nil)
	return k
}

// furnish makes the departments, places, teams and items that files name.
func (k *kit) furnish() *kit {
	k.t.Helper()
	ctx := identity.With(context.Background(), identity.System("test"))
	campus, err := k.org.SaveCampus(ctx, "", org.CampusInput{Name: "本部"})
	k.must(err)
	for code, name := range map[string]string{"XN": "心内科", "YK": "眼科", "QT": "其他科室"} {
		_, err := k.org.SaveDepartment(ctx, "", org.DepartmentInput{Name: name, Code: code, CampusID: campus.ID, Kind: "clinical"})
		k.must(err)
	}
	_, err = k.org.SavePlace(ctx, "", org.PlaceInput{Name: "心内护士站", CampusID: campus.ID, Kind: org.Room, DepartmentID: k.department("心内科")})
	k.must(err)
	team, err := k.org.SaveTeam(ctx, "", org.TeamInput{Name: "信息硬件组", Kind: "it", Pool: true})
	k.must(err)
	k.must(k.db.Write(ctx, func(tx *db.Tx) error { return k.items.Seed(ctx, tx, map[string]string{"信息-硬件组": team.ID}) }))
	return k
}

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *kit) ctx() context.Context { return identity.With(context.Background(), k.admin) }

func (k *kit) department(name string) string {
	k.t.Helper()
	list, err := k.org.SearchDepartments(identity.With(context.Background(), identity.System("test")), org.Filter{Text: name}, 1)
	k.must(err)
	if len(list) == 0 {
		k.t.Fatalf("no department %s", name)
	}
	return list[0].ID
}

func (k *kit) item(code string) string {
	k.t.Helper()
	var out catalog.Item
	k.must(k.db.Read(context.Background(), func(tx *db.Tx) (err error) { out, err = k.items.ByCode(context.Background(), tx, code); return err }))
	return out.ID
}

// each runs f on both engines, in a furnished hospital.
func each(t *testing.T, f func(t *testing.T, k *kit)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(t, newKit(t, d, clock.NewManual(now), t.TempDir()).furnish()) })
}

// one runs f on SQLite alone, for what does not touch SQL of its own.
func one(t *testing.T) *kit {
	t.Helper()
	return newKit(t, dbtest.Open(t, db.SQLite), clock.NewManual(now), t.TempDir()).furnish()
}

func (k *kit) upload(name string, content []byte) history.Batch {
	k.t.Helper()
	b, err := k.Upload(k.ctx(), name, "", bytes.NewReader(content))
	k.must(err)
	return b
}

// mapped uploads a file and maps it: guessed, with source and defaults added.
func (k *kit) mapped(content string, change ...func(*history.Mapping)) history.Batch {
	k.t.Helper()
	b := k.upload("旧系统.csv", []byte(content))
	m := b.Mapping
	m.Source = "旧系统"
	m.Defaults = map[history.Field]string{history.FieldItem: k.item("HW02"), history.FieldDepartment: k.department("其他科室")}
	for _, c := range change {
		c(&m)
	}
	b, err := k.SetMapping(k.ctx(), b.ID, m, 0, "")
	k.must(err)
	return b
}

// do gives a command and does its work here and now.
func (k *kit) do(b history.Batch, err error) history.Batch {
	k.t.Helper()
	k.must(err)
	k.must(k.CarryOut(context.Background(), b.ID, b.Run))
	b, err = k.Get(k.ctx(), b.ID)
	k.must(err)
	return b
}

func (k *kit) checked(b history.Batch) history.Batch {
	k.t.Helper()
	b = k.do(k.Check(k.ctx(), b.ID, ""))
	if b.State != history.Checked {
		k.t.Fatalf("checked to %s %+v", b.State, b.Trouble)
	}
	return b
}

// imported checks and imports a batch.
func (k *kit) imported(b history.Batch) history.Batch {
	k.t.Helper()
	k.checked(b)
	b = k.do(k.Apply(k.ctx(), b.ID, ""))
	if b.State != history.Imported {
		k.t.Fatalf("imported to %s %+v", b.State, b.Trouble)
	}
	return b
}

// stored returns the orders of a batch.
func (k *kit) stored(batchID string) []workorder.Order {
	k.t.Helper()
	out, err := k.ordersOf(batchID)
	k.must(err)
	return out
}

func (k *kit) ordersOf(batchID string) (out []workorder.Order, err error) {
	err = k.orders.Each(k.ctx(), workorder.Filter{BatchID: batchID}, 1_000_000, func(o *workorder.Order) error {
		out = append(out, *o)
		return nil
	})
	return out, err
}

// number counts rows of a table.
func (k *kit) number(table, where string, args ...any) int64 {
	k.t.Helper()
	var n int64
	k.must(k.db.Read(context.Background(), func(tx *db.Tx) (err error) {
		n, err = db.One[int64](context.Background(), tx, "SELECT count(*) FROM "+table+" WHERE "+where, args...)
		return err
	}))
	return n
}

func (k *kit) problems(batchID string, f history.ProblemFilter) []history.Problem {
	k.t.Helper()
	var out []history.Problem
	for cursor := ""; ; {
		page, next, err := k.Problems(k.ctx(), batchID, f, 7, cursor)
		k.must(err)
		out = append(out, page...)
		if cursor = next; next == "" {
			return out
		}
	}
}

// code returns what a fault says, with the field it blames.
func code(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return fmt.Sprint(err)
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Field + ":" + f.Fields[0].Code
	}
	return f.Code
}

const realFile = "../../../shared/data/real/nycomplaints.csv.gz"

// complaints returns the first lines of a real file of another kind of service: keys
// that repeat, open cases without a closing date, cells that say NA, dates without
// times. Where the file is not at hand, one of the same shape is made up.
func complaints(t testing.TB, lines int) []byte {
	t.Helper()
	packed, err := os.Open(realFile)
	if errors.Is(err, fs.ErrNotExist) {
		return invented(lines)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	end := 0
	for range lines + 1 {
		n := bytes.IndexByte(all[end:], '\n')
		if n < 0 {
			break
		}
		end += n + 1
	}
	return all[:end]
}

// invented makes a file of the real one's shape: one key in 3,000 stands twice, one
// case in 24 is open, half of the places are missing.
func invented(lines int) []byte {
	r := rand.New(rand.NewPCG(7, 2015))
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"unique_key", "account", "opendate", "closedate", "complaint_type", "descriptor", "zip", "borough", "city", "council_dist", "community_board"})
	or := func(p float64, s string) string {
		if r.Float64() < p {
			return "NA"
		}
		return s
	}
	day := time.Date(2025, 1, 9, 0, 0, 0, 0, time.UTC)
	var last []string
	for i := range lines {
		if r.IntN(90) == 0 {
			day = day.AddDate(0, 0, -1)
		}
		if last != nil && r.IntN(3000) == 0 {
			again := append([]string(nil), last...)
			again[7], again[9] = "NA", "NA"
			_ = w.Write(again)
			continue
		}
		account := fmt.Sprintf("NYCC%02d", 1+r.IntN(51))
		kind := []string{"Housing and Buildings", "Transportation", "Finance", "Sanitation", "Utilities"}[r.IntN(5)]
		last = []string{fmt.Sprintf("%s5%06d", account, lines-i), account, day.Format(time.DateOnly), or(0.042, day.AddDate(0, 0, r.IntN(20)).Format(time.DateOnly)),
			or(0.02, kind), or(0.06, "Heat/Hot Water"), or(0.15, "11237"), or(0.2, "Brooklyn"), or(0.1, "New York"), or(0.2, account), or(0.2, "04 Brooklyn")}
		_ = w.Write(last)
	}
	w.Flush()
	return b.Bytes()
}

// newYork maps the real file.
func (k *kit) newYork(b history.Batch) history.Batch {
	k.t.Helper()
	m := history.Mapping{Source: "NYC Council", Dates: history.YearFirst, Zone: "America/New_York", DayTime: 12 * 60, Empty: []string{"NA"}, Repeated: history.Merge,
		Columns: map[history.Field][]string{history.FieldKey: {"unique_key"}, history.FieldOpened: {"opendate"}, history.FieldClosed: {"closedate"},
			history.FieldItem: {"complaint_type"}, history.FieldDepartment: {"account"}, history.FieldPlace: {"city"}, history.FieldWords: {"descriptor", "zip", "borough"}},
		Values:   map[history.Field]map[string]string{history.FieldItem: {"Utilities": k.item("ME03")}, history.FieldDepartment: {"NYCC34": k.department("心内科")}},
		Defaults: map[history.Field]string{history.FieldItem: k.item("HW02"), history.FieldDepartment: k.department("其他科室")}}
	b, err := k.SetMapping(k.ctx(), b.ID, m, b.Version, "")
	k.must(err)
	return b
}

func lines(s ...string) string { return strings.Join(s, "\n") + "\n" }
