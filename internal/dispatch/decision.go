package dispatch

import (
	"fmt"
	"strings"
)

// Decision is that the program gives an order to somebody, as it stood.
type Decision struct {
	ID           string `db:"id" json:"id"`
	OrderID      string `db:"order_id" json:"orderId"`
	OrderVersion int64  `db:"order_version" json:"orderVersion" doc:"State of the order it was taken for"`
	Cause        string `db:"cause" json:"cause" enum:"arrival,countdown,free,near,refusal,timeout,sweep"`
	TeamID       string `db:"team_id" json:"teamId"`
	PersonID     string `db:"person_id" json:"personId"`
	Score        int64  `db:"score" json:"score"`
	Note         string `db:"note" json:"note"`
	State        string `db:"state" json:"state" enum:"planned,given,passed"`
	At           int64  `db:"at" json:"at"`
}

// The states of a decision.
const (
	planned = "planned" // written down, not carried out yet
	given   = "given"
	passed  = "passed" // the order had moved on
)

// What sets the program to look at an order.
const (
	CauseArrival   = "arrival"   // it came, or came to another team
	CauseCountdown = "countdown" // nobody grabbed it in time
	CauseFree      = "free"      // somebody has come free
	CauseNear      = "near"      // somebody has arrived close to it
	CauseRefusal   = "refusal"
	CauseTimeout   = "timeout" // was not accepted in time
	CauseSweep     = "sweep"   // found waiting
)

// The note stands in the order's timeline, which is kept in the hospital's language.
var causeWords = map[string]string{CauseArrival: "到单", CauseCountdown: "抢单倒计时结束", CauseFree: "有人空闲", CauseNear: "有人到达附近", CauseRefusal: "被退单", CauseTimeout: "超时未接单", CauseSweep: "巡查发现待派"}

var partWords = map[string]string{"on_duty": "在岗", "free": "空闲", "load": "手上工作量", "urgent": "手上特急", "had": "曾接此单", "lead": "班组长", "skill": "技能", "skill_missing": "缺技能",
	"distance": "路程", "place_unknown": "位置不详", "equipment": "携带", "equipment_missing": "未带", "vendor": "本厂商人员", "fairness": "今日已接", "refused": "曾退此单"}

// toolWords are the tools that the desk offers; others are kept as they were typed.
var toolWords = strings.NewReplacer("remoteHelp", "远程协助", "ladder", "梯子", "spare", "备机", "cart", "推车", "protective", "防护用品", "mask", "口罩手套")

// units say what the number of a part counts.
var units = map[string]string{"load": "点", "distance": "分钟", "fairness": "单"}

// noteFor says why the order goes to the candidate.
func noteFor(cause string, c *Candidate) string {
	parts := make([]string, 0, len(c.Why))
	for _, p := range c.Why {
		if p.Points == 0 {
			continue
		}
		words := partWords[p.Code]
		switch {
		case p.Text != "" && p.Code != "distance":
			words += toolWords.Replace(p.Text)
		case units[p.Code] != "":
			words += fmt.Sprintf("%d%s", p.N, units[p.Code])
		}
		parts = append(parts, fmt.Sprintf("%s %+d", words, p.Points))
	}
	note := []rune(fmt.Sprintf("自动派单（%s）：%d 分，%s", causeWords[cause], c.Score, strings.Join(parts, "；")))
	if len(note) > 480 {
		note = append(note[:480], '…')
	}
	return string(note)
}
