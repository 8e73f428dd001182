package notify

import (
	"slices"

	"wardline/internal/platform/clock"
)

// Group is a set of templates that a person switches on and off together.
type Group string

// The groups.
const (
	Assigned Group = "assigned" // work given to the person
	Pool     Group = "pool"     // work the person may grab
	Alert    Group = "alert"    // limits, urges, escalations
	Mine     Group = "mine"     // what becomes of the person's own reports
	Desk     Group = "desk"     // what those who take in and dispatch must look at
	Outage   Group = "outage"   // major incidents that affect the person's department
	System   Group = "system"   // about Wardline itself
)

// GroupInfo is a group with its names and what is on as long as nobody says otherwise.
type GroupInfo struct {
	Group  Group
	NameZh string
	NameEn string
	On     []string // channels
}

// Groups returns every group, in the order of the preferences page.
func Groups() []GroupInfo {
	return []GroupInfo{
		{Assigned, "派给我的任务", "Work given to me", []string{Inbox, Push}},
		{Pool, "可抢的工单", "Orders I may grab", []string{Inbox, Push}},
		{Alert, "超时、催办与升级", "Limits, urges and escalations", []string{Inbox, Push}},
		{Mine, "我报修的进展", "Progress of my reports", []string{Inbox, Push}},
		{Desk, "受理与调度", "Intake and dispatch", []string{Inbox}},
		{Outage, "重大事件通告", "Major incidents that affect me", []string{Inbox, Push}},
		{System, "系统消息", "About Wardline", []string{Inbox, Push, Mail}},
	}
}

// common are the parameters every message about an order has.
var common = []string{"number", "item", "place", "team", "priority"}

func wording(zh, en Text) Texts { return Texts{zh, en} }

func template(code string, g Group, life int64, texts Texts, more ...string) Template {
	return Template{Code: code, Group: g, Life: life, Params: append(append([]string{}, common...), more...), Texts: texts}
}

const where = "{item}[ · {place}]"

// Templates returns every kind of message with the wording it comes with.
func Templates() []Template {
	return append(slices.Concat(append(workTemplates(), taskTemplates()...), progressTemplates(), superviseTemplates(), incidentTemplates()), Template{
		Code: testTemplate, Group: System, Life: clock.Hour, Texts: wording(
			Text{"测试消息", "收到这条消息,说明此渠道可用", "收到这条消息,说明此渠道可用。"},
			Text{"Test message", "This channel works", "This channel works."})})
}

// workTemplates are told to those who do the work and those who watch over it.
func workTemplates() []Template {
	return []Template{
		template("order.assigned", Assigned, 12*clock.Hour, wording(
			Text{"新任务 {number}", where, "[{actor} ]派给您一张工单:{item}[,地点 {place}][,优先级 {priority}]。请尽快接单。"},
			Text{"New task {number}", where, "{item}[ at {place}][, priority {priority}] is yours now[, given by {actor}]. Please accept it soon."}), "actor"),
		template("order.task", Assigned, 12*clock.Hour, wording(
			Text{"协作任务 {number}", where, "工单 {number}({item})需要您班组协作[:{note}][,地点 {place}]。"},
			Text{"Task within {number}", where, "Your team is needed for {number} ({item})[ at {place}][: {note}]."}), "note"),
		template("order.task_done", Assigned, clock.Day, wording(
			Text{"协作已完成 {number}", where, "[{actor} ]已完成工单 {number}({item})中的协作任务。"},
			Text{"Task done within {number}", where, "The task within {number} ({item}) is done[ by {actor}]."}), "actor"),
		template("order.reopened", Assigned, 12*clock.Hour, wording(
			Text{"未解决,请再处理 {number}", where, "工单 {number}({item})被反馈未解决[:{reason}][,地点 {place}]。请再次处理。"},
			Text{"Not solved yet: {number}", where, "{number} ({item})[ at {place}] was reported as not solved[: {reason}]. Please see to it again."}), "reason"),
		template("order.withdrawn", Assigned, 12*clock.Hour, wording(
			Text{"任务已收回 {number}", where, "工单 {number}({item})不再由您处理[:{reason}]。"},
			Text{"Task withdrawn: {number}", where, "{number} ({item}) is no longer yours[: {reason}]."}), "reason"),
		template("order.pooled", Pool, 2*clock.Hour, wording(
			Text{"可抢单 {number}", where, "{team}有一张工单可抢:{item}[,地点 {place}][,优先级 {priority}]。"},
			Text{"Free to grab: {number}", where, "{item}[ at {place}][, priority {priority}] is free to grab[ for {team}]."})),
		template("order.urged", Alert, 4*clock.Hour, wording(
			Text{"催办 {number}", where, "工单 {number}({item})被催办[,地点 {place}][:{note}]。请尽快处理。"},
			Text{"Urged: {number}", where, "{number} ({item})[ at {place}] has been urged[: {note}]. Please hurry."}), "note"),
		template("order.escalated", Alert, 8*clock.Hour, wording(
			Text{"升级 {number}", where, "工单 {number}({item})已升级[,地点 {place}][:{reason}]。请关注。"},
			Text{"Escalated: {number}", where, "{number} ({item})[ at {place}] has been escalated[: {reason}]. Please look into it."}), "reason"),
		template("order.due_soon", Alert, clock.Hour, wording(
			Text{"即将超时 {number}", "{clock}时限将到 · " + where, "工单 {number}({item})的{clock}时限即将到期[,地点 {place}]。"},
			Text{"Due soon: {number}", "{clock} · " + where, "The limit for {clock} of {number} ({item})[ at {place}] is about to end."}), "clock"),
		template("order.overdue", Alert, 8*clock.Hour, wording(
			Text{"已超时 {number}", "{clock}已超时 · " + where, "工单 {number}({item})的{clock}已超时[,地点 {place}]。"},
			Text{"Overdue: {number}", "{clock} · " + where, "The limit for {clock} of {number} ({item})[ at {place}] has passed."}), "clock"),
		template("order.rule", Alert, 8*clock.Hour, wording(
			Text{"请关注 {number}", where, "[{note}。]工单 {number}({item})[,地点 {place}][,优先级 {priority}],由规则“{rule}”提醒。"},
			Text{"Please look at {number}", where, "[{note}. ]{number} ({item})[ at {place}][, priority {priority}]; the rule “{rule}” says so."}), "rule", "note"),
		template("order.urgent", Desk, 2*clock.Hour, wording(
			Text{"紧急报修 {number}", where, "收到紧急报修 {number}:{item}[,地点 {place}][,优先级 {priority}]。请立即受理。"},
			Text{"Urgent report {number}", where, "{number}: {item}[ at {place}][, priority {priority}]. Please take it in at once."})),
		template("order.refused", Desk, 8*clock.Hour, wording(
			Text{"退单 {number}", where, "[{actor} ]退回了工单 {number}({item})[:{reason}]。请重新派单。"},
			Text{"Refused: {number}", where, "{number} ({item}) was refused[ by {actor}][: {reason}]. Please dispatch it again."}), "actor", "reason"),
		template("order.transferred", Desk, 8*clock.Hour, wording(
			Text{"转入工单 {number}", where, "工单 {number}({item})转入{team}[:{reason}][,地点 {place}]。请安排人员。"},
			Text{"Transferred to you: {number}", where, "{number} ({item})[ at {place}] came over to {team}[: {reason}]. Please see who does it."}), "reason"),
	}
}

// taskTemplates are told to those who work on one order together.
func taskTemplates() []Template {
	return []Template{
		template("order.task_given", Assigned, 12*clock.Hour, wording(
			Text{"派给您的协作任务 {number}", where, "[{actor} ]请{task_team}处理工单 {number}({item})中的任务[:{note}][,地点 {place}]。请尽快接受。"},
			Text{"Task for you within {number}", where, "A task of {number} ({item})[ at {place}] is with {task_team} now[, given by {actor}][: {note}]. Please accept it soon."}), "actor", "note", "task_team"),
		template("order.task_refused", Desk, 8*clock.Hour, wording(
			Text{"协作任务被退回 {number}", where, "[{actor} ]退回了工单 {number}({item})中{task_team}的任务[:{reason}]。请另行安排。"},
			Text{"Task refused within {number}", where, "The task of {task_team} within {number} ({item}) was refused[ by {actor}][: {reason}]. Please give it to somebody else."}), "actor", "reason", "task_team"),
		template("order.task_cancelled", Assigned, 12*clock.Hour, wording(
			Text{"协作任务已取消 {number}", where, "工单 {number}({item})中{task_team}的任务不再需要[:{reason}]。"},
			Text{"Task cancelled within {number}", where, "The task of {task_team} within {number} ({item}) is not needed any more[: {reason}]."}), "reason", "task_team"),
		template("order.task_due_soon", Alert, clock.Hour, wording(
			Text{"协作任务即将超时 {number}", "{clock}时限将到 · " + where, "工单 {number}({item})中{task_team}任务的{clock}时限即将到期[,地点 {place}][:{note}]。"},
			Text{"Task due soon: {number}", "{clock} · " + where, "The limit for {clock} of the task of {task_team} within {number} ({item})[ at {place}] is about to end[: {note}]."}), "clock", "note", "task_team"),
		template("order.task_overdue", Alert, 8*clock.Hour, wording(
			Text{"协作任务已超时 {number}", "{clock}已超时 · " + where, "工单 {number}({item})中{task_team}任务的{clock}已超时[,地点 {place}][:{note}]。"},
			Text{"Task overdue: {number}", "{clock} · " + where, "The limit for {clock} of the task of {task_team} within {number} ({item})[ at {place}] has passed[: {note}]."}), "clock", "note", "task_team"),
		template("order.task_news", Assigned, clock.Day, wording(
			Text{"协作进展 {number}", where, "您首问负责的工单 {number}({item}):{task_team}的任务{step}[,{actor}][,地点 {place}]。"},
			Text{"Task news: {number}", where, "In {number} ({item})[ at {place}], of which you are first owner, the task of {task_team} was {step}[ by {actor}]."}), "actor", "step", "task_team"),
		template("order.owner", Assigned, clock.Day, wording(
			Text{"您是首问负责人 {number}", where, "工单 {number}({item})[,地点 {place}]由您首问负责[:{reason}]。请跟进到办结。"},
			Text{"You are first owner of {number}", where, "{number} ({item})[ at {place}] is yours to see through to the end[: {reason}]."}), "reason"),
		template("order.squad", Assigned, clock.Day, wording(
			Text{"专项小组 {number}", where, "您已加入工单 {number}({item})的专项小组“{squad}”,组长 {leader}[,地点 {place}]。"},
			Text{"Joint squad for {number}", where, "You are in the joint squad “{squad}” for {number} ({item})[ at {place}], led by {leader}."}), "squad", "leader"),
		template("order.squad_said", Assigned, clock.Day, wording(
			Text{"专项小组消息 {number}", where, "{actor}在工单 {number}({item})的专项小组“{squad}”中说:{note}"},
			Text{"Joint squad of {number}", where, "{actor} told the joint squad “{squad}” for {number} ({item}): {note}"}), "actor", "note", "squad"),
	}
}

// progressTemplates are told to the one who reported.
func progressTemplates() []Template {
	return []Template{
		template("order.accepted", Mine, clock.Day, wording(
			Text{"已接单 {number}", where, "您报修的{item}已有人接单[:{actor}]。"},
			Text{"Accepted: {number}", where, "Your report ({item}) has been accepted[ by {actor}]."}), "actor"),
		template("order.arrived", Mine, 4*clock.Hour, wording(
			Text{"工程师已到场 {number}", where, "[{actor} ]已到场处理:{item}[,地点 {place}]。"},
			Text{"On site: {number}", where, "Someone[ ({actor})] is on site for {item}[ at {place}]."}), "actor"),
		template("order.held", Mine, clock.Day, wording(
			Text{"已挂起 {number}", where, "您报修的{item}暂时挂起[,原因:{reason}]。恢复后将继续处理。"},
			Text{"On hold: {number}", where, "Your report ({item}) is on hold[: {reason}]. Work goes on as soon as possible."}), "reason"),
		template("order.finished", Mine, 3*clock.Day, wording(
			Text{"已完成,请确认 {number}", where, "您报修的{item}已处理完成[:{remedy}]。请确认并评价。"},
			Text{"Done, please confirm: {number}", where, "Your report ({item}) has been seen to[: {remedy}]. Please confirm and rate."}), "remedy"),
		template("order.cancelled", Mine, clock.Day, wording(
			Text{"已取消 {number}", where, "您报修的{item}已取消[,原因:{reason}]。"},
			Text{"Cancelled: {number}", where, "Your report ({item}) has been cancelled[: {reason}]."}), "reason"),
		template("order.merged", Mine, clock.Day, wording(
			Text{"已合并 {number}", where, "您报修的{item}与另一张工单[ {into} ]合并处理。"},
			Text{"Merged: {number}", where, "Your report ({item}) is being handled together with another order[ ({into})]."}), "into"),
	}
}

// testTemplate is what a person sends to oneself to try a channel.
const testTemplate = "system.test"

// templateOf returns a built-in template by its code.
func templateOf(code string) (Template, bool) {
	for _, t := range Templates() {
		if t.Code == code {
			return t, true
		}
	}
	return Template{}, false
}
