package notify

import "wardline/internal/platform/clock"

// superviseTemplates are told by those who watch over orders: reminders, reports that are
// owed, watches.
func superviseTemplates() []Template {
	return append([]Template{
		template("order.reminder", Alert, 4*clock.Hour, wording(
			Text{"提醒 {number}", where, "工单 {number}({item})[:{note}][,地点 {place}][,优先级 {priority}],已报修 {open}。由“{ladder}”提醒,知悉后不再重复。"},
			Text{"Reminder: {number}", where, "{number} ({item})[ at {place}][, priority {priority}][: {note}]. Reported {open} ago. The ladder “{ladder}” says so until somebody takes notice."}), "note", "ladder", "open"),
		template("report.asked", Alert, clock.Day, wording(
			Text{"待填报告 {number}", where, "请就工单 {number}({item})填写{kind}[,地点 {place}],截止 {due}。"},
			Text{"Report wanted: {number}", where, "Please write the {kind} on {number} ({item})[ at {place}] by {due}."}), "kind", "owner", "due", "note"),
		template("report.chased", Alert, clock.Day, wording(
			Text{"报告已逾期 {number}", where, "工单 {number}({item})的{kind}已逾期(截止 {due})[,责任人 {owner}]。请尽快填写。"},
			Text{"Report late: {number}", where, "The {kind} on {number} ({item}) was due {due}[; {owner} owes it]. Please see to it."}), "kind", "owner", "due", "note"),
		template("report.submitted", Alert, 3*clock.Day, wording(
			Text{"报告待复盘 {number}", where, "工单 {number}({item})的{kind}已提交[,填写人 {owner}]。请复盘。"},
			Text{"Report to review: {number}", where, "The {kind} on {number} ({item}) is there[, by {owner}]. Please review it."}), "kind", "owner", "due", "note"),
		template("report.returned", Alert, clock.Day, wording(
			Text{"报告被退回 {number}", where, "工单 {number}({item})的{kind}被退回[:{note}],请于 {due} 前补充。"},
			Text{"Report sent back: {number}", where, "The {kind} on {number} ({item}) was sent back[: {note}]. Please complete it by {due}."}), "kind", "owner", "due", "note"),
		template("report.reviewed", Alert, 3*clock.Day, wording(
			Text{"报告已复盘 {number}", where, "工单 {number}({item})的{kind}已复盘[:{note}]。"},
			Text{"Report reviewed: {number}", where, "The {kind} on {number} ({item}) has been reviewed[: {note}]."}), "kind", "owner", "due", "note"),
		template("action.given", Alert, 3*clock.Day, wording(
			Text{"改进措施 {number}", where, "请落实改进措施:{note},截止 {due}(工单 {number},{item})。"},
			Text{"Action for you: {number}", where, "Please carry out by {due}: {note} (after {number}, {item})."}), "note", "owner", "due"),
		template("action.chased", Alert, clock.Day, wording(
			Text{"改进措施已逾期 {number}", where, "改进措施已逾期(截止 {due}):{note}[,责任人 {owner}]。"},
			Text{"Action late: {number}", where, "Due {due} and not done: {note}[; it is with {owner}]."}), "note", "owner", "due"),
	}, watchTemplates()...)
}

func watchTemplates() []Template {
	one := func(code string, life int64, texts Texts) Template {
		return template(code, Alert, life, texts, "reason", "actor", "follower", "due", "note")
	}
	return []Template{
		one("watch.given", 12*clock.Hour, wording(
			Text{"督办 {number}", where, "[{actor} ]督办工单 {number}({item})[:{reason}][,地点 {place}],请于 {due} 前办结并按时反馈进展。"},
			Text{"Under watch: {number}", where, "{number} ({item})[ at {place}] is under watch[ by {actor}][: {reason}]. It is yours to see through by {due}; please tell how it goes."})),
		one("watch.chased", 8*clock.Hour, wording(
			Text{"督办待反馈 {number}", where, "督办工单 {number}({item})应反馈进展[,责任人 {follower}]。"},
			Text{"Progress wanted: {number}", where, "A note of progress on {number} ({item}) is due[ from {follower}]."})),
		one("watch.late", 8*clock.Hour, wording(
			Text{"督办到期 {number}", where, "督办工单 {number}({item})已到期({due})仍未办结[,责任人 {follower}]。"},
			Text{"Watch due: {number}", where, "{number} ({item}) was to be done by {due}[; {follower} follows it]."})),
		one("watch.progress", clock.Day, wording(
			Text{"督办进展 {number}", where, "督办工单 {number}({item})有新进展[:{note}]。"},
			Text{"Progress on {number}", where, "News of {number} ({item})[: {note}]."})),
		one("watch.done", clock.Day, wording(
			Text{"督办工单已办结 {number}", where, "督办工单 {number}({item})已办结,请填写督办结论。"},
			Text{"Done: {number}", where, "{number} ({item}) is done. Please conclude the watch."})),
		one("watch.ended", clock.Day, wording(
			Text{"督办已结束 {number}", where, "工单 {number}({item})的督办已结束[:{note}]。"},
			Text{"Watch ended: {number}", where, "The watch over {number} ({item}) has ended[: {note}]."})),
	}
}
