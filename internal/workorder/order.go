package workorder

import (
	"slices"

	"wardline/internal/identity"
	"wardline/internal/sla"
)

// Status says where in the loop an order stands.
type Status string

// The statuses, in the order of the loop.
const (
	None      Status = ""          // not reported yet
	Reported  Status = "reported"  // 待受理
	Queued    Status = "queued"    // 待派单
	Pooled    Status = "pooled"    // 待抢单
	Assigned  Status = "assigned"  // 待接单
	Accepted  Status = "accepted"  // 已接单
	Working   Status = "working"   // 处理中
	Held      Status = "held"      // 已挂起
	Finished  Status = "finished"  // 待确认
	Confirmed Status = "confirmed" // 待回访
	Closed    Status = "closed"    // 已归档
	Cancelled Status = "cancelled" // 已取消
	Merged    Status = "merged"    // 已合并
)

// Statuses returns every status an order can have, in the order of the loop.
func Statuses() []Status {
	return []Status{Reported, Queued, Pooled, Assigned, Accepted, Working, Held, Finished, Confirmed, Closed, Cancelled, Merged}
}

// Open tells whether work on the order is still to be done.
func (s Status) Open() bool {
	switch s {
	case Reported, Queued, Pooled, Assigned, Accepted, Working, Held:
		return true
	}
	return false
}

// Mode says how the order is to be solved.
type Mode string

// The modes.
const (
	Remote Mode = "remote"
	Onsite Mode = "onsite"
)

// Channel says by which way a report came in.
type Channel string

// The channels.
const (
	ByScan   Channel = "scan"
	ByPhone  Channel = "phone"
	ByWeb    Channel = "web"
	ByDesk   Channel = "desk"
	ByPublic Channel = "public"
	ByAPI    Channel = "api"
	ByPlan   Channel = "plan"
	ByImport Channel = "import"
)

// Priorities from most to least urgent; T0–T2 are those of transport.
var priorities = []string{"P1", "T0", "P2", "T1", "P3", "T2", "P4"}

// KnownPriority tells whether p is a priority.
func KnownPriority(p string) bool { return rank(p) < len(priorities) }

func rank(p string) int {
	for i, q := range priorities {
		if p == q {
			return i
		}
	}
	return len(priorities)
}

// Urgent tells whether the priority is of the highest rank: always called back.
func Urgent(p string) bool { return p == "P1" || p == "T0" }

// Pause is a time during which the clock stood still.
type Pause struct {
	From   int64  `json:"from" doc:"Unix milliseconds"`
	To     int64  `json:"to,omitempty" doc:"Absent while it lasts"`
	Reason string `json:"reason"`
	// Stops are the clocks it stopped; 0, as before reasons differed, is all of them.
	Stops sla.Milestone `json:"stops,omitempty" doc:"Bits: 1 respond, 2 arrive, 4 finish, 8 none of them; absent is all"`
}

// Limits are the promised times of an order.
type Limits struct {
	Respond  int    `json:"respond" doc:"Minutes from report to acceptance; 0 is no limit"`
	Arrive   int    `json:"arrive" doc:"Minutes from report to arrival; 0 is no limit or booked"`
	Finish   int    `json:"finish" doc:"Minutes from report to finish; 0 is no limit"`
	Calendar string `json:"calendar" doc:"24x7, or the id of a working calendar"`
}

// Deadlines are the moments by which the limits end, in Unix milliseconds; 0 is none.
type Deadlines struct {
	Respond int64 `db:"respond_due" json:"respondDue,omitempty"`
	Arrive  int64 `db:"arrive_due" json:"arriveDue,omitempty"`
	Finish  int64 `db:"finish_due" json:"finishDue,omitempty"`
}

// Mark is what a clock keeps from before its limit or its calendar changed.
type Mark struct {
	Kept  int64 `json:"kept,omitempty" doc:"It was met or broken by this moment and stays so; -1: it was met without a limit"`
	Floor int64 `json:"floor,omitempty" doc:"Not due before this, the moment of the change"`
}

// Marks are those of the three clocks.
type Marks struct {
	Respond Mark `json:"respond,omitzero"`
	Arrive  Mark `json:"arrive,omitzero"`
	Finish  Mark `json:"finish,omitzero"`
}

// Part is one kind of part or consumable used.
type Part struct {
	Code     string  `json:"code,omitempty" maxLength:"60"`
	Name     string  `json:"name" minLength:"1" maxLength:"100"`
	Quantity float64 `json:"quantity" exclusiveMinimum:"0" maximum:"100000"`
	Unit     string  `json:"unit,omitempty" maxLength:"20"`
}

// Scores are what the reporter or the caller-back says, 1 (very bad) to 5 (very good); 0 is not said.
type Scores struct {
	Overall  int    `json:"overall" minimum:"1" maximum:"5"`
	Speed    int    `json:"speed,omitempty" minimum:"0" maximum:"5"`
	Attitude int    `json:"attitude,omitempty" minimum:"0" maximum:"5"`
	Quality  int    `json:"quality,omitempty" minimum:"0" maximum:"5"`
	Comment  string `json:"comment,omitempty" maxLength:"500"`
}

// Order is one thing that has to be done, as it stands now. It is always the sum
// of its events: see Rebuild.
type Order struct {
	ID      string `db:"id" json:"id"`
	Number  string `db:"number" json:"number" doc:"Short number for people, unique, for example 261122-0042"`
	Version int64  `db:"version" json:"version" doc:"Number of the last event; send it back to be told of changes in between"`
	Status  Status `db:"status" json:"status" enum:"reported,queued,pooled,assigned,accepted,working,held,finished,confirmed,closed,cancelled,merged"`
	Open    bool   `db:"open" json:"open"`

	Channel     Channel        `db:"channel" json:"channel"`
	ItemID      string         `db:"item_id" json:"itemId"`
	ItemVersion int64          `db:"item_version" json:"itemVersion"`
	ItemCode    string         `db:"item_code" json:"itemCode"`
	ItemName    string         `db:"item_name" json:"itemName"`
	ItemNameEn  string         `db:"item_name_en" json:"itemNameEn"`
	Symptom     string         `db:"symptom" json:"symptom,omitempty" doc:"Third level of the catalogue"`
	Words       string         `db:"words" json:"words,omitempty" doc:"The caller's own wording"`
	Form        map[string]any `db:"form,json" json:"form,omitempty" doc:"Answers to the item's form"`
	Priority    string         `db:"priority" json:"priority" enum:"P1,P2,P3,P4,T0,T1,T2"`
	Mode        Mode           `db:"mode" json:"mode" enum:"remote,onsite"`
	AidTools    []string       `db:"aid_tools,json" json:"aidTools,omitempty"`
	WantedAt    int64          `db:"wanted_at" json:"wantedAt,omitempty"`

	CampusID       string `db:"campus_id" json:"campusId"`
	DepartmentID   string `db:"department_id" json:"departmentId"`
	DepartmentName string `db:"department_name" json:"departmentName"`
	PlaceID        string `db:"place_id" json:"placeId,omitempty"`
	PlaceName      string `db:"place_name" json:"placeName,omitempty"`
	AssetID        string `db:"asset_id" json:"assetId,omitempty"`
	AssetName      string `db:"asset_name" json:"assetName,omitempty"`
	ContactName    string `db:"contact_name" json:"contactName,omitempty"`
	ContactPhone   string `db:"contact_phone" json:"contactPhone,omitempty"`
	ReporterID     string `db:"reporter_id" json:"reporterId,omitempty" doc:"Person whose order it is"`
	CreatorID      string `db:"creator_id" json:"creatorId,omitempty" doc:"Person who entered it"`

	TeamID       string `db:"team_id" json:"teamId,omitempty"`
	TeamName     string `db:"team_name" json:"teamName,omitempty"`
	VendorID     string `db:"vendor_id" json:"vendorId,omitempty"`
	AssigneeID   string `db:"assignee_id" json:"assigneeId,omitempty"`
	AssigneeName string `db:"assignee_name" json:"assigneeName,omitempty"`

	ReportedAt   int64 `db:"reported_at" json:"reportedAt"`
	IntakeAt     int64 `db:"intake_at" json:"intakeAt,omitempty"`
	DispatchedAt int64 `db:"dispatched_at" json:"dispatchedAt,omitempty"`
	AcceptedAt   int64 `db:"accepted_at" json:"acceptedAt,omitempty" doc:"First acceptance: the response"`
	ArrivedAt    int64 `db:"arrived_at" json:"arrivedAt,omitempty" doc:"First arrival"`
	FinishedAt   int64 `db:"finished_at" json:"finishedAt,omitempty" doc:"Last finish"`
	ConfirmedAt  int64 `db:"confirmed_at" json:"confirmedAt,omitempty"`
	ClosedAt     int64 `db:"closed_at" json:"closedAt,omitempty"`
	UpdatedAt    int64 `db:"updated_at" json:"updatedAt"`

	Limits Limits `db:"limits,json" json:"limits"`
	Deadlines
	ClockStart  int64   `db:"clock_start" json:"clockStart" doc:"When the clocks began: the report, or the last reopening"`
	Pauses      []Pause `db:"pauses,json" json:"pauses,omitempty"`
	Marks       Marks   `db:"marks,json" json:"marks,omitzero" doc:"What the clocks keep from before a change"`
	ResumeTo    Status  `db:"resume_to" json:"resumeTo,omitempty"`
	HoldReason  string  `db:"hold_reason" json:"holdReason,omitempty"`
	HoldUntil   int64   `db:"hold_until" json:"holdUntil,omitempty"`
	NextCheckAt int64   `db:"next_check_at" json:"-"`
	Warned      string  `db:"warned" json:"-"`
	Overdue     string  `db:"overdue" json:"overdue,omitempty" doc:"Clocks that ran out, joined by commas: respond, arrive, finish"`

	Urges        int    `db:"urges" json:"urges"`
	Reworks      int    `db:"reworks" json:"reworks" doc:"Times it came back unsolved"`
	Visits       int    `db:"visits" json:"visits"`
	Refusals     int    `db:"refusals" json:"refusals"`
	Level        int    `db:"level" json:"level" doc:"Times it was escalated"`
	WatchID      string `db:"watch_id" json:"watchId,omitempty" doc:"The supervisor's watch it is under"`
	RemoteSolved bool   `db:"remote_solved" json:"remoteSolved"`
	OnsiteOnly   bool   `db:"onsite_only" json:"onsiteOnly,omitempty" doc:"A remote attempt failed or the fault keeps coming back: only a visit ends it"`
	Cause        string `db:"cause" json:"cause,omitempty"`
	Remedy       string `db:"remedy" json:"remedy,omitempty"`
	Labour       int    `db:"labour" json:"labour" doc:"Minutes of work"`
	Parts        []Part `db:"parts,json" json:"parts,omitempty"`

	Rating      *Scores `db:"rating,json" json:"rating,omitempty"`
	CallBack    string  `db:"call_back" json:"callBack,omitempty" enum:",due,done,failed" doc:"State of the call-back"`
	CallBackTry int     `db:"call_back_try" json:"callBackTry"`
	MergedInto  string  `db:"merged_into" json:"mergedInto,omitempty"`
	BatchID     string  `db:"batch_id" json:"batchId,omitempty" doc:"Import the order came with"`
	Tasks       []Task  `db:"tasks,json" json:"tasks,omitempty"`

	IncidentID   string `db:"incident_id" json:"incidentId,omitempty" doc:"Major incident it is part of"`
	IncidentNo   string `db:"incident_no" json:"incidentNumber,omitempty"`
	IncidentRole string `db:"incident_role" json:"incidentRole,omitempty" enum:",lead,member" doc:"A member waits for the incident's end and is solved with it"`

	TasksOnly      bool   `db:"tasks_only" json:"tasksOnly,omitempty" doc:"It consists of its tasks: there is no other work"`
	FinishWithLast bool   `db:"finish_with_last" json:"finishWithLast,omitempty" doc:"It finishes by itself when all work is done"`
	MainDoneAt     int64  `db:"main_done_at" json:"mainDoneAt,omitempty" doc:"Its own work was done while tasks were open"`
	Owner          *Owner `db:"owner,json" json:"owner,omitempty"`
	Squad          *Squad `db:"squad,json" json:"squad,omitempty"`
}

// Keys say whose the order is; they decide who may see it.
func (o *Order) Keys() identity.Keys {
	k := identity.Keys{Campus: o.CampusID, Department: o.DepartmentID, Vendor: o.VendorID}
	if o.TeamID != "" {
		k.Teams = append(k.Teams, o.TeamID)
	}
	for _, p := range []string{o.ReporterID, o.CreatorID, o.AssigneeID} {
		if p != "" {
			k.People = append(k.People, p)
		}
	}
	for _, h := range o.helpers() {
		if h.TeamID != "" {
			k.Teams = append(k.Teams, h.TeamID)
		}
		if h.PersonID != "" {
			k.People = append(k.People, h.PersonID)
		}
	}
	return k
}

// helper is a team or a person that tasks, squad or ownership let in.
type helper struct{ TeamID, PersonID string }

func (o *Order) helpers() []helper {
	var out []helper
	add := func(h helper) {
		if h != (helper{}) && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	for _, t := range o.Tasks {
		if t.Status != TaskCancelled {
			add(helper{TeamID: t.TeamID})
			add(helper{PersonID: t.AssigneeID})
			add(helper{PersonID: t.CheckedByID})
		}
	}
	add(helper{PersonID: o.ownerID()})
	if o.Squad != nil {
		for _, m := range o.Squad.Members {
			add(helper{PersonID: m.ID})
		}
	}
	return out
}
