package classify

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
)

const stateID = "one"

// stateRow is what there is one of.
type stateRow struct {
	ID        string  `db:"id"`
	Stamp     int64   `db:"stamp"` // rises with every change that suggestions follow
	VersionID string  `db:"version_id"`
	Threshold float64 `db:"threshold"`
	LastOrder string  `db:"last_order"` // the newest order that has been looked at
	RunState  string  `db:"run_state"`
	RunDone   int64   `db:"run_done"` // percent
	RunBy     string  `db:"run_by"`
	RunAt     int64   `db:"run_at"`
	RunError  string  `db:"run_error"`
}

var stateColumns = "SELECT " + db.Columns[stateRow]("") + " FROM classify_state WHERE id = 'one'"

func readState(ctx context.Context, tx *db.Tx) (stateRow, error) {
	return db.One[stateRow](ctx, tx, stateColumns)
}

func lockState(ctx context.Context, tx *db.Tx) (stateRow, error) {
	return db.One[stateRow](ctx, tx, stateColumns+tx.ForUpdate())
}

func firstState(ctx context.Context, tx *db.Tx, r *stateRow) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO classify_state (id, stamp, version_id, threshold, last_order, run_state, run_done, run_by, run_at, run_error)
		VALUES ($1, $2, '', $3, $4, '', 0, '', 0, '') ON CONFLICT (id) DO NOTHING`, stateID, r.Stamp, r.Threshold, r.LastOrder)
	return n > 0, err
}

func updateState(ctx context.Context, tx *db.Tx, r *stateRow) error {
	_, err := db.Update(ctx, tx, "classify_state", r)
	return err
}

func progress(ctx context.Context, tx *db.Tx, percent int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE classify_state SET run_done = $1 WHERE id = 'one' AND run_state = 'running'", percent)
	return err
}

func listWords(ctx context.Context, tx *db.Tx) ([]Word, error) {
	return db.All[Word](ctx, tx, "SELECT "+db.Columns[Word]("")+" FROM classify_word ORDER BY position, id")
}

func listRules(ctx context.Context, tx *db.Tx) ([]PolicyRule, error) {
	return db.All[PolicyRule](ctx, tx, "SELECT "+db.Columns[PolicyRule]("")+" FROM classify_rule ORDER BY position, id")
}

func replaceWords(ctx context.Context, tx *db.Tx, list []Word) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM classify_word"); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, "classify_word", list)
}

func replaceRules(ctx context.Context, tx *db.Tx, list []PolicyRule) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM classify_rule"); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, "classify_rule", list)
}

func listScripts(ctx context.Context, tx *db.Tx) ([]Script, error) {
	return db.All[Script](ctx, tx, "SELECT "+db.Columns[Script]("")+" FROM classify_script ORDER BY item_code")
}

func getScript(ctx context.Context, tx *db.Tx, code string, lock bool) (Script, error) {
	text := "SELECT " + db.Columns[Script]("") + " FROM classify_script WHERE item_code = $1"
	if lock {
		text += tx.ForUpdate()
	}
	return db.One[Script](ctx, tx, text, code)
}

func saveScript(ctx context.Context, tx *db.Tx, s *Script) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM classify_script WHERE item_code = $1", s.ItemCode); err != nil {
		return err
	}
	return db.Insert(ctx, tx, "classify_script", s)
}

func deleteScript(ctx context.Context, tx *db.Tx, code string) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM classify_script WHERE item_code = $1", code)
	return err
}

// versionRow is a version with its model.
type versionRow struct {
	Version
	Model string `db:"model"`
}

func insertVersion(ctx context.Context, tx *db.Tx, v *versionRow) error {
	return db.Insert(ctx, tx, "classify_version", v)
}

func listVersions(ctx context.Context, tx *db.Tx) ([]Version, error) {
	return db.All[Version](ctx, tx, "SELECT "+db.Columns[Version]("")+" FROM classify_version ORDER BY id DESC")
}

func getVersion(ctx context.Context, tx *db.Tx, id string) (Version, error) {
	return db.One[Version](ctx, tx, "SELECT "+db.Columns[Version]("")+" FROM classify_version WHERE id = $1", id)
}

func modelOf(ctx context.Context, tx *db.Tx, id string) (string, error) {
	return db.One[string](ctx, tx, "SELECT model FROM classify_version WHERE id = $1", id)
}

func deleteVersion(ctx context.Context, tx *db.Tx, id string) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM classify_version WHERE id = $1", id)
	return err
}

// guessRow is what was suggested for an order and what was chosen.
type guessRow struct {
	OrderID    string  `db:"order_id"`
	VersionID  string  `db:"version_id"`
	GuessID    string  `db:"guess_id"`
	Confidence float64 `db:"confidence"`
	Filled     bool    `db:"filled"` // it was filled in, not only offered
	ChosenID   string  `db:"chosen_id"`
	Top3       bool    `db:"top3"`
	ByWord     string  `db:"by_word"` // the word of danger that decided
	At         int64   `db:"at"`
}

func insertGuess(ctx context.Context, tx *db.Tx, g *guessRow) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO classify_guess (order_id, version_id, guess_id, confidence, filled, chosen_id, top3, by_word, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (order_id) DO NOTHING`,
		g.OrderID, g.VersionID, g.GuessID, g.Confidence, g.Filled, g.ChosenID, g.Top3, g.ByWord, g.At)
	return n > 0, err
}

func guessesSince(ctx context.Context, tx *db.Tx, from int64) ([]guessRow, error) {
	return db.All[guessRow](ctx, tx, "SELECT "+db.Columns[guessRow]("")+" FROM classify_guess WHERE at >= $1 ORDER BY at, order_id", from)
}

func forgetGuesses(ctx context.Context, tx *db.Tx, before int64) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM classify_guess WHERE at < $1", before)
	return err
}

// columns says where a problem's keys stand, for the scope.
var columns = identity.Columns{Campus: []string{"campus_id %s"}, Department: []string{"department_id %s"}, Team: []string{"team_id %s"},
	Vendor: []string{"vendor_id %s"}}

var problemColumns = "SELECT " + db.Columns[Problem]("") + " FROM classify_problem"

func getProblem(ctx context.Context, tx *db.Tx, id string, lock bool) (Problem, error) {
	text := problemColumns + " WHERE id = $1"
	if lock {
		text += tx.ForUpdate()
	}
	return db.One[Problem](ctx, tx, text, id)
}

// openProblem returns the open problem of a subject under its lock, or none.
func openProblem(ctx context.Context, tx *db.Tx, subject string) ([]Problem, error) {
	return db.All[Problem](ctx, tx, problemColumns+" WHERE subject = $1 AND closed_at = 0"+tx.ForUpdate(), subject)
}

func insertProblem(ctx context.Context, tx *db.Tx, p *Problem) error {
	return db.Insert(ctx, tx, "classify_problem", p)
}

func updateProblem(ctx context.Context, tx *db.Tx, p *Problem) error {
	_, err := db.Update(ctx, tx, "classify_problem", p)
	return err
}

func listProblems(ctx context.Context, tx *db.Tx, q *db.Query) ([]Problem, error) {
	text, args := q.Build(problemColumns)
	return db.All[Problem](ctx, tx, text, args...)
}
