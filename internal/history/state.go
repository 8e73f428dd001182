package history

import (
	"slices"

	"wardline/internal/platform/fault"
)

// State says where a batch stands.
type State string

// The states.
const (
	Draft     State = "draft"     // 待检查: the file is in
	Checking  State = "checking"  // 检查中
	Checked   State = "checked"   // 已检查
	Importing State = "importing" // 导入中
	Stopped   State = "stopped"   // 已中止: some of the orders are in
	Imported  State = "imported"  // 已导入
	Undoing   State = "undoing"   // 撤销中
	Undone    State = "undone"    // 已撤销
	Failed    State = "failed"    // 出错: see the trouble
)

// Busy tells whether a job works on the batch.
func (s State) Busy() bool { return s == Checking || s == Importing || s == Undoing }

// Verb is a command on a batch.
type Verb string

// The verbs.
const (
	VerbMap     Verb = "map"     // say which column means what
	VerbCheck   Verb = "check"   // read the whole file, write no order
	VerbApply   Verb = "apply"   // import, or go on with it
	VerbUndo    Verb = "undo"    // take the orders out again
	VerbCancel  Verb = "cancel"  // stop what is running
	VerbDiscard Verb = "discard" // throw the batch away
)

var allVerbs = []Verb{VerbMap, VerbCheck, VerbApply, VerbUndo, VerbCancel, VerbDiscard}

// may tells whether a command fits the batch as it stands.
func (p *Progress) may(v Verb) bool {
	fresh := p.Imported == 0 || p.State == Undone // no half-done import whose lines must stay as they were read
	switch v {
	case VerbMap, VerbCheck:
		return fresh && slices.Contains([]State{Draft, Checked, Stopped, Failed, Undone}, p.State)
	case VerbApply:
		return p.State == Checked || p.State == Stopped || p.State == Failed && p.AppliedAt > 0
	case VerbUndo:
		return p.Imported > 0 && !p.State.Busy()
	case VerbCancel:
		return p.State.Busy()
	case VerbDiscard:
		return p.Imported == 0 && !p.State.Busy()
	}
	return false
}

// actions returns the commands that fit the batch as it stands.
func (p *Progress) actions() []Verb {
	out := []Verb{}
	for _, v := range allVerbs {
		if p.may(v) {
			out = append(out, v)
		}
	}
	return out
}

// need refuses a command that does not fit.
func (p *Progress) need(v Verb) error {
	switch {
	case p.may(v):
		return nil
	case p.State.Busy():
		return fault.New(fault.Conflict, "history.busy", "state", string(p.State))
	}
	return fault.New(fault.Conflict, "history.state", "state", string(p.State), "command", string(v))
}

// start begins a new run in a busy state.
func (p *Progress) start(s State) {
	p.State, p.Trouble, p.EndedAt = s, nil, 0
	p.Run++
}

// recount forgets what the last reading found; orders already in stay counted.
func (p *Progress) recount() {
	p.Pass++
	p.Done, p.Good, p.Refused, p.Skipped, p.Known, p.Warned = 0, 0, 0, 0, 0, 0
	p.StillOpen, p.Closed, p.Cancelled, p.FirstAt, p.LastAt, p.Tally = 0, 0, 0, 0, 0, nil
}

// cancel stops what is running.
func (p *Progress) cancel() {
	switch {
	case p.State == Checking:
		p.start(Draft)
	case p.State == Undoing && p.Done > 0: // nothing has been taken out yet
		p.start(p.BackTo)
	default:
		p.start(Stopped)
	}
}

// percent is how much of the present work is done, 0 to 100.
func (p *Progress) percent() int64 {
	done, total := p.Done, p.Total
	if p.State == Undoing {
		done, total = p.UndoDone, p.UndoTotal
	}
	if total == 0 {
		return 0
	}
	return min(100*done/total, 100)
}
