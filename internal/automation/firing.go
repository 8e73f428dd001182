package automation

// State says what became of a firing.
type State string

// The states.
const (
	Planned State = "planned"
	Done    State = "done"
	Failed  State = "failed"
	Stopped State = "stopped" // kept from running in circles
)

// Firing is one time a rule met an order.
type Firing struct {
	ID          string `db:"id" json:"id"`
	RuleID      string `db:"rule_id" json:"ruleId"`
	RuleVersion int64  `db:"rule_version" json:"ruleVersion"`
	NameZh      string `db:"name_zh" json:"nameZh"`
	NameEn      string `db:"name_en" json:"nameEn"`
	OrderID     string `db:"order_id" json:"orderId"`
	Number      string `db:"number" json:"number"`
	Slot        string `db:"slot" json:"slot" doc:"The event's number, or the moment of the rule's time"`
	Depth       int64  `db:"depth" json:"depth" doc:"Firings behind the event that set it off"`
	State       State  `db:"state" json:"state" enum:"planned,done,failed,stopped"`
	Reason      string `db:"reason" json:"reason,omitempty" doc:"Why it was stopped or failed: depth, too_often, or what went wrong"`
	Next        int64  `db:"next" json:"-"` // number of the next action
	Steps       []Step `db:"steps,json" json:"steps"`
	At          int64  `db:"at" json:"at"`
	EndedAt     int64  `db:"ended_at" json:"endedAt,omitempty"`
}

// Step is what became of one action.
type Step struct {
	Kind   ActionKind `json:"kind"`
	Result string     `json:"result" enum:"done,unchanged,refused" doc:"unchanged: nothing was left to do"`
	Detail string     `json:"detail,omitempty" doc:"Whom, which team, or the code of the refusal"`
}

// Reasons why a firing is stopped.
const (
	TooDeep  = "depth"
	TooOften = "too_often"
)
