package automation

import (
	"slices"
	"strings"
	"time"

	"wardline/internal/platform/clock"
	"wardline/internal/workorder"
)

// FieldType is the type of a field that conditions speak of.
type FieldType string

// The types.
const (
	Text   FieldType = "text"
	Number FieldType = "number"
	Truth  FieldType = "truth"
	List   FieldType = "list" // of texts
)

// FieldInfo is a field that conditions may speak of.
type FieldInfo struct {
	Name   string    `json:"name"`
	Type   FieldType `json:"type" enum:"text,number,truth,list"`
	NameZh string    `json:"nameZh"`
	NameEn string    `json:"nameEn"`
	Values []string  `json:"values,omitempty" doc:"The values there are, where they are few"`
}

// FieldInfos returns every field, in the order of the condition builder.
func FieldInfos() []FieldInfo {
	var statuses, kinds []string
	for _, s := range workorder.Statuses() {
		statuses = append(statuses, string(s))
	}
	for _, k := range TriggerEvents() {
		kinds = append(kinds, string(k))
	}
	return []FieldInfo{
		{"status", Text, "状态", "Status", statuses},
		{"priority", Text, "优先级", "Priority", []string{"P1", "P2", "P3", "P4", "T0", "T1", "T2"}},
		{"item", Text, "项目编码", "Item code", nil},
		{"item_name", Text, "项目名称", "Item name", nil},
		{"category", Text, "项目类别(编码前两位)", "Category (first letters of the item code)", nil},
		{"symptom", Text, "现象", "Symptom", nil},
		{"words", Text, "原话", "Words", nil},
		{"mode", Text, "处理方式", "Mode", []string{"remote", "onsite"}},
		{"channel", Text, "渠道", "Channel", []string{"scan", "phone", "web", "desk", "public", "api", "plan", "import"}},
		{"campus", Text, "院区", "Campus (id)", nil},
		{"department", Text, "科室", "Department (id)", nil},
		{"department_name", Text, "科室名称", "Department name", nil},
		{"place_name", Text, "地点名称", "Place name", nil},
		{"place_class", Text, "地点类型", "Place class", []string{"outpatient", "emergency", "ward", "icu", "theatre", "medtech", "office", "public", "logistics", "technical", "other"}},
		{"team", Text, "班组", "Team (id)", nil},
		{"team_name", Text, "班组名称", "Team name", nil},
		{"has_team", Truth, "已有班组", "Has a team", nil},
		{"has_assignee", Truth, "已有处理人", "Has an assignee", nil},
		{"has_asset", Truth, "已关联资产", "Names an asset", nil},
		{"asset_name", Text, "资产名称", "Asset name", nil},
		{"urges", Number, "催单次数", "Urges", nil},
		{"reworks", Number, "返修次数", "Reworks", nil},
		{"refusals", Number, "退单次数", "Refusals", nil},
		{"visits", Number, "到场次数", "Visits", nil},
		{"level", Number, "升级次数", "Level", nil},
		{"open_tasks", Number, "未完成协作任务数", "Open tasks", nil},
		{"overdue", List, "已超时的时限", "Overdue clocks", []string{"respond", "arrive", "finish"}},
		{"minutes_open", Number, "已历时(分钟)", "Minutes since the report", nil},
		{"repeats", Number, "7 天内同一故障次数", "Same fault within seven days", nil},
		{"hold_reason", Text, "挂起原因", "Hold reason (code)", nil},
		{"hold_dated", Truth, "挂起有期限", "Hold has a date", nil},
		{"rating", Number, "评分(0 为未评)", "Rating (0 is none)", nil},
		{"call_back", Text, "回访状态", "Call-back", []string{"", "due", "done", "failed"}},
		{"hour", Number, "当前小时(0–23)", "Hour of the day", nil},
		{"weekday", Number, "星期(1 周一–7 周日)", "Weekday (1 Monday – 7 Sunday)", nil},
		{"workday", Truth, "工作日", "A workday", nil},
		{"event", Text, "事件", "Event", kinds},
		{"event_clock", Text, "事件的时限", "The event's clock", []string{"", "respond", "arrive", "finish"}},
		{"event_reason", Text, "事件的原因", "The event's reason", nil},
		{"by_rule", Truth, "由规则引起", "Brought about by a rule", nil},
	}
}

func fieldNamed(name string) (FieldInfo, bool) {
	list := FieldInfos()
	i := slices.IndexFunc(list, func(f FieldInfo) bool { return f.Name == name })
	if i < 0 {
		return FieldInfo{}, false
	}
	return list[i], true
}

// Surroundings are what the order itself does not say.
type Surroundings struct {
	PlaceClass string
	Workday    bool
	Repeats    int64
}

// facts are the values of all fields for an order at a moment; e is the event that
// made the rule look, or nil.
func facts(o *workorder.Order, e *workorder.Event, around Surroundings, at int64, zone *time.Location) map[string]any {
	now := clock.Time(at).In(zone)
	weekday := int64(now.Weekday())
	if weekday == 0 {
		weekday = 7
	}
	tasks, rating := int64(0), int64(0)
	for _, t := range o.Tasks {
		if !t.Status.Ended() {
			tasks++
		}
	}
	if o.Rating != nil {
		rating = int64(o.Rating.Overall)
	}
	overdue := []string{}
	if o.Overdue != "" {
		overdue = strings.Split(o.Overdue, ",")
	}
	out := map[string]any{
		"status": string(o.Status), "priority": o.Priority, "item": o.ItemCode, "item_name": o.ItemName, "category": category(o.ItemCode),
		"symptom": o.Symptom, "words": o.Words, "mode": string(o.Mode), "channel": string(o.Channel), "campus": o.CampusID,
		"department": o.DepartmentID, "department_name": o.DepartmentName, "place_name": o.PlaceName, "place_class": around.PlaceClass,
		"team": o.TeamID, "team_name": o.TeamName, "has_team": o.TeamID != "", "has_assignee": o.AssigneeID != "",
		"has_asset": o.AssetID != "", "asset_name": o.AssetName, "urges": int64(o.Urges), "reworks": int64(o.Reworks),
		"refusals": int64(o.Refusals), "visits": int64(o.Visits), "level": int64(o.Level), "open_tasks": tasks, "overdue": overdue,
		"minutes_open": max(at-o.ReportedAt, 0) / clock.Minute, "repeats": around.Repeats, "hold_reason": o.HoldReason,
		"hold_dated": o.HoldUntil > 0, "rating": rating, "call_back": o.CallBack, "hour": int64(now.Hour()), "weekday": weekday,
		"workday": around.Workday, "event": "", "event_clock": "", "event_reason": "", "by_rule": false,
	}
	if e != nil {
		out["event"], out["event_clock"], out["by_rule"] = string(e.Kind), e.Facts.Clock, e.Facts.Via != ""
		out["event_reason"] = strings.TrimSpace(e.Facts.Reason + " " + e.Facts.Note)
	}
	return out
}

// category returns the letters that a code of the catalogue begins with.
func category(code string) string {
	return code[:len(code)-len(strings.TrimLeft(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
}
