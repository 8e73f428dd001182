package notify

import "wardline/internal/platform/clock"

// incidentTemplates are told about major incidents: to those affected, and to those who
// lead them. What the commander writes stands in the body only, as it may say anything.
func incidentTemplates() []Template {
	about := func(code string, g Group, life int64, texts Texts, more ...string) Template {
		return Template{Code: code, Group: g, Life: life, Params: append([]string{"number", "item", "place", "title"}, more...), Texts: texts}
	}
	return []Template{
		about("incident.begin", Outage, 8*clock.Hour, wording(
			Text{"重大事件 {number}", where, "{title}[:{note}]"},
			Text{"Major incident {number}", where, "{title}[: {note}]"}), "note"),
		about("incident.progress", Outage, 4*clock.Hour, wording(
			Text{"重大事件进展 {number}", where, "{title}[:{note}]"},
			Text{"Major incident {number}: progress", where, "{title}[: {note}]"}), "note"),
		about("incident.end", Outage, 8*clock.Hour, wording(
			Text{"重大事件已恢复 {number}", where, "{title}:已恢复[。{note}]"},
			Text{"Major incident {number} is over", where, "{title}: over[. {note}]"}), "note"),
		about("incident.commander", Alert, 8*clock.Hour, wording(
			Text{"请指挥重大事件 {number}", where, "您被指定为重大事件 {number}({title})的指挥。请查看检查表并发布进展。"},
			Text{"You command incident {number}", where, "You are the commander of {number} ({title}). Please see the check list and tell how it goes."})),
		about("incident.task", Alert, 8*clock.Hour, wording(
			Text{"重大事件任务 {number}", where, "重大事件 {number}({title})交给您一项任务[:{note}]。"},
			Text{"Task in incident {number}", where, "You have a task in {number} ({title})[: {note}]."}), "note"),
		about("incident.update_due", Alert, clock.Hour, wording(
			Text{"请通报进展 {number}", where, "重大事件 {number}({title})的进展通报时间已到。"},
			Text{"Progress is due: {number}", where, "The next word of progress on {number} ({title}) is due."})),
		about("incident.step_overdue", Alert, 2*clock.Hour, wording(
			Text{"检查表步骤超时 {number}", where, "重大事件 {number}({title})的步骤超时[:{note}]。"},
			Text{"Step overdue: {number}", where, "A step of {number} ({title}) is overdue[: {note}]."}), "note"),
		about("incident.urged", Alert, 2*clock.Hour, wording(
			Text{"重大事件被催办 {number}", where, "重大事件 {number}({title})的报修人催单[,工单 {note}]。"},
			Text{"Incident urged: {number}", where, "A reporter urges {number} ({title})[, order {note}]."}), "note"),
		template("order.joined", Mine, clock.Day, wording(
			Text{"已并入重大事件 {number}", where, "您报修的{item}属于重大事件[ {incident}],正在统一处理,恢复后会通知您。"},
			Text{"Part of a major incident: {number}", where, "Your report ({item}) is part of a major incident[ ({incident})] and is seen to with it. You will be told when it is over."}), "incident"),
	}
}
