package org

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
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

// importLife is how long a previewed file waits to be applied.
const importLife = clock.Hour

// maxImport is how many lines a file may have.
const maxImport = 50_000

// ImportPreview is what an import would do; nothing has been written yet.
type ImportPreview struct {
	Token     string       `json:"token" doc:"Applies exactly this preview, once"`
	Kind      Kind         `json:"kind" enum:"place,department,team,extension,person,duty"`
	FileName  string       `json:"fileName,omitempty"`
	Columns   []string     `json:"columns" doc:"Columns found, by the names of the caller's language"`
	Ignored   []string     `json:"ignored,omitempty" doc:"Headers of the file that stand for no column"`
	Counts    ImportCounts `json:"counts"`
	ExpiresAt int64        `json:"expiresAt"`
	Rows      []ImportRow  `json:"rows" doc:"The first page of the lines; more by the token"`
	Next      string       `json:"nextCursor,omitempty"`
}

// ImportRow is what would become of one line of the file.
type ImportRow struct {
	Line     int             `json:"line" doc:"Line of a CSV file, or row of a sheet"`
	Action   Action          `json:"action" enum:"add,change,same,wrong"`
	Name     string          `json:"name,omitempty"`
	ID       string          `json:"id,omitempty" doc:"What is there already"`
	Changes  []ImportChange  `json:"changes,omitempty"`
	Problems []ImportProblem `json:"problems,omitempty"`
}

// ImportChange is one cell that would change.
type ImportChange struct {
	Column string `json:"column" doc:"Header, in the caller's language"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// ImportProblem says what is wrong with a line.
type ImportProblem struct {
	Column  string `json:"column,omitempty" doc:"Header, in the caller's language; absent when it is the whole line"`
	Code    string `json:"code"`
	Message string `json:"message" doc:"What to do, in the caller's language"`
}

// staged is a row of org_import.
type staged struct {
	ID        string         `db:"id"`
	Kind      Kind           `db:"kind"`
	PersonID  string         `db:"person_id"`
	FileName  string         `db:"file_name"`
	Language  fault.Language `db:"language"`
	Columns   []string       `db:"columns,json"` // keys found
	Lines     []line         `db:"lines,json"`
	Plan      []planned      `db:"plan,json"`
	Digest    string         `db:"digest"`
	CreatedAt int64          `db:"created_at"`
	ExpiresAt int64          `db:"expires_at"`
}

// sheetFor returns the sheet of a kind to an actor who may import it.
func (s *Service) sheetFor(ctx context.Context, kind Kind) (sheet, error) {
	sh, ok := sheets()[kind]
	if !ok || kind == KindPerson && s.deps.ImportPeople == nil {
		return sheet{}, fault.Missing()
	}
	return sh, identity.Of(ctx).Need(sh.needed())
}

// errPlanned ends a transaction whose only purpose was to see what would happen.
var errPlanned = errors.New("planned")

// PreviewImport reads a file and says what importing it would do. It keeps the
// file for an hour and writes nothing else.
func (s *Service) PreviewImport(ctx context.Context, kind Kind, fileName string, file io.Reader, lang fault.Language) (out ImportPreview, err error) {
	sh, err := s.sheetFor(ctx, kind)
	if err != nil {
		return out, err
	}
	st := staged{ID: id.Secret(), Kind: kind, PersonID: identity.Of(ctx).PersonID, FileName: fileName, Language: lang,
		CreatedAt: s.now(), ExpiresAt: s.now() + importLife}
	if st.Lines, st.Columns, out.Ignored, err = readLines(ctx, file, sh, lang); err != nil {
		return out, err
	}
	// People are entered by identity's own rules, which write: that is taken back.
	run := s.deps.DB.Read
	if kind == KindPerson {
		run = s.deps.DB.Write
	}
	err = run(ctx, func(tx *db.Tx) (err error) {
		if _, st.Plan, err = s.plan(ctx, tx, sh, lang, st.Lines); err != nil {
			return err
		}
		return errPlanned
	})
	if !errors.Is(err, errPlanned) {
		return out, err
	}
	if st.Digest, err = digest(st.Plan); err != nil {
		return out, err
	}
	err = s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		if err := purgeImports(ctx, tx, s.now()); err != nil {
			return err
		}
		return db.Insert(ctx, tx, "org_import", &st)
	})
	if err != nil {
		return out, err
	}
	out.Token, out.Kind, out.FileName, out.ExpiresAt, out.Counts = st.ID, kind, fileName, st.ExpiresAt, countPlan(st.Plan)
	for _, c := range sh.columns(lang) {
		if slices.Contains(st.Columns, c.Key) {
			out.Columns = append(out.Columns, c.Name(lang))
		}
	}
	out.Rows, out.Next = pageOf(sh, st.Plan, "", lang, 100, 0)
	return out, nil
}

// plan loads what the lines may name and enters them into the book it returns.
func (s *Service) plan(ctx context.Context, tx *db.Tx, sh sheet, lang fault.Language, lines []line) (*book, []planned, error) {
	b := newBook(s.now(), mayWrite(identity.Of(ctx)))
	if err := s.loadAll(ctx, tx, b, sh, lines); err != nil {
		return nil, nil, err
	}
	if sh.kind == KindPerson {
		sh.put = s.putPersonLine(ctx, tx)
	}
	plan, err := makePlan(b, sh, lang, lines)
	return b, plan, err
}

func readLines(ctx context.Context, file io.Reader, sh sheet, lang fault.Language) (lines []line, found, ignored []string, err error) {
	columns := sh.columns(lang)
	r, err := table.Open(ctx, file, table.Options{Columns: columns, MaxRows: sh.max, Language: lang})
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
		lines = append(lines, line{row.Line, row.Values()})
	}
}

// pageOf renders lines of a plan behind a line number: those that are wrong first
// when no action is asked for.
func pageOf(sh sheet, plan []planned, action Action, lang fault.Language, limit, from int) (rows []ImportRow, next string) {
	names := map[string]string{}
	for _, c := range sh.columns(lang) {
		names[c.Key] = c.Name(lang)
	}
	order := slices.Clone(plan)
	rank := map[Action]int{ActionWrong: 0, ActionChange: 1, ActionAdd: 2, ActionSame: 3}
	slices.SortStableFunc(order, func(x, y planned) int { return rank[x.Action] - rank[y.Action] })
	if action != "" {
		order = slices.DeleteFunc(order, func(p planned) bool { return p.Action != action })
	}
	rows = []ImportRow{}
	for i := from; i < len(order); i++ {
		if len(rows) == limit {
			return rows, strconv.Itoa(i)
		}
		p := order[i]
		row := ImportRow{Line: p.Line, Action: p.Action, Name: p.Name, ID: p.ID}
		for _, c := range p.Changes {
			row.Changes = append(row.Changes, ImportChange{names[c.Column], c.From, c.To})
		}
		for _, c := range p.Problems {
			row.Problems = append(row.Problems, ImportProblem{names[c.Column], c.Code, fault.Message(lang, c.Code, c.Params)})
		}
		rows = append(rows, row)
	}
	return rows, ""
}

// ImportRows returns a page of the lines of the actor's own preview; action, when
// not empty, narrows them.
func (s *Service) ImportRows(ctx context.Context, token string, action Action, limit int, cursor string) (rows []ImportRow, next string, err error) {
	from := 0
	if cursor != "" {
		if from, err = strconv.Atoi(cursor); err != nil || from < 0 {
			return nil, "", fault.Field("cursor", "bad_cursor")
		}
	}
	var st staged
	err = s.deps.DB.Read(ctx, func(tx *db.Tx) (err error) { st, err = s.staged(ctx, tx, token); return err })
	if err != nil {
		return nil, "", err
	}
	sh, err := s.sheetFor(ctx, st.Kind)
	if err != nil {
		return nil, "", err
	}
	rows, next = pageOf(sh, st.Plan, action, st.Language, limit, from)
	return rows, next, nil
}

// staged loads a preview of the actor's own that has not expired.
func (s *Service) staged(ctx context.Context, tx *db.Tx, token string) (staged, error) {
	return loadImport(ctx, tx, token, identity.Of(ctx).PersonID, s.now())
}

// ApplyImport does what a preview said, whole or not at all. It is refused when the
// preview has wrong lines (org.import_wrong), or when the directory or the actor's
// rights have changed so that it would do anything else now (org.import_stale). A
// preview that was applied or has expired does not exist any more.
func (s *Service) ApplyImport(ctx context.Context, token string) (done ImportCounts, err error) {
	err = s.deps.DB.Write(ctx, func(tx *db.Tx) error {
		if err := takeStamp(ctx, tx, rand.Int64()); err != nil {
			return err
		}
		st, err := s.staged(ctx, tx, token)
		if err != nil {
			return err
		}
		if c := countPlan(st.Plan); c.Wrong > 0 {
			return fault.New(fault.Conflict, "org.import_wrong", "count", c.Wrong)
		}
		sh, err := s.sheetFor(ctx, st.Kind)
		if err != nil {
			return err
		}
		if st.Kind == KindDuty { // rosters are changed under their teams' locks only
			if err := lockTeams(ctx, tx); err != nil {
				return err
			}
		}
		b, plan, err := s.plan(ctx, tx, sh, st.Language, st.Lines)
		if err != nil {
			return err
		}
		sum, err := digest(plan)
		if err != nil {
			return err
		}
		if sum != st.Digest {
			return fault.New(fault.Conflict, "org.import_stale")
		}
		if err := writeBook(ctx, tx, b); err != nil {
			return err
		}
		if err := dropImport(ctx, tx, token); err != nil {
			return err
		}
		done = countPlan(plan)
		detail := map[string]any{"file": st.FileName, "add": done.Add, "change": done.Change, "same": done.Same}
		if st.Kind == KindPerson { // identity has told of each
			return s.deps.Trail.Record(ctx, tx, identity.Of(ctx).Who(), "org.person.import", string(KindPerson), "", detail)
		}
		if err := s.deps.Trail.Record(ctx, tx, identity.Of(ctx).Who(), "org."+string(st.Kind)+".import", string(st.Kind), "", detail); err != nil {
			return err
		}
		return s.tell(ctx, tx, st.Kind, plan)
	})
	return done, err
}

// tell tells of everything that a plan has changed, and once of all it has added.
func (s *Service) tell(ctx context.Context, tx *db.Tx, kind Kind, plan []planned) error {
	if s.deps.Changed == nil {
		return nil
	}
	if countPlan(plan).Add > 0 {
		if err := s.deps.Changed(ctx, tx, kind, ""); err != nil {
			return err
		}
	}
	for _, p := range plan {
		if p.Action != ActionChange {
			continue
		}
		if err := s.deps.Changed(ctx, tx, kind, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// PurgeImports deletes the previews that have expired. A preview does the same, so
// it need not run often.
func (s *Service) PurgeImports(ctx context.Context) error {
	return s.deps.DB.Write(ctx, func(tx *db.Tx) error { return purgeImports(ctx, tx, s.now()) })
}

// Export writes what the directory has of a kind, in the columns in which it can be
// imported; a template has the columns only.
func (s *Service) Export(ctx context.Context, w io.Writer, kind Kind, format table.Format, lang fault.Language, template bool) error {
	sh, err := s.sheetFor(ctx, kind)
	if err != nil {
		return err
	}
	var lines [][]string
	if !template {
		if lines, err = s.exportLines(ctx, sh, lang); err != nil {
			return err
		}
	}
	out, err := table.NewWriter(w, format, table.Sheet{Name: sh.title(lang), Columns: sh.columns(lang), Language: lang})
	if err != nil {
		return err
	}
	for _, cells := range lines {
		values := make([]any, len(cells))
		for i, c := range cells {
			values[i] = c
		}
		if err := out.Row(values...); err != nil {
			return errors.Join(err, out.Close())
		}
	}
	return out.Close()
}

func (s *Service) exportLines(ctx context.Context, sh sheet, lang fault.Language) ([][]string, error) {
	b := newBook(s.now(), mayWrite(identity.Of(ctx)))
	err := s.deps.DB.Read(ctx, func(tx *db.Tx) error { return s.loadAll(ctx, tx, b, sh, nil) })
	if err != nil {
		return nil, err
	}
	ids := sh.ids
	if sh.kind == KindPerson {
		if ids, err = s.allPeople(ctx, b); err != nil {
			return nil, err
		}
	}
	var lines [][]string
	for _, id := range ids(b) {
		lines = append(lines, sh.show(b, id, lang))
	}
	return lines, nil
}

// loadAll loads everything that the lines of a kind may name.
func (s *Service) loadAll(ctx context.Context, tx *db.Tx, b *book, sh sheet, lines []line) error {
	for _, k := range sh.needs {
		if err := loadKind(ctx, tx, b, k); err != nil {
			return err
		}
	}
	if sh.kind == KindPerson {
		return s.loadImported(ctx, tx, b, lines)
	}
	if sh.kind == KindDuty {
		return s.loadRoster(ctx, tx, b, lines)
	}
	return s.loadPeople(ctx, tx, b, lines)
}

// loadPeople learns the staff numbers of everyone the directory names, and who the
// staff numbers in the lines are.
func (s *Service) loadPeople(ctx context.Context, tx *db.Tx, b *book, lines []line) error {
	var named []string
	numbers := map[string]bool{}
	for _, d := range b.departments.rows {
		named = append(named, d.LiaisonID)
	}
	for _, t := range b.teams.rows {
		named = append(named, t.LeadID)
	}
	for _, l := range lines {
		for _, key := range []string{"liaison", "lead"} {
			if no := foldCode(l.Cells[key]); no != "" {
				numbers[no] = true
				named = append(named, strings.ToLower(no)) // or the id of someone without a number
			}
		}
	}
	b.byStaffNo = map[string]string{}
	if s.deps.ByStaffNumber != nil && len(numbers) > 0 {
		found, err := s.deps.ByStaffNumber(ctx, tx, slices.Sorted(maps.Keys(numbers)))
		if err != nil {
			return fmt.Errorf("staff numbers: %w", err)
		}
		for no, personID := range found {
			b.byStaffNo[foldCode(no)] = personID
			named = append(named, personID)
		}
	}
	return s.loadStaff(ctx, tx, b, named...)
}
