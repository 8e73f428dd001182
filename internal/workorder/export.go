package workorder

import (
	"wardline/internal/platform/clock"
	"wardline/internal/platform/table"
)

// maxExport is how many orders one export holds at most.
const maxExport = 1_000_000

// exportColumns are the columns of an export, in order.
func exportColumns() []table.Column {
	numbers := map[string]bool{"urges": true, "reworks": true, "labour": true, "rating": true}
	c := func(key, zh, en string) table.Column {
		return table.Column{Key: key, Zh: zh, En: en, Number: numbers[key]}
	}
	return []table.Column{c("number", "单号", "Number"), c("status", "状态", "Status"), c("priority", "优先级", "Priority"), c("item", "项目", "Item"),
		c("symptom", "现象", "Symptom"), c("words", "原话", "Words"), c("campus", "院区", "Campus"), c("department", "科室", "Department"), c("place", "地点", "Place"),
		c("asset", "资产", "Asset"), c("contact", "联系人", "Contact"), c("phone", "电话", "Phone"), c("channel", "渠道", "Channel"),
		c("team", "班组", "Team"), c("assignee", "处理人", "Assignee"), c("reported", "报修时间", "Reported"), c("accepted", "接单时间", "Accepted"),
		c("arrived", "到场时间", "Arrived"), c("finished", "完工时间", "Finished"), c("confirmed", "确认时间", "Confirmed"), c("closed", "归档时间", "Closed"),
		c("due", "完成截止", "Finish due"), c("overdue", "超时", "Overdue"), c("urges", "催单", "Urges"), c("reworks", "返修", "Reworks"),
		c("labour", "工时(分)", "Labour (min)"), c("cause", "原因", "Cause"), c("remedy", "处理", "Remedy"), c("rating", "评分", "Rating")}
}

// exportRow returns an order's cells, in the order of the columns.
func (s *Service) exportRow(o *Order) []any {
	at := func(ms int64) any {
		if ms == 0 {
			return nil
		}
		return clock.Time(ms).In(s.Zone)
	}
	var rating any
	if o.Rating != nil {
		rating = o.Rating.Overall
	}
	return []any{o.Number, string(o.Status), o.Priority, o.ItemName, o.Symptom, o.Words, o.CampusID, o.DepartmentName, o.PlaceName, o.AssetName,
		o.ContactName, o.ContactPhone, string(o.Channel), o.TeamName, o.AssigneeName, at(o.ReportedAt), at(o.AcceptedAt), at(o.ArrivedAt),
		at(o.FinishedAt), at(o.ConfirmedAt), at(o.ClosedAt), at(o.Deadlines.Finish), o.Overdue, o.Urges, o.Reworks, o.Labour, o.Cause, o.Remedy, rating}
}
