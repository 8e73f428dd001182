package history

import (
	"strconv"
	"unicode/utf8"
)

// Progress is the part of a batch that work on it changes.
type Progress struct {
	ID        string   `db:"id" json:"id"`
	State     State    `db:"state" json:"state" enum:"draft,checking,checked,importing,stopped,imported,undoing,undone,failed"`
	Run       int64    `db:"run" json:"-"`
	Pass      int64    `db:"pass" json:"-"`
	Total     int64    `db:"total" json:"total" doc:"Lines of data in the file; 0 until they have been counted"`
	Done      int64    `db:"done" json:"done" doc:"Lines dealt with by the check or the import"`
	Good      int64    `db:"good" json:"good" doc:"Lines that become orders"`
	Imported  int64    `db:"imported" json:"imported" doc:"Orders of this batch that are there"`
	Refused   int64    `db:"refused" json:"refused" doc:"Lines that are wrong"`
	Skipped   int64    `db:"skipped" json:"skipped" doc:"Lines whose key another line has"`
	Known     int64    `db:"known" json:"known" doc:"Lines whose order is there already"`
	Warned    int64    `db:"warned" json:"warned" doc:"Good lines in which something was defaulted"`
	StillOpen int64    `db:"still_open" json:"stillOpen" doc:"Of the good lines"`
	Closed    int64    `db:"closed" json:"closed" doc:"Of the good lines"`
	Cancelled int64    `db:"cancelled" json:"cancelled" doc:"Of the good lines"`
	FirstAt   int64    `db:"first_at" json:"firstAt,omitempty" doc:"Earliest report among the good lines"`
	LastAt    int64    `db:"last_at" json:"lastAt,omitempty" doc:"Latest report among the good lines"`
	Tally     []Tally  `db:"tally,json" json:"tally" doc:"How often each problem was met"`
	Undo      Changed  `db:"undo" json:"-"`
	BackTo    State    `db:"back_to" json:"-"`
	UndoDone  int64    `db:"undo_done" json:"undoDone" doc:"Orders dealt with by the undoing"`
	UndoTotal int64    `db:"undo_total" json:"undoTotal"`
	Changed   int64    `db:"changed" json:"changed" doc:"Orders the last undoing found changed since the import"`
	Trouble   *Trouble `db:"trouble,json" json:"trouble,omitempty" doc:"Why the last work ended early"`
	AppliedAt int64    `db:"applied_at" json:"appliedAt,omitempty" doc:"When the import was begun"`
	UpdatedAt int64    `db:"updated_at" json:"updatedAt"`
	EndedAt   int64    `db:"ended_at" json:"endedAt,omitempty" doc:"When the last work ended"`
}

// Summary is a batch as lists show it.
type Summary struct {
	Progress
	Version     int64  `db:"version" json:"version" doc:"Version of the mapping"`
	FileName    string `db:"file_name" json:"fileName"`
	FileSize    int64  `db:"file_size" json:"fileSize" doc:"Bytes, as uploaded"`
	Format      string `db:"format" json:"format" enum:"csv,xlsx"`
	SourceName  string `db:"source_name" json:"source,omitempty" doc:"Name of the other system"`
	CreatedBy   string `db:"created_by" json:"createdBy"`
	CreatorName string `db:"creator_name" json:"creatorName"`
	CreatedAt   int64  `db:"created_at" json:"createdAt"`
	StarterID   string `db:"starter_id" json:"starterId,omitempty" doc:"Who began the import"`
	StarterName string `db:"starter_name" json:"starterName,omitempty"`
}

// Batch is one uploaded file with all that is known of it.
type Batch struct {
	Summary
	FileHash   string   `db:"file_hash" json:"-"`
	HeaderSkip int64    `db:"header_skip" json:"-"` // lines above the header
	Columns    []Column `db:"columns,json" json:"columns"`
	Mapping    Mapping  `db:"mapping,json" json:"mapping"`
}

// Column is one column of the file.
type Column struct {
	Name    string   `json:"name" doc:"Its header; #3 without one"`
	Samples []string `json:"samples,omitempty" doc:"Some of its values"`
}

// Trouble says why work ended early.
type Trouble struct {
	Code    string         `json:"code"`
	Params  map[string]any `json:"params,omitempty"`
	Message string         `json:"message,omitempty" doc:"In the caller's language"`
}

// Level says what a problem did to its line.
type Level string

// The levels.
const (
	Refused Level = "refused" // the line is wrong: nothing came of it
	Skipped Level = "skipped" // another line has its key: nothing came of it
	Known   Level = "known"   // its order is there already
	Warned  Level = "warned"  // an order came of it, with something defaulted
)

// Problem is one thing that is to be said about a line.
type Problem struct {
	BatchID string         `db:"batch_id" json:"-"`
	Pass    int64          `db:"pass" json:"-"`
	Line    int64          `db:"line" json:"line" doc:"Line of a CSV file, or row of a sheet"`
	N       int64          `db:"n" json:"-"`
	Level   Level          `db:"level" json:"level" enum:"refused,skipped,known,warned"`
	Code    string         `db:"code" json:"code"`
	Field   Field          `db:"field" json:"field,omitempty"`
	Value   string         `db:"value" json:"value,omitempty" doc:"What stands there"`
	Params  map[string]any `db:"params,json" json:"-"`
	Key     string         `db:"key" json:"key,omitempty" doc:"The other system's key"`
	Cells   []string       `db:"cells,json" json:"cells,omitempty" doc:"The whole line, with its first problem, when nothing came of it"`
	Message string         `json:"message" doc:"In the caller's language"`
}

// Tally is how many lines have a problem.
type Tally struct {
	Level   Level  `json:"level" enum:"refused,skipped,known,warned"`
	Code    string `json:"code"`
	Field   Field  `json:"field,omitempty"`
	Count   int64  `json:"count"`
	Message string `json:"message,omitempty" doc:"In the caller's language"`
}

// Value is one value of a column that the last check found.
type Value struct {
	BatchID string `db:"batch_id" json:"-"`
	Pass    int64  `db:"pass" json:"-"`
	Field   Field  `db:"field" json:"field"`
	Value   string `db:"value" json:"value"`
	Count   int64  `db:"count" json:"count"`
	Target  string `db:"target" json:"target,omitempty" doc:"What it was taken for; absent when it was not known"`
	Name    string `db:"name" json:"name,omitempty"`
}

// Note is the data of an event on Topic.
type Note struct {
	State    State `json:"state"`
	Percent  int64 `json:"percent"`
	Done     int64 `json:"done"`
	Total    int64 `json:"total"`
	Imported int64 `json:"imported"`
	Refused  int64 `json:"refused"`
}

// Changed says what an undoing does with orders to which something has happened
// since they came in.
type Changed string

// The ways.
const (
	Refuse Changed = "refuse" // if there is one, undo nothing and name them
	Keep   Changed = "keep"   // undo the others
	Remove Changed = "remove" // undo them too
)

// sampled is how many lines are kept of a problem that does not stop its line.
const sampled = 100

// count adds a problem to the tally and tells whether its line is to be kept.
func (p *Progress) count(x *Problem) bool {
	for i := range p.Tally {
		if t := &p.Tally[i]; t.Level == x.Level && t.Code == x.Code && t.Field == x.Field {
			t.Count++
			return x.keeps() || t.Count <= sampled
		}
	}
	p.Tally = append(p.Tally, Tally{Level: x.Level, Code: x.Code, Field: x.Field, Count: 1})
	return true
}

// keeps tells whether every line with the problem is kept, with its cells.
func (x *Problem) keeps() bool { return x.Level == Refused || x.Level == Skipped }

// account counts one line that has been dealt with and returns its problems that
// are to be kept.
func (p *Progress) account(v *verdict) []Problem {
	p.Done++
	level := v.level()
	switch level {
	case Refused:
		p.Refused++
	case Skipped:
		p.Skipped++
	case Known:
		p.Known++
	default:
		p.Good++
		if level == Warned {
			p.Warned++
		}
		p.describe(v.entry)
	}
	var kept []Problem
	for i := range v.problems {
		x := v.problems[i]
		if level != Warned && x.Level == Warned {
			continue // nothing came of the line, so nothing was defaulted
		}
		if !p.count(&x) {
			continue
		}
		x.BatchID, x.Pass, x.Line, x.N, x.Key = p.ID, p.Pass, v.record.line, int64(len(kept)), cut(v.record.Key, 100)
		x.Value = cut(x.Value, 200)
		if len(kept) == 0 && x.keeps() {
			x.Cells = v.record.cells
		}
		kept = append(kept, x)
	}
	return kept
}

func (p *Progress) describe(e *entry) {
	switch e.outcome {
	case open:
		p.StillOpen++
	case closed:
		p.Closed++
	case cancelled:
		p.Cancelled++
	}
	if p.FirstAt == 0 || e.opened < p.FirstAt {
		p.FirstAt = e.opened
	}
	p.LastAt = max(p.LastAt, e.opened)
}

// cut shortens a text to so many characters.
func cut(s string, most int) string {
	if len(s) <= most || utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most])
}

// columnNames makes headers unique: an empty or repeated one goes by its place too.
func columnNames(header []string) []string {
	seen := map[string]bool{}
	out := make([]string, len(header))
	for i, h := range header {
		name := cut(h, 100)
		if name == "" || seen[name] {
			if name != "" {
				name += " "
			}
			name += "#" + strconv.Itoa(i+1)
		}
		for seen[name] {
			name += "'"
		}
		seen[name] = true
		out[i] = name
	}
	return out
}
