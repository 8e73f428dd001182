package workorder

import (
	"slices"
	"strings"

	"wardline/internal/catalog"
	"wardline/internal/platform/fault"
	"wardline/internal/sla"
)

// maxTasks is how many tasks one order can have.
const maxTasks = 20

// TaskSpec says what a new task is to be.
type TaskSpec struct {
	Key    string
	Note   string
	NoteEn string
	After  []string
	Limits *Limits // nil are the order's
	Proof  catalog.Proof
}

// addTask asks a team for a part of the work. It is ready at once unless it has to
// wait for others.
func (o *Order) addTask(e Env, id string, t Team, s TaskSpec) ([]Event, error) {
	if err := o.can(KindTaskAdd); err != nil {
		return nil, err
	}
	var f fault.Fields
	if len(o.Tasks) >= maxTasks {
		f.Add("teamId", "too_many_items", "max", maxTasks)
	}
	task := Task{ID: id, Key: s.Key, TeamID: t.ID, TeamName: t.Name, Note: line(&f, "note", s.Note, true, 500), NoteEn: s.NoteEn,
		After: s.After, Proof: s.Proof, Limits: s.Limits, AddedAt: e.At, Status: TaskReady}
	if task.Limits == nil {
		l := o.Limits
		task.Limits = &l
	}
	for _, id := range s.After {
		before, err := o.task(id)
		if err != nil {
			f.Add("after", "unknown_reference")
			continue
		}
		if before.open() {
			task.Status = TaskWaiting
		}
	}
	if task.Status == TaskReady {
		due := task.due(e, e.At)
		task.ready(e.At, &due)
	}
	return []Event{e.event(KindTaskAdd, Facts{Task: &task})}, f.Err()
}

// due reckons the deadlines of a task that becomes ready at a moment. A hold of the order
// says what its own work waits for and stops no task.
func (t *Task) due(e Env, at int64) Deadlines {
	if t.Limits == nil {
		return Deadlines{}
	}
	return standing(sla.Clock{Start: at, Policy: t.Limits.policy(e.Book)}, at)
}

// mine refuses what only the person who has the task may do.
func (t *Task) mine(e Env) error {
	if t.AssigneeID != e.ActorID {
		return fault.New(fault.Conflict, "order.task_not_yours", "name", t.AssigneeName)
	}
	return nil
}

// step begins a command on a task: the order is open, the task there, and the command
// possible as it stands.
func (o *Order) step(k Kind, taskID string) (*Task, error) {
	if err := o.can(k); err != nil {
		return nil, err
	}
	t, err := o.task(taskID)
	if err != nil {
		return nil, err
	}
	return t, t.can(k)
}

// assignTask gives a task to a person of a team, or to the team alone.
func (o *Order) assignTask(e Env, taskID string, to Team, w Worker, note string) ([]Event, error) {
	t, err := o.step(KindTaskAssign, taskID)
	if err != nil {
		return nil, err
	}
	var f fault.Fields
	note = line(&f, "note", note, false, 200)
	switch {
	case t.Status == TaskWaiting && w.ID != "":
		return nil, fault.New(fault.Conflict, "order.task_waits")
	case w.ID == "" && to.ID == t.TeamID && t.AssigneeID == "":
		f.Add("teamId", "order.same_team")
	case w.ID != "" && w.ID == t.AssigneeID && to.ID == t.TeamID:
		return nil, f.Err()
	}
	return []Event{e.event(KindTaskAssign, Facts{TaskID: taskID, TeamID: to.ID, TeamName: to.Name, AssigneeID: w.ID, AssigneeName: w.Name, Note: note})}, f.Err()
}

// grabTask takes a task that nobody has; who comes second is told who was first.
func (o *Order) grabTask(e Env, taskID string) ([]Event, error) {
	if err := o.can(KindTaskGrab); err != nil {
		return nil, err
	}
	t, err := o.task(taskID)
	switch {
	case err != nil:
		return nil, err
	case t.AssigneeID == e.ActorID && t.Status == TaskAccepted:
		return nil, nil
	case t.AssigneeID != "" && t.open():
		return nil, fault.New(fault.Conflict, "order.taken", "name", t.AssigneeName)
	}
	if err := t.can(KindTaskGrab); err != nil {
		return nil, err
	}
	return []Event{e.event(KindTaskGrab, o.taskTaken(e, Facts{TaskID: taskID, AssigneeID: e.ActorID, AssigneeName: e.ActorName}))}, nil
}

// taskTaken names the first owner of an order that consists of tasks only.
func (o *Order) taskTaken(e Env, f Facts) Facts {
	if o.TasksOnly {
		f.Owner = o.owns(OwnByAccept, e.ActorID, e.ActorName, e.At)
	}
	return f
}

func (o *Order) acceptTask(e Env, taskID string) ([]Event, error) {
	t, err := o.step(KindTaskAccept, taskID)
	if err != nil {
		return nil, err
	}
	if err := t.mine(e); err != nil {
		return nil, err
	}
	return []Event{e.event(KindTaskAccept, o.taskTaken(e, Facts{TaskID: taskID}))}, nil
}

func (o *Order) refuseTask(e Env, taskID, reason string) ([]Event, error) {
	t, err := o.step(KindTaskRefuse, taskID)
	if err != nil {
		return nil, err
	}
	if err := t.mine(e); err != nil {
		return nil, err
	}
	var f fault.Fields
	reason = line(&f, "reason", reason, true, 200)
	return []Event{e.event(KindTaskRefuse, Facts{TaskID: taskID, Reason: reason})}, f.Err()
}

func (o *Order) arriveTask(e Env, taskID string, scanned bool) ([]Event, error) {
	t, err := o.step(KindTaskArrive, taskID)
	if err != nil {
		return nil, err
	}
	if err := t.mine(e); err != nil {
		return nil, err
	}
	return []Event{e.event(KindTaskArrive, Facts{TaskID: taskID, Scanned: scanned})}, nil
}

// checkTask is the second look: nobody checks the own work.
func (o *Order) checkTask(e Env, taskID string) ([]Event, error) {
	t, err := o.step(KindTaskCheck, taskID)
	if err != nil {
		return nil, err
	}
	if t.AssigneeID == e.ActorID {
		return nil, fault.New(fault.Conflict, "order.own_check")
	}
	if t.CheckedAt > 0 {
		return nil, nil
	}
	return []Event{e.event(KindTaskCheck, Facts{TaskID: taskID})}, nil
}

// prove refuses work that does not show what the task demands.
func (t *Task) prove(w Work) (Work, error) {
	w, err := w.check(Evidence{Photo: t.Proof.Photo, Signature: t.Proof.Signature})
	var f fault.Fields
	if err := f.Merge("", err); err != nil {
		return w, err
	}
	if t.Proof.Labour && w.Labour == 0 {
		f.Add("labour", "required")
	}
	if t.Proof.Parts && len(w.Parts) == 0 {
		f.Add("parts", "required")
	}
	if err := f.Err(); err != nil {
		return w, err
	}
	if t.Proof.Check && t.CheckedAt == 0 {
		return w, fault.New(fault.Conflict, "order.check_demanded")
	}
	return w, nil
}

// doneTask ends a task, makes ready what waited for it, and ends the order when that
// is all there was to do.
func (o *Order) doneTask(e Env, taskID string, w Work) ([]Event, error) {
	if err := o.can(KindTaskDone); err != nil {
		return nil, err
	}
	t, err := o.task(taskID)
	if err != nil {
		return nil, err
	}
	if t.Status == TaskDone && t.AssigneeID == e.ActorID {
		return nil, nil
	}
	if err := t.can(KindTaskDone); err != nil {
		return nil, err
	}
	if t.AssigneeID != "" {
		if err := t.mine(e); err != nil {
			return nil, err
		}
	}
	if w, err = t.prove(w); err != nil {
		return nil, err
	}
	f := o.taskTaken(e, w.facts())
	f.TaskID, f.Form = taskID, nil
	return o.ended(e, e.event(KindTaskDone, f))
}

func (o *Order) cancelTask(e Env, taskID, reason string) ([]Event, error) {
	if _, err := o.step(KindTaskCancel, taskID); err != nil {
		return nil, err
	}
	var f fault.Fields
	reason = line(&f, "reason", reason, true, 200)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return o.ended(e, e.event(KindTaskCancel, Facts{TaskID: taskID, Reason: reason}))
}

// ended returns the end of a task with all that follows from it.
func (o *Order) ended(e Env, end Event) ([]Event, error) {
	after, err := o.after([]Event{end})
	if err != nil {
		return nil, err
	}
	out := []Event{end}
	quiet := e
	quiet.PlaceID, quiet.PlaceName = "", ""
	for i := range after.Tasks {
		t := &after.Tasks[i]
		if t.Status != TaskWaiting || slices.ContainsFunc(t.After, after.waitsFor) {
			continue
		}
		known := quiet // nobody is late for what nobody could know of
		known.At = e.Now
		due := t.due(e, known.At)
		out = append(out, known.event(KindTaskReady, Facts{TaskID: t.ID, TaskDue: &due}))
	}
	return append(out, after.completes(quiet)...), nil
}

// waitsFor tells whether a task is still to be done.
func (o *Order) waitsFor(taskID string) bool {
	t, err := o.task(taskID)
	return err == nil && t.open()
}

// completes returns the event by which the order ends by itself: all tasks are done and
// so is its own work, where it has any. That nothing was done at all is for a person to say.
func (o *Order) completes(e Env) []Event {
	done := o.MainDoneAt > 0
	if o.TasksOnly {
		done = slices.ContainsFunc(o.Tasks, func(t Task) bool { return t.Status == TaskDone })
	}
	if !o.FinishWithLast || !done || o.openTask() != nil || o.can(KindComplete) != nil {
		return nil
	}
	at := o.MainDoneAt
	var said []string
	for _, t := range o.Tasks {
		at = max(at, t.DoneAt)
		if t.Status == TaskDone {
			said = append(said, t.TeamName+":"+t.Remedy)
		}
	}
	remedy := o.Remedy
	if o.TasksOnly {
		remedy = strings.Join(said, ";")
	}
	if r := []rune(remedy); len(r) > 2000 {
		remedy = string(r[:2000])
	}
	end := e
	end.At, end.ActorID, end.ActorName = max(at, o.lastStep()), "system", ""
	return []Event{end.event(KindComplete, Facts{Remedy: remedy, Cause: o.Cause})}
}

// abandon cancels the tasks of an order that ends without them.
func (o *Order) abandon(e Env, reason string, end Event) []Event {
	var out []Event
	for _, t := range o.Tasks {
		if t.open() {
			out = append(out, e.event(KindTaskCancel, Facts{TaskID: t.ID, Reason: reason}))
		}
	}
	return append(out, end)
}
