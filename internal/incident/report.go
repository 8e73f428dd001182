package incident

import (
	"context"
	_ "embed"
	"html/template"
	"io"
	"time"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// SaveReport stores the closing report as far as it has been written.
func (s *Service) SaveReport(ctx context.Context, incidentID string, r Report, version int64, key string) (View, error) {
	return s.act(ctx, incidentID, "report", key, version, r, func(tx *db.Tx, i *Incident, _ []Scope) error {
		r.Orders, r.Areas, r.Minutes = 0, 0, 0 // counted when it is closed
		i.Report = r
		return s.enter(ctx, tx, i, ReportSaved, "")
	})
}

// Close ends a resolved incident whose report is complete. What the report counts is
// counted now and stands.
func (s *Service) Close(ctx context.Context, incidentID, key string) (View, error) {
	return s.act(ctx, incidentID, "close", key, 0, nil, func(tx *db.Tx, i *Incident, _ []Scope) error {
		if i.Status != Resolved {
			return fault.New(fault.Conflict, "incident.state", "status", string(i.Status))
		}
		if err := i.Report.complete(s.Clock.Now()); err != nil {
			return err
		}
		r, err := s.Orders.ReachOf(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		if r.Open > 0 {
			return fault.New(fault.Conflict, "incident.members_open", "count", r.Open)
		}
		i.Report.Orders, i.Report.Areas, i.Report.Minutes = r.Orders, r.Departments, (i.ResolvedAt-i.BeganAt)/clock.Minute
		if err := i.move(Closed, s.Clock.Now()); err != nil {
			return err
		}
		return s.enter(ctx, tx, i, Moved, string(Closed))
	})
}

//go:embed report.html
var reportText string

var reportPage = template.Must(template.New("report").Parse(reportText))

type printed struct {
	View
	Zh         bool
	At         func(int64) string
	Orders     int64
	Areas      int64
	Minutes    int64
	StatusName string
	Timeline   []printedEntry
	Printed    string
	By         string
}

type printedEntry struct{ At, Who, What, Text string }

// Print writes the closing report as a page for A4 paper.
func (s *Service) Print(ctx context.Context, w io.Writer, incidentID string, lang fault.Language) error {
	v, err := s.Get(ctx, incidentID)
	if err != nil {
		return err
	}
	list, err := s.Timeline(ctx, incidentID)
	if err != nil {
		return err
	}
	zh := lang == fault.Chinese
	at := func(ms int64) string {
		if ms == 0 {
			return "–"
		}
		return clock.Time(ms).In(s.Zone).Format(time.DateTime)
	}
	p := printed{View: v, Zh: zh, At: at, Orders: v.Report.Orders, Areas: v.Report.Areas, Minutes: v.Report.Minutes,
		Printed: at(s.Clock.Now()), By: identity.Of(ctx).Name, StatusName: wordFor(statusWords[v.Status], zh)}
	if v.Status != Closed {
		p.Orders, p.Areas = v.Reach.Orders, v.Reach.Departments
		end := v.ResolvedAt
		if end == 0 {
			end = s.Clock.Now()
		}
		p.Minutes = (end - v.BeganAt) / clock.Minute
	}
	for _, e := range list {
		if e.Kind == "order" {
			continue // the order has a paper of its own
		}
		text := e.Text
		if e.Number != "" {
			text = e.Number + " " + text
		}
		p.Timeline = append(p.Timeline, printedEntry{at(e.At), e.ActorName, wordFor(entryWords[e.Kind], zh), text})
	}
	return reportPage.Execute(w, p)
}

func wordFor(w [2]string, zh bool) string {
	if zh {
		return w[0]
	}
	return w[1]
}

var statusWords = map[Status][2]string{Open: {"处置中", "In progress"}, Mitigated: {"已缓解", "Mitigated"}, Resolved: {"已恢复", "Resolved"}, Closed: {"已结案", "Closed"}}

var entryWords = map[EntryKind][2]string{
	Declared: {"宣布", "Declared"}, Attached: {"并入工单", "Order attached"}, Joined: {"报修并入", "Report joined"}, Detached: {"移出工单", "Order taken out"},
	Commanded: {"指挥", "Commander"}, Progress: {"进展通报", "Word of progress"}, Announced: {"通告", "Broadcast"}, Moved: {"状态", "Status"},
	StepAdded: {"增加任务", "Task added"}, StepDone: {"步骤完成", "Step done"}, StepUndone: {"步骤撤销", "Step undone"}, StepLate: {"步骤超时", "Step overdue"},
	UpdateLate: {"通报到期", "Word of progress due"}, Urged: {"催单", "Urged"}, AllSolved: {"工单全部办结", "All orders solved"}, ReportSaved: {"总结报告", "Closing report"},
}
