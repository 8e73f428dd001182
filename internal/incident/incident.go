package incident

import (
	"slices"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/workorder"
)

// Status says where an incident stands.
type Status string

// The statuses, in their order.
const (
	Open      Status = "open"      // 处置中
	Mitigated Status = "mitigated" // 已缓解: people can work again, the cause is still there
	Resolved  Status = "resolved"  // 已恢复
	Closed    Status = "closed"    // 已结案
)

// next says which status may follow which.
var next = map[Status][]Status{
	Open:      {Mitigated, Resolved},
	Mitigated: {Open, Resolved},
	Resolved:  {Open, Closed},
}

// Running tells whether the fault is still there.
func (s Status) Running() bool { return s == Open || s == Mitigated }

// Incident is many reports of one cause.
type Incident struct {
	ID      string `db:"id" json:"id"`
	Number  string `db:"number" json:"number"`
	Version int64  `db:"version" json:"version"`
	Status  Status `db:"status" json:"status" enum:"open,mitigated,resolved,closed"`
	Title   string `db:"title" json:"title"`

	LeadID     string   `db:"lead_id" json:"leadId" doc:"The order that is worked on for all"`
	LeadNo     string   `db:"lead_no" json:"leadNumber"`
	ItemName   string   `db:"item_name" json:"itemName"`
	ItemNameEn string   `db:"item_name_en" json:"itemNameEn"`
	Priority   string   `db:"priority" json:"priority"`
	ItemIDs    []string `db:"item_ids,json" json:"itemIds" doc:"Reports of these items may tell of it"`
	PlaceID    string   `db:"place_id" json:"placeId,omitempty" doc:"Where the fault is; reports from within it may tell of it"`
	PlaceName  string   `db:"place_name" json:"placeName,omitempty"`
	AssetID    string   `db:"asset_id" json:"-"`
	CampusID   string   `db:"campus_id" json:"-"`
	Department string   `db:"department_id" json:"-"`
	TeamID     string   `db:"team_id" json:"-"`

	Everywhere    bool     `db:"everywhere" json:"everywhere" doc:"The whole hospital is affected"`
	CampusIDs     []string `db:"campus_ids,json" json:"campusIds,omitempty"`
	DepartmentIDs []string `db:"department_ids,json" json:"departmentIds,omitempty"`

	CommanderID   string `db:"commander_id" json:"commanderId"`
	CommanderName string `db:"commander_name" json:"commanderName"`
	PlanNameZh    string `db:"plan_name_zh" json:"planNameZh,omitempty"`
	PlanNameEn    string `db:"plan_name_en" json:"planNameEn,omitempty"`

	Broadcast  bool   `db:"broadcast" json:"broadcast" doc:"Those affected are told"`
	Notice     string `db:"notice" json:"notice" doc:"What they are told"`
	NoticeAt   int64  `db:"notice_at" json:"noticeAt,omitempty"`
	Told       int64  `db:"told" json:"-"` // how often a message went out
	ExpectedAt int64  `db:"expected_at" json:"expectedAt,omitempty" doc:"When it should be over"`
	UpdateDue  int64  `db:"update_due" json:"updateDue,omitempty" doc:"When the next word of progress is due"`
	Reminded   int64  `db:"reminded" json:"-"` // the due moment that was reminded of

	Urges   int64  `db:"urges" json:"urges"`
	Solved  int64  `db:"solved" json:"solved" doc:"Members solved since it was resolved"`
	ToSolve int64  `db:"to_solve" json:"toSolve" doc:"Members that were open when it was resolved"`
	Cause   string `db:"cause" json:"cause,omitempty"`
	Remedy  string `db:"remedy" json:"remedy,omitempty"`
	Report  Report `db:"report,json" json:"report"`

	BeganAt      int64  `db:"began_at" json:"beganAt" doc:"The first report"`
	DeclaredAt   int64  `db:"declared_at" json:"declaredAt"`
	DeclaredBy   string `db:"declared_by" json:"declaredBy"`
	DeclaredName string `db:"declared_name" json:"declaredName"`
	MitigatedAt  int64  `db:"mitigated_at" json:"mitigatedAt,omitempty"`
	ResolvedAt   int64  `db:"resolved_at" json:"resolvedAt,omitempty"`
	ClosedAt     int64  `db:"closed_at" json:"closedAt,omitempty"`
	UpdatedAt    int64  `db:"updated_at" json:"updatedAt"`
}

// Scope is a campus, or a department in it, that an incident affects.
type Scope struct {
	IncidentID   string `db:"incident_id"`
	CampusID     string `db:"campus_id"`
	DepartmentID string `db:"department_id"`
}

// Report is the closing report.
type Report struct {
	Impact    string     `json:"impact,omitempty" maxLength:"2000"`
	Cause     string     `json:"cause,omitempty" maxLength:"2000"`
	Measures  string     `json:"measures,omitempty" maxLength:"2000"`
	Lessons   string     `json:"lessons,omitempty" maxLength:"2000"`
	FollowUps []FollowUp `json:"followUps,omitempty" maxItems:"20"`
	Orders    int64      `json:"orders,omitempty" doc:"Orders of it, when it was closed"`
	Areas     int64      `json:"departments,omitempty" doc:"Departments that reported it, when it was closed"`
	Minutes   int64      `json:"minutes,omitempty" doc:"From the first report until it was resolved"`
}

// FollowUp is something to be done so that it does not happen again.
type FollowUp struct {
	Text  string `json:"text" minLength:"1" maxLength:"300"`
	Owner string `json:"owner" minLength:"1" maxLength:"60"`
	DueAt int64  `json:"dueAt" doc:"Unix milliseconds"`
}

// complete blames what a report lacks for closing.
func (r *Report) complete(now int64) error {
	var f fault.Fields
	for _, x := range []struct{ name, value string }{{"impact", r.Impact}, {"cause", r.Cause}, {"measures", r.Measures}, {"lessons", r.Lessons}} {
		if strings.TrimSpace(x.value) == "" {
			f.Add("report."+x.name, "required")
		}
	}
	for i, u := range r.FollowUps {
		if u.DueAt < now-clock.Day || u.DueAt > now+3*366*clock.Day {
			f.Add(followField(i, "dueAt"), "incident.due")
		}
	}
	return f.Err()
}

// move changes the status, or returns the incident.state fault.
func (i *Incident) move(to Status, now int64) error {
	if !slices.Contains(next[i.Status], to) {
		return fault.New(fault.Conflict, "incident.state", "status", string(i.Status))
	}
	i.Status = to
	switch to {
	case Mitigated:
		i.MitigatedAt = now
	case Resolved:
		i.ResolvedAt, i.UpdateDue = now, 0
	case Closed:
		i.ClosedAt = now
	case Open:
		i.MitigatedAt, i.ResolvedAt = 0, 0
	}
	return nil
}

// keys are to whom the incident belongs beside those it affects.
func (i *Incident) keys() identity.Keys {
	k := identity.Keys{Campus: i.CampusID, Department: i.Department, Everyone: i.Everywhere}
	if i.TeamID != "" {
		k.Teams = []string{i.TeamID}
	}
	for _, p := range []string{i.CommanderID, i.DeclaredBy} {
		if p != "" && p != "system" {
			k.People = append(k.People, p)
		}
	}
	return k
}

// sees tells whether the actor holds a permission for the incident.
func (i *Incident) sees(a *identity.Actor, p identity.Permission, reach []Scope) bool {
	k := i.keys()
	if p != identity.IncidentRead {
		k.Everyone = false
	}
	return a.May(p, k) || slices.ContainsFunc(reach, func(s Scope) bool {
		return a.May(p, identity.Keys{Campus: s.CampusID, Department: s.DepartmentID})
	})
}

// affects tells whether somebody of a campus and department is affected.
func (i *Incident) affects(campusID, departmentID string) bool {
	return i.Everywhere || campusID != "" && slices.Contains(i.CampusIDs, campusID) || departmentID != "" && slices.Contains(i.DepartmentIDs, departmentID)
}

// Spot is where a report comes from.
type Spot struct {
	ItemID, AssetID, CampusID, DepartmentID string
	Above                                   []string // the place with all those above it
}

// meets tells whether a report tells of this incident.
func (i *Incident) meets(s Spot) bool {
	if !i.Status.Running() || !slices.Contains(i.ItemIDs, s.ItemID) {
		return false
	}
	return i.affects(s.CampusID, s.DepartmentID) || i.AssetID != "" && i.AssetID == s.AssetID || i.PlaceID != "" && slices.Contains(s.Above, i.PlaceID)
}

// State is what those who see an order of the incident are told.
func (i *Incident) State() workorder.IncidentState {
	return workorder.IncidentState{ID: i.ID, Number: i.Number, Title: i.Title, Status: string(i.Status), Notice: i.Notice, NoticeAt: i.NoticeAt,
		ExpectedAt: i.ExpectedAt, Since: i.BeganAt}
}

// ref names it on an order.
func (i *Incident) ref() workorder.IncidentRef {
	return workorder.IncidentRef{ID: i.ID, Number: i.Number}
}

// EntryKind says what an entry of the timeline tells.
type EntryKind string

// The kinds of entry.
const (
	Declared    EntryKind = "declared"
	Attached    EntryKind = "attached"
	Joined      EntryKind = "joined" // a later caller was told and joined
	Detached    EntryKind = "detached"
	Commanded   EntryKind = "commander"
	Progress    EntryKind = "update"
	Announced   EntryKind = "broadcast"
	Moved       EntryKind = "status"
	StepAdded   EntryKind = "step_added"
	StepDone    EntryKind = "step_done"
	StepUndone  EntryKind = "step_undone"
	StepLate    EntryKind = "step_overdue"
	UpdateLate  EntryKind = "update_due"
	Urged       EntryKind = "urged"
	AllSolved   EntryKind = "all_solved"
	ReportSaved EntryKind = "report"
)

// Entry is one line of the timeline.
type Entry struct {
	ID         string    `db:"id" json:"id"`
	IncidentID string    `db:"incident_id" json:"-"`
	Key        string    `db:"key" json:"-"`
	Kind       EntryKind `db:"kind" json:"kind"`
	At         int64     `db:"at" json:"at"`
	RecordedAt int64     `db:"recorded_at" json:"recordedAt"`
	ActorID    string    `db:"actor_id" json:"actorId"`
	ActorName  string    `db:"actor_name" json:"actorName"`
	OrderID    string    `db:"order_id" json:"orderId,omitempty"`
	Number     string    `db:"number" json:"number,omitempty" doc:"Of the order"`
	Text       string    `db:"text" json:"text,omitempty"`
	Event      string    `json:"event,omitempty" doc:"Kind of the lead order's event, for an entry that comes from there"`
}

// Step is one thing of the check list.
type Step struct {
	ID         string `db:"id" json:"id"`
	IncidentID string `db:"incident_id" json:"-"`
	Position   int64  `db:"position" json:"position"`
	TitleZh    string `db:"title_zh" json:"titleZh"`
	TitleEn    string `db:"title_en" json:"titleEn"`
	RoleZh     string `db:"role_zh" json:"roleZh,omitempty"`
	RoleEn     string `db:"role_en" json:"roleEn,omitempty"`
	OwnerID    string `db:"owner_id" json:"ownerId,omitempty"`
	OwnerName  string `db:"owner_name" json:"ownerName,omitempty"`
	DueAt      int64  `db:"due_at" json:"dueAt,omitempty"`
	OverdueAt  int64  `db:"overdue_at" json:"overdueAt,omitempty" doc:"Its time ran out then"`
	DoneAt     int64  `db:"done_at" json:"doneAt,omitempty"`
	DoneBy     string `db:"done_by" json:"doneBy,omitempty"`
	DoneName   string `db:"done_name" json:"doneName,omitempty"`
	Note       string `db:"note" json:"note,omitempty"`
}
