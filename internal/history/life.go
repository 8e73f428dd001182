package history

import (
	"math/rand/v2"

	"wardline/internal/catalog"
	"wardline/internal/workorder"
)

// importer is who brings orders in, and when.
type importer struct {
	source string // the other system's name
	id     string // of the person who began the import
	name   string
	at     int64 // when the import was begun
	book   *workorder.Book
}

func (i *importer) env(at int64, id, name string) workorder.Env {
	return workorder.Env{At: at, Now: i.at, ActorID: id, ActorName: name, Book: i.book}
}

// live tells the life of an order. It has no limits: no clock ever ran, or will.
func (e *entry) live(i *importer, batchID string) (*workorder.Past, error) {
	o := e.order
	o.Channel, o.BatchID = workorder.ByImport, batchID
	o.Limits = workorder.Limits{Calendar: catalog.RoundTheClock}
	past, err := workorder.NewPast(o, i.env(e.opened, "system", i.source), rand.Uint64)
	if err != nil {
		return nil, err
	}
	switch e.outcome {
	case closed:
		worker := e.worker
		if worker == "" {
			worker = i.source
		}
		if err := past.Settle(i.env(e.ended, "system", worker), e.remedy); err != nil {
			return nil, err
		}
		err = past.Close(i.env(e.ended, "system", i.source), "import")
	case cancelled:
		reason := i.source
		if e.stale {
			reason = "导入时仍未完成"
		}
		err = past.Cancel(i.env(max(e.ended, e.opened), "system", i.source), reason)
	default:
		err = past.Intake(i.env(i.at, i.id, i.name), e.team)
	}
	return past, err
}

// number gives an order its number, which its first event tells too.
func number(p *workorder.Past, no string) {
	p.Order.Number = no
	p.Events[0].Facts.Report.Number = no
}
