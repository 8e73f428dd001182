package history

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// headers are the words under which fields are known, brought to the form of
// headerKey. The order matters: the first field that claims a column has it.
var headers = []struct {
	field Field
	words []string
}{
	{FieldKey, []string{"工单号", "单号", "编号", "工单编号", "报修单号", "流水号", "uniquekey", "key", "id", "number", "no", "ticket", "ticketid", "ticketno", "ticketnumber", "orderid", "orderno", "ordernumber", "requestid", "caseid", "casenumber", "incidentid"}},
	{FieldOpened, []string{"报修时间", "创建时间", "提交时间", "登记时间", "受理时间", "开单时间", "报修日期", "申请时间", "opened", "openedat", "opendate", "opentime", "created", "createdat", "createddate", "createdtime", "creationdate", "reported", "reportedat", "submitted", "submittedat", "startdate", "date"}},
	{FieldClosed, []string{"完成时间", "关闭时间", "归档时间", "完工时间", "结束时间", "办结时间", "解决时间", "完成日期", "closed", "closedat", "closedate", "closeddate", "closetime", "resolved", "resolvedat", "resolutiondate", "completed", "completedat", "finished", "finishedat", "enddate"}},
	{FieldStatus, []string{"状态", "工单状态", "处理状态", "status", "state"}},
	{FieldItem, []string{"服务项目", "项目", "报修项目", "故障类型", "故障类别", "报修类型", "类型", "类别", "分类", "事件类型", "item", "type", "category", "complainttype", "requesttype", "issuetype", "tickettype", "service", "problem"}},
	{FieldDepartment, []string{"科室", "报修科室", "申请科室", "部门", "报修部门", "department", "dept", "unit", "ward", "agency"}},
	{FieldPlace, []string{"地点", "报修地点", "位置", "房间", "楼层", "place", "location", "room", "site", "building", "incidentaddress", "address"}},
	{FieldWords, []string{"故障描述", "描述", "问题描述", "报修内容", "内容", "备注", "主题", "标题", "words", "description", "descriptor", "details", "summary", "subject", "title", "text"}},
	{FieldPriority, []string{"优先级", "紧急程度", "级别", "priority", "urgency", "severity"}},
	{FieldContact, []string{"联系人", "报修人", "申请人", "报修人姓名", "contact", "contactname", "reporter", "requester", "caller", "name"}},
	{FieldPhone, []string{"联系电话", "电话", "手机", "分机", "报修电话", "phone", "contactphone", "telephone", "tel", "mobile", "extension"}},
	{FieldTeam, []string{"班组", "处理班组", "维修班组", "处理部门", "team", "group", "assignmentgroup", "assignedgroup"}},
	{FieldRemedy, []string{"处理结果", "处理措施", "解决方案", "维修结果", "处理情况", "remedy", "resolution", "solution", "actiontaken"}},
	{FieldWorker, []string{"处理人", "维修人", "工程师", "维修人员", "处理人员", "worker", "engineer", "assignee", "technician", "assignedto", "resolvedby"}},
}

// emptyWords stand for an empty cell in many files.
func emptyWords() []string { return []string{"NA", "N/A", "NULL", "None", "-", "--", "/", "无"} }

// headerKey keeps the letters and digits of a header, in small letters.
func headerKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, fold(s))
}

// guess proposes a mapping for the columns of a file.
func guess(columns []Column) Mapping {
	m := Mapping{Columns: map[Field][]string{}, Dates: YearFirst, Empty: emptyWords(), Repeated: KeepFirst}
	taken := map[string]bool{}
	for _, h := range headers {
		for _, w := range h.words { // the words stand in the order of how sure they are
			i := slices.IndexFunc(columns, func(c Column) bool { return !taken[c.Name] && headerKey(c.Name) == w })
			if i < 0 {
				continue
			}
			taken[columns[i].Name] = true
			m.Columns[h.field] = append(m.Columns[h.field], columns[i].Name)
			if h.field != FieldWords || len(m.Columns[h.field]) == maxWordsParts {
				break
			}
		}
	}
	m.Dates = guessDates(columns, m)
	return m
}

// guessDates finds the way of writing times that reads all samples.
func guessDates(columns []Column, m Mapping) string {
	var samples []string
	for _, c := range columns {
		if slices.Contains(m.Columns[FieldOpened], c.Name) || slices.Contains(m.Columns[FieldClosed], c.Name) {
			samples = append(samples, c.Samples...)
		}
	}
	best, most := YearFirst, 0
	for _, order := range []string{YearFirst, MonthFirst, DayFirst, UnixTime} {
		reader, n := moments{order: order, zone: time.UTC}, 0
		for _, s := range samples {
			if at, ok := reader.read(s); ok && at.at >= oldest {
				n++
			}
		}
		if n > most {
			best, most = order, n
		}
	}
	return best
}

// fits tells how well a kept mapping goes with the columns of a file: how many of
// them it uses, or -1 when it wants one that is not there.
func (m *Mapping) fits(columns []Column) int {
	used := 0
	for _, names := range m.Columns {
		for _, n := range names {
			if !slices.ContainsFunc(columns, func(c Column) bool { return c.Name == n }) {
				return -1
			}
			used++
		}
	}
	return used
}
