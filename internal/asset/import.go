package asset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
	"wardline/internal/platform/table"
)

const (
	importLife = clock.Hour // how long a previewed file waits to be applied
	maxImport  = 50_000     // lines of a file
)

// Action says what an import would do with a line.
type Action string

// The actions.
const (
	ActionAdd    Action = "add"
	ActionChange Action = "change"
	ActionSame   Action = "same"
	ActionWrong  Action = "wrong"
)

// fileLine is one line of an uploaded file: the cells of the known columns.
type fileLine struct {
	Line  int               `json:"l"`
	Cells map[string]string `json:"c"`
}

// planned is what an import would do with one line.
type planned struct {
	Line     int           `json:"line"`
	Action   Action        `json:"action"`
	Number   string        `json:"number"`
	Name     string        `json:"name,omitempty"`
	ID       string        `json:"id,omitempty"`
	Version  int64         `json:"version,omitempty"`
	Refs     []string      `json:"refs,omitempty"` // what the cells were understood as
	Changes  []cellChange  `json:"changes,omitempty"`
	Problems []cellProblem `json:"problems,omitempty"`
}

type cellChange struct {
	Column string `json:"column"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
}

type cellProblem struct {
	Column string         `json:"column,omitempty"`
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
}

// wrong adds what the rules said, by column.
func (p planned) wrong(err error) planned {
	p.Action, p.Changes = ActionWrong, nil
	f, ok := fault.Of(err)
	if !ok {
		f = fault.New(fault.Internal, "internal")
	}
	for _, x := range f.Fields {
		p.Problems = append(p.Problems, cellProblem{columnOf(x.Field), x.Code, x.Params})
	}
	if len(f.Fields) == 0 {
		p.Problems = append(p.Problems, cellProblem{"", f.Code, f.Params})
	}
	return p
}

// Counts says how many lines an import adds, changes, leaves and refuses.
type Counts struct {
	Add    int `json:"add"`
	Change int `json:"change"`
	Same   int `json:"same"`
	Wrong  int `json:"wrong"`
}

func count(plan []planned) (c Counts) {
	by := map[Action]*int{ActionAdd: &c.Add, ActionChange: &c.Change, ActionSame: &c.Same, ActionWrong: &c.Wrong}
	for _, p := range plan {
		*by[p.Action]++
	}
	return c
}

// Preview is what an import would do; nothing has been written yet.
type Preview struct {
	Token     string       `json:"token" doc:"Applies exactly this preview, once"`
	FileName  string       `json:"fileName,omitempty"`
	Columns   []string     `json:"columns" doc:"Columns found, by the names of the caller's language"`
	Ignored   []string     `json:"ignored,omitempty" doc:"Headers of the file that stand for no column"`
	Counts    Counts       `json:"counts"`
	ExpiresAt int64        `json:"expiresAt"`
	Rows      []PreviewRow `json:"rows" doc:"The first page of the lines; more by the token"`
	Next      string       `json:"nextCursor,omitempty"`
}

// PreviewRow is what would become of one line of the file.
type PreviewRow struct {
	Line     int              `json:"line" doc:"Line of a CSV file, or row of a sheet"`
	Action   Action           `json:"action" enum:"add,change,same,wrong"`
	Number   string           `json:"number,omitempty"`
	Name     string           `json:"name,omitempty"`
	ID       string           `json:"id,omitempty" doc:"What is there already"`
	Changes  []PreviewChange  `json:"changes,omitempty"`
	Problems []PreviewProblem `json:"problems,omitempty"`
}

// PreviewChange is one cell that would change.
type PreviewChange struct {
	Column string `json:"column" doc:"Header, in the caller's language"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// PreviewProblem says what is wrong with a line.
type PreviewProblem struct {
	Column  string `json:"column,omitempty" doc:"Header, in the caller's language; absent when it is the whole line"`
	Code    string `json:"code"`
	Message string `json:"message" doc:"What to do, in the caller's language"`
}

// PreviewImport reads a file and says what importing it would do. It keeps the lines
// for an hour and writes nothing else.
func (s *Service) PreviewImport(ctx context.Context, fileName string, file io.Reader, lang fault.Language) (out Preview, err error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.AssetWrite); err != nil {
		return out, err
	}
	row := importRow{ID: id.Secret(), PersonID: actor.PersonID, FileName: fileName, Language: lang, ExpiresAt: s.Clock.Now() + importLife}
	if row.Lines, row.Columns, out.Ignored, err = readLines(ctx, file, lang); err != nil {
		return out, err
	}
	a, err := s.survey(ctx)
	if err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		row.Plan, _, err = s.plan(ctx, tx, actor, a, row.Lines, lang)
		return err
	})
	if err != nil {
		return out, err
	}
	if row.Digest, err = digest(row.Plan); err != nil {
		return out, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := purgeImports(ctx, tx, s.Clock.Now()); err != nil {
			return err
		}
		return db.Insert(ctx, tx, "asset_import", &row)
	})
	if err != nil {
		return out, err
	}
	out.Token, out.FileName, out.ExpiresAt, out.Counts = row.ID, fileName, row.ExpiresAt, count(row.Plan)
	for _, c := range sheetColumns(lang) {
		if slices.Contains(row.Columns, c.Key) {
			out.Columns = append(out.Columns, c.Name(lang))
		}
	}
	out.Rows, out.Next = pageOf(row.Plan, "", lang, 100, 0)
	return out, nil
}

func readLines(ctx context.Context, file io.Reader, lang fault.Language) (lines []fileLine, found, ignored []string, err error) {
	columns := sheetColumns(lang)
	r, err := table.Open(ctx, file, table.Options{Columns: columns, MaxRows: maxImport, Language: lang})
	if err != nil {
		return nil, nil, nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for _, c := range columns {
		if r.Has(c.Key) {
			found = append(found, c.Key)
		}
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return lines, found, r.Unknown(), nil
		}
		if err != nil {
			return nil, nil, nil, err
		}
		lines = append(lines, fileLine{row.Line, row.Values()})
	}
}

// plan says what every line would do, and gives the assets as they would become.
func (s *Service) plan(ctx context.Context, tx *db.Tx, actor *identity.Actor, a *atlas, lines []fileLine, lang fault.Language) ([]planned, []Asset, error) {
	numbers := make([]string, len(lines))
	for i, l := range lines {
		numbers[i] = strings.ToUpper(strings.Join(strings.Fields(l.Cells["number"]), " "))
	}
	there, err := byNumbers(ctx, tx, numbers)
	if err != nil {
		return nil, nil, err
	}
	if err := s.learn(ctx, tx, a, lines, there); err != nil {
		return nil, nil, err
	}
	plan, result, seen := make([]planned, len(lines)), make([]Asset, len(lines)), map[string]int{}
	for i, l := range lines {
		plan[i], result[i] = a.enterLine(actor, l, there, lang)
		if first, twice := seen[numbers[i]]; twice && numbers[i] != "" {
			plan[i] = plan[i].wrong(fault.New(fault.Invalid, "asset.import_twice", "line", first))
		} else {
			seen[numbers[i]] = l.Line
		}
	}
	return plan, result, nil
}

// digest is equal for plans that do the same.
func digest(plan []planned) (string, error) {
	raw, err := json.Marshal(plan)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// pageOf renders lines of a plan from a position on: those that are wrong first when
// no action is asked for.
func pageOf(plan []planned, action Action, lang fault.Language, limit, from int) (rows []PreviewRow, next string) {
	names := map[string]string{}
	for _, c := range sheetColumns(lang) {
		names[c.Key] = c.Name(lang)
	}
	order := slices.Clone(plan)
	rank := map[Action]int{ActionWrong: 0, ActionChange: 1, ActionAdd: 2, ActionSame: 3}
	slices.SortStableFunc(order, func(x, y planned) int { return rank[x.Action] - rank[y.Action] })
	if action != "" {
		order = slices.DeleteFunc(order, func(p planned) bool { return p.Action != action })
	}
	rows = []PreviewRow{}
	for i := from; i < len(order); i++ {
		if len(rows) == limit {
			return rows, strconv.Itoa(i)
		}
		p := order[i]
		row := PreviewRow{Line: p.Line, Action: p.Action, Number: p.Number, Name: p.Name, ID: p.ID}
		for _, c := range p.Changes {
			row.Changes = append(row.Changes, PreviewChange{names[c.Column], c.From, c.To})
		}
		for _, c := range p.Problems {
			row.Problems = append(row.Problems, PreviewProblem{names[c.Column], c.Code, fault.Message(lang, c.Code, c.Params)})
		}
		rows = append(rows, row)
	}
	return rows, ""
}

// ImportRows returns a page of the lines of the caller's own preview; action, when
// not empty, narrows them.
func (s *Service) ImportRows(ctx context.Context, token string, action Action, limit int, cursor string) (rows []PreviewRow, next string, err error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.AssetWrite); err != nil {
		return nil, "", err
	}
	from := 0
	if cursor != "" {
		if from, err = strconv.Atoi(cursor); err != nil || from < 0 {
			return nil, "", fault.Field("cursor", "bad_cursor")
		}
	}
	var row importRow
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		row, err = findImport(ctx, tx, token, actor.PersonID, s.Clock.Now())
		return err
	})
	if err != nil {
		return nil, "", err
	}
	rows, next = pageOf(row.Plan, action, row.Language, limit, from)
	return rows, next, nil
}

// ApplyImport does what a preview said, whole or not at all. It is refused when the
// preview has wrong lines (asset.import_wrong), or when the register, the directory
// or the caller's rights have changed so that it would do anything else now
// (asset.import_stale). A preview that was applied or has expired is gone.
func (s *Service) ApplyImport(ctx context.Context, token string) (done Counts, err error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.AssetWrite); err != nil {
		return done, err
	}
	a, err := s.survey(ctx)
	if err != nil {
		return done, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		row, err := findImport(ctx, tx, token, actor.PersonID, s.Clock.Now())
		if err != nil {
			return err
		}
		if c := count(row.Plan); c.Wrong > 0 {
			return fault.New(fault.Conflict, "asset.import_wrong", "count", c.Wrong)
		}
		plan, result, err := s.plan(ctx, tx, actor, a, row.Lines, row.Language)
		if err != nil {
			return err
		}
		sum, err := digest(plan)
		if err != nil {
			return err
		}
		if sum != row.Digest {
			return fault.New(fault.Conflict, "asset.import_stale")
		}
		if err := s.write(ctx, tx, actor, plan, result, a); err != nil {
			return err
		}
		if err := dropImport(ctx, tx, token); err != nil {
			return err
		}
		done = count(plan)
		return s.told(ctx, tx, actor, row.FileName, done)
	})
	return done, err
}

func (s *Service) told(ctx context.Context, tx *db.Tx, actor *identity.Actor, fileName string, c Counts) error {
	err := s.Trail.Record(ctx, tx, actor.Who(), "asset.import", "asset", "", map[string]any{"file": fileName, "add": c.Add, "change": c.Change, "same": c.Same})
	if err != nil || s.Changed == nil {
		return err
	}
	return s.Changed(ctx, tx, &Asset{}, Changed)
}

// write stores what the lines make of the register. Someone who changes one of the
// assets at the same moment makes the whole import stale.
func (s *Service) write(ctx context.Context, tx *db.Tx, actor *identity.Actor, plan []planned, result []Asset, a *atlas) error {
	now := s.Clock.Now()
	var added []Asset
	var codes []codeRow
	var events []Event
	for i, p := range plan {
		x := &result[i]
		x.settle()
		e := Event{ID: id.New(), At: now, Kind: Created, ActorID: actor.PersonID, ActorName: actor.Name}
		switch p.Action {
		case ActionAdd:
			x.ID, x.Version, x.CreatedAt, x.UpdatedAt = id.New(), 1, now, now
			added = append(added, *x)
			codes = append(codes, codeRow{Secret: newSecret(), AssetID: x.ID, MadeAt: now})
		case ActionChange:
			was, err := lock(ctx, tx, x.ID)
			if err != nil {
				return err
			}
			if was.Version != p.Version {
				return fault.New(fault.Conflict, "asset.import_stale")
			}
			x.Version, x.UpdatedAt = p.Version+1, now
			if _, err := db.Update(ctx, tx, "asset", x); err != nil {
				return err
			}
			e.Kind, e.Changes = Changed, a.named(changes(&was, x))
		default:
			continue
		}
		e.AssetID = x.ID
		events = append(events, e)
	}
	if err := db.InsertMany(ctx, tx, "asset", added); err != nil {
		return err
	}
	if err := db.InsertMany(ctx, tx, "asset_code", codes); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, "asset_event", events)
}

// named adds the names of what changes refer to.
func (a *atlas) named(list []Change) []Change {
	for i := range list {
		switch c := &list[i]; c.Field {
		case "placeId", "departmentId", "vendorId":
			c.FromName, c.ToName = a.names[c.From], a.names[c.To]
		case "custodianId":
			c.FromName, c.ToName = a.staff[c.From], a.staff[c.To]
		}
	}
	return list
}

// PurgeImports deletes the previews that have expired. A preview does the same, so it
// need not run often.
func (s *Service) PurgeImports(ctx context.Context) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error { return purgeImports(ctx, tx, s.Clock.Now()) })
}

// Export writes the assets of a list that the caller may see, in the columns in which
// they can be imported; a template has the columns only.
func (s *Service) Export(ctx context.Context, w io.Writer, f Filter, format table.Format, lang fault.Language, template bool) error {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.AssetRead); err != nil {
		return err
	}
	name := "资产台账"
	if lang == fault.English {
		name = "Assets"
	}
	out, err := table.NewWriter(w, format, table.Sheet{Name: name, Columns: sheetColumns(lang), Language: lang})
	if err != nil {
		return err
	}
	if !template {
		if err := s.exportRows(ctx, actor, out, f, lang); err != nil {
			return errors.Join(err, out.Close())
		}
	}
	return out.Close()
}

func (s *Service) exportRows(ctx context.Context, actor *identity.Actor, out *table.Writer, f Filter, lang fault.Language) error {
	a, err := s.survey(ctx)
	if err != nil {
		return err
	}
	return s.DB.Read(ctx, func(tx *db.Tx) error {
		q, err := s.query(ctx, tx, actor.Scope(identity.AssetRead), f)
		if err != nil {
			return err
		}
		list, err := listBy(ctx, tx, q.OrderBy(db.Order{Column: "number", Text: true}))
		if err != nil {
			return err
		}
		there := make(map[string]Asset, len(list))
		for _, x := range list {
			there[x.Number] = x
		}
		if err := s.learn(ctx, tx, a, nil, there); err != nil {
			return err
		}
		for i := range list {
			if err := out.Row(a.values(&list[i], lang)...); err != nil {
				return err
			}
		}
		return nil
	})
}
