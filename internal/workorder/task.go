package workorder

import (
	"encoding/json"
	"slices"

	"wardline/internal/catalog"
	"wardline/internal/platform/fault"
)

// Plan is what the template of an item says of an order as a whole.
type Plan struct {
	TasksOnly      bool `json:"tasksOnly,omitempty"`
	FinishWithLast bool `json:"finishWithLast,omitempty"`
}

// TaskStatus says where a task stands.
type TaskStatus string

// The statuses of a task, in their order.
const (
	TaskWaiting   TaskStatus = "waiting"   // 等待前序
	TaskReady     TaskStatus = "ready"     // 待安排
	TaskAssigned  TaskStatus = "assigned"  // 待接受
	TaskAccepted  TaskStatus = "accepted"  // 已接受
	TaskWorking   TaskStatus = "working"   // 处理中
	TaskDone      TaskStatus = "done"      // 已完成
	TaskCancelled TaskStatus = "cancelled" // 已取消
)

// TaskStatuses returns every status a task can have.
func TaskStatuses() []TaskStatus {
	return []TaskStatus{TaskWaiting, TaskReady, TaskAssigned, TaskAccepted, TaskWorking, TaskDone, TaskCancelled}
}

// Ended tells whether nothing is left to be done.
func (s TaskStatus) Ended() bool { return s == TaskDone || s == TaskCancelled }

// Task is a part of an order that a team does, with a person, a clock and a proof of
// its own. The order cannot be finished while a task is open.
type Task struct {
	ID           string        `json:"id"`
	Key          string        `json:"key,omitempty" doc:"Step of the item's template that it was made from"`
	Status       TaskStatus    `json:"status" enum:"waiting,ready,assigned,accepted,working,done,cancelled"`
	After        []string      `json:"after,omitempty" doc:"Tasks that have to end before"`
	TeamID       string        `json:"teamId"`
	TeamName     string        `json:"teamName"`
	AssigneeID   string        `json:"assigneeId,omitempty"`
	AssigneeName string        `json:"assigneeName,omitempty"`
	Note         string        `json:"note"`
	NoteEn       string        `json:"noteEn,omitempty"`
	Proof        catalog.Proof `json:"proof,omitzero" doc:"What has to be shown before it is done"`
	Limits       *Limits       `json:"limits,omitempty" doc:"Minutes from the moment it became ready"`
	Deadlines
	Warned  string `json:"warned,omitempty"`
	Overdue string `json:"overdue,omitempty" doc:"Clocks that ran out, joined by commas: respond, arrive, finish"`

	AddedAt    int64 `json:"addedAt"`
	ReadyAt    int64 `json:"readyAt,omitempty" doc:"When nothing was left to wait for: its clock began"`
	AssignedAt int64 `json:"assignedAt,omitempty"`
	AcceptedAt int64 `json:"acceptedAt,omitempty"`
	ArrivedAt  int64 `json:"arrivedAt,omitempty"`
	DoneAt     int64 `json:"doneAt,omitempty" doc:"When it was done or cancelled"`

	PlaceName   string   `json:"placeName,omitempty" doc:"Where its person arrived"`
	Refusals    int      `json:"refusals,omitempty"`
	Cause       string   `json:"cause,omitempty"`
	Remedy      string   `json:"remedy,omitempty"`
	Labour      int      `json:"labour,omitempty" doc:"Minutes of work"`
	Parts       []Part   `json:"parts,omitempty"`
	Files       []string `json:"files,omitempty" doc:"Attachments"`
	Sign        string   `json:"sign,omitempty" doc:"Attachment with the signature"`
	CheckedByID string   `json:"checkedById,omitempty"`
	CheckedBy   string   `json:"checkedBy,omitempty" doc:"The second person who checked"`
	CheckedAt   int64    `json:"checkedAt,omitempty"`
}

// UnmarshalJSON also reads tasks as they were stored before they had statuses.
func (t *Task) UnmarshalJSON(raw []byte) error {
	type plain Task
	stored := struct {
		plain
		Done bool `json:"done"`
	}{}
	if err := json.Unmarshal(raw, &stored); err != nil {
		return err
	}
	*t = Task(stored.plain)
	if t.Status == "" {
		t.Status, t.ReadyAt = TaskReady, t.AddedAt
		if stored.Done {
			t.Status = TaskDone
		}
	}
	return nil
}

// move is what a kind of event does to the status of one task.
type move struct {
	from []TaskStatus
	to   TaskStatus // empty leaves it
}

// moves says which event may happen to a task in which status. A task that nobody has
// may be done at once by whoever of the team did it.
var moves = map[Kind]move{
	KindTaskReady:   {[]TaskStatus{TaskWaiting}, TaskReady},
	KindTaskAssign:  {[]TaskStatus{TaskWaiting, TaskReady, TaskAssigned, TaskAccepted, TaskWorking}, TaskAssigned}, // or as it was, when only the team changes
	KindTaskGrab:    {[]TaskStatus{TaskReady}, TaskAccepted},
	KindTaskAccept:  {[]TaskStatus{TaskAssigned}, TaskAccepted},
	KindTaskRefuse:  {[]TaskStatus{TaskAssigned, TaskAccepted}, TaskReady},
	KindTaskArrive:  {[]TaskStatus{TaskAccepted}, TaskWorking},
	KindTaskCheck:   {[]TaskStatus{TaskAccepted, TaskWorking}, ""},
	KindTaskDone:    {[]TaskStatus{TaskReady, TaskAssigned, TaskAccepted, TaskWorking}, TaskDone},
	KindTaskCancel:  {[]TaskStatus{TaskWaiting, TaskReady, TaskAssigned, TaskAccepted, TaskWorking}, TaskCancelled},
	KindTaskDueSoon: {[]TaskStatus{TaskReady, TaskAssigned, TaskAccepted, TaskWorking}, ""},
	KindTaskOverdue: {[]TaskStatus{TaskReady, TaskAssigned, TaskAccepted, TaskWorking}, ""},
}

// task returns a task of the order, or the not_found fault.
func (o *Order) task(taskID string) (*Task, error) {
	for i := range o.Tasks {
		if o.Tasks[i].ID == taskID {
			return &o.Tasks[i], nil
		}
	}
	return nil, fault.Missing()
}

// can refuses what may not happen to a task as it stands.
func (t *Task) can(k Kind) error {
	if !slices.Contains(moves[k].from, t.Status) {
		return fault.New(fault.Conflict, "order.task_state", "status", string(t.Status), "command", string(k))
	}
	return nil
}

// open tells whether the task has to be done, now or later.
func (t *Task) open() bool { return !t.Status.Ended() }

// applyTask changes one task by an event.
func (o *Order) applyTask(e *Event) error {
	f := &e.Facts
	if e.Kind == KindTaskAdd {
		if f.Plan != nil {
			o.TasksOnly, o.FinishWithLast = f.Plan.TasksOnly, f.Plan.FinishWithLast
		}
		o.Tasks = append(slices.Clone(o.Tasks), *f.Task)
		return nil
	}
	o.Tasks = slices.Clone(o.Tasks)
	t, err := o.task(f.TaskID)
	if err != nil {
		return err
	}
	if err := t.can(e.Kind); err != nil {
		return err
	}
	if to := moves[e.Kind].to; to != "" {
		t.Status = to
	}
	switch e.Kind {
	case KindTaskReady:
		t.ready(e.At, f.TaskDue)
	case KindTaskAssign:
		t.give(e)
	case KindTaskGrab:
		t.AssigneeID, t.AssigneeName, t.AssignedAt = f.AssigneeID, f.AssigneeName, e.At
		first(&t.AcceptedAt, e.At)
	case KindTaskAccept:
		first(&t.AcceptedAt, e.At)
	case KindTaskRefuse:
		t.Refusals++
		t.AssigneeID, t.AssigneeName = "", ""
	case KindTaskArrive:
		first(&t.ArrivedAt, e.At)
		t.PlaceName = e.PlaceName
	case KindTaskCheck:
		t.CheckedByID, t.CheckedBy, t.CheckedAt = e.ActorID, e.ActorName, e.At
	case KindTaskDone:
		o.taskDone(t, e)
	case KindTaskCancel:
		t.DoneAt, t.Remedy = e.At, f.Reason
	case KindTaskDueSoon:
		t.Warned = addClock(t.Warned, f.Clock)
	case KindTaskOverdue:
		t.Overdue = addClock(t.Overdue, f.Clock)
	}
	if o.TasksOnly { // who works on its tasks answers for the order
		switch e.Kind {
		case KindTaskAccept, KindTaskGrab:
			first(&o.AcceptedAt, e.At)
		case KindTaskArrive:
			first(&o.AcceptedAt, e.At)
			first(&o.ArrivedAt, e.At)
		}
	}
	return nil
}

func (t *Task) ready(at int64, due *Deadlines) {
	t.ReadyAt = at
	if due != nil {
		t.Deadlines = *due
	}
}

// give hands the task to another person or team; what was reached stays reached.
func (t *Task) give(e *Event) {
	f := &e.Facts
	if f.TeamID != "" {
		t.TeamID, t.TeamName = f.TeamID, f.TeamName
	}
	t.AssigneeID, t.AssigneeName = f.AssigneeID, f.AssigneeName
	t.CheckedByID, t.CheckedBy, t.CheckedAt = "", "", 0
	switch {
	case t.ReadyAt == 0:
		t.Status = TaskWaiting
	case f.AssigneeID == "":
		t.Status = TaskReady
	default:
		t.AssignedAt = e.At
	}
}

func (o *Order) taskDone(t *Task, e *Event) {
	f := &e.Facts
	t.DoneAt, t.Cause, t.Remedy, t.Labour, t.Parts, t.Files, t.Sign = e.At, f.Cause, f.Remedy, f.Labour, f.Parts, f.Files, f.Sign
	t.AssigneeID, t.AssigneeName = e.ActorID, e.ActorName
	o.Labour += f.Labour
	if len(f.Parts) > 0 {
		o.Parts = append(slices.Clone(o.Parts), f.Parts...)
	}
	if o.TasksOnly {
		first(&o.AcceptedAt, e.At)
	}
}

// openTask returns a task that is not ended; nil when all are.
func (o *Order) openTask() *Task {
	for i := range o.Tasks {
		if o.Tasks[i].open() {
			return &o.Tasks[i]
		}
	}
	return nil
}

// lastStep returns the moment of the task's last change that left a mark.
func (t *Task) lastStep() int64 {
	return max(t.AddedAt, t.ReadyAt, t.AssignedAt, t.AcceptedAt, t.ArrivedAt, t.CheckedAt)
}
