package workorder

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
	"wardline/internal/platform/web"
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

// ExportHandler writes the orders a filter selects as XLSX or CSV while it reads them.
func (h HTTP) ExportHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		f, err := exportFilter(r.URL.Query(), identity.Of(ctx).PersonID)
		if err != nil {
			web.WriteError(w, r, err)
			return
		}
		format, err := table.ParseFormat(r.URL.Query().Get("format"))
		if err != nil {
			web.WriteError(w, r, err)
			return
		}
		now := clock.Time(h.Service.Clock.Now()).In(h.Service.Zone)
		if err := h.Service.recordExport(ctx, r.URL.RawQuery); err != nil {
			web.WriteError(w, r, err)
			return
		}
		w.Header().Set("Content-Type", format.ContentType())
		w.Header().Set("Content-Disposition", `attachment; filename="orders-`+now.Format("20060102-1504")+"."+string(format)+`"`)
		out, err := table.NewWriter(w, format, table.Sheet{Name: "orders", Columns: exportColumns(), Language: web.Language(ctx)})
		if err != nil {
			web.WriteError(w, r, err)
			return
		}
		if err := h.Service.Each(ctx, f, maxExport, func(o *Order) error { return out.Row(h.Service.exportRow(o)...) }); err != nil {
			panic(http.ErrAbortHandler) // the head is gone: a broken transfer is better than a short file
		}
		if err := out.Close(); err != nil {
			panic(http.ErrAbortHandler)
		}
	})
}

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

func exportFilter(q url.Values, me string) (Filter, error) {
	var fields fault.Fields
	whole := func(name string) int64 {
		v := q.Get(name)
		if v == "" {
			return 0
		}
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			fields.Add(name, "bad_format")
		}
		return n
	}
	id := func(name string) string {
		if v := q.Get(name); v != "me" {
			return v
		}
		return me
	}
	list := func(name string) []string {
		if v := q.Get(name); v != "" {
			return strings.Split(v, ",")
		}
		return nil
	}
	f := Filter{Open: q.Get("open") == "true", Priority: list("priority"), CampusID: q.Get("campusId"), DepartmentID: q.Get("departmentId"),
		PlaceID: q.Get("placeId"), AssetID: q.Get("assetId"), ItemID: q.Get("itemId"), TeamID: q.Get("teamId"), AssigneeID: id("assigneeId"),
		ReporterID: id("reporterId"), CallBack: q.Get("callBack"), BatchID: q.Get("batchId"), Overdue: q.Get("overdue") == "true",
		Text: q.Get("text"), From: whole("from"), To: whole("to")}
	for _, s := range list("status") {
		f.Status = append(f.Status, Status(s))
	}
	return f, fields.Err()
}
