package workorder

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/table"
	"wardline/internal/platform/web"
)

// ExportHandler writes the orders a filter selects as XLSX or CSV while it reads them.
func (h HTTP) ExportHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		f, err := exportFilter(ctx, r.URL.Query())
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
		var out *table.Writer
		// Begun with the first row, or when it is known that there is none: until then a
		// fault can still be told.
		begin := func() (err error) {
			if out != nil {
				return nil
			}
			w.Header().Set("Content-Type", format.ContentType())
			w.Header().Set("Content-Disposition", `attachment; filename="orders-`+now.Format("20060102-1504")+"."+string(format)+`"`)
			out, err = table.NewWriter(w, format, table.Sheet{Name: "orders", Columns: exportColumns(), Language: web.Language(ctx)})
			return err
		}
		err = h.Service.Each(ctx, f, maxExport, func(o *Order) error {
			if err := begin(); err != nil {
				return err
			}
			return out.Row(h.Service.exportRow(o)...)
		})
		if err == nil {
			err = begin()
		}
		switch {
		case err != nil && out == nil:
			web.WriteError(w, r, err)
		case err != nil, out.Close() != nil:
			panic(http.ErrAbortHandler) // the head is gone: a broken transfer is better than a short file
		}
	})
}

// exportFilter reads the query of an export: that of the list, without paging.
func exportFilter(ctx context.Context, q url.Values) (Filter, error) {
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
	list := func(name string) []string {
		if v := q.Get(name); v != "" {
			return strings.Split(v, ",")
		}
		return nil
	}
	in := FilterIn{Status: list("status"), Open: q.Get("open") == "true", Priority: list("priority"), CampusID: q.Get("campusId"),
		DepartmentID: q.Get("departmentId"), PlaceID: q.Get("placeId"), AssetID: q.Get("assetId"), ItemID: q.Get("itemId"),
		TeamID: q.Get("teamId"), AssigneeID: q.Get("assigneeId"), ReporterID: q.Get("reporterId"), CallBack: q.Get("callBack"),
		BatchID: q.Get("batchId"), Overdue: q.Get("overdue") == "true", Text: q.Get("text"), From: whole("from"), To: whole("to")}
	return in.Filter(ctx), fields.Err()
}
