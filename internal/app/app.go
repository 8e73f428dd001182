package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"sync"
	"time"
	_ "time/tzdata" // the hospital's zone must be known on machines without zone files

	"wardline/internal/asset"
	"wardline/internal/attachment"
	"wardline/internal/audit"
	"wardline/internal/automation"
	"wardline/internal/catalog"
	"wardline/internal/classify"
	"wardline/internal/dispatch"
	"wardline/internal/escalation"
	"wardline/internal/history"
	"wardline/internal/identity"
	"wardline/internal/incident"
	"wardline/internal/notify"
	"wardline/internal/org"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/platform/jobs"
	"wardline/internal/platform/live"
	"wardline/internal/platform/migrate"
	"wardline/internal/platform/web"
	"wardline/internal/sla"
	"wardline/internal/transport"
	"wardline/internal/upkeep"
	"wardline/internal/workorder"
)

// Options says what to put together.
type Options struct {
	Database       db.Options
	DataDir        string // attachments
	BaseURL        string // what phones and browsers reach Wardline under, without a slash at the end
	Version        string
	Secret         []byte // signs links and codes; at least 32 bytes
	Zone           *time.Location
	TrustedProxies []netip.Prefix
	Logger         *slog.Logger
	Clock          clock.Clock
	Mail           MailOptions
	Push           PushOptions
	// StreamsPerPerson is how many live streams one person may have; 0 means 8.
	StreamsPerPerson int
	Relaxed          bool // no rate limits; for tests that hammer from one address
}

// App is a hospital's Wardline.
type App struct {
	Options
	DB      *db.DB
	Bell    *db.Bell
	Trail   *audit.Trail
	Events  *event.Log
	Tail    *event.Tail
	Queue   *jobs.Queue
	Runner  *jobs.Runner
	People  *identity.Service
	Org     *org.Service
	Catalog *catalog.Service
	Files   *attachment.Service
	Assets  *asset.Service
	Orders  *workorder.Service
	Clocks  *sla.Service
	Notify  *notify.Service
	History *history.Service
	Upkeep  *upkeep.Service
	// Incidents are the major ones.
	Incidents *incident.Service

	Sorter     *classify.Service
	Live       *live.Handler
	Chooser    *dispatch.Service
	Moves      *transport.Service
	Rules      *automation.Service
	Escalation *escalation.Service
	API        *web.API

	follower *notify.Follower
	ruler    *automation.Follower
	giver    *dispatch.Follower
	watcher  *escalation.Follower
	stop     func()
}

// New opens and migrates the database and makes every part; nothing runs yet.
func New(ctx context.Context, o Options) (*App, error) {
	if len(o.Secret) < 32 {
		return nil, errors.New("the secret must have at least 32 bytes")
	}
	d, err := db.Open(ctx, o.Database)
	if err != nil {
		return nil, err
	}
	// Replicas must agree on leases: the clock is that of the database's server, unless
	// somebody moves it by hand.
	if _, byHand := o.Clock.(*clock.Manual); !byHand {
		if o.Clock, err = db.NewClock(ctx, d, o.Clock); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	a := &App{Options: o, DB: d}
	if _, err := migrate.Up(ctx, d); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := a.assemble(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return a, nil
}

// assemble makes the parts, the lower ones first.
func (a *App) assemble(ctx context.Context) error {
	d, c, log := a.DB, a.Clock, a.Logger
	a.Bell = db.NewBell(d, log)
	a.Trail = audit.New(d, c)
	a.Events = event.New(d, a.Bell, c)
	a.Tail = event.NewTail(a.Events, log)
	a.Queue = jobs.New(d, a.Bell, c)
	a.Runner = jobs.NewRunner(a.Queue, log, jobs.Options{})
	a.People = identity.New(identity.Deps{DB: d, Clock: c, Trail: a.Trail, Logger: log, BaseURL: a.BaseURL,
		Key: a.key("second-factor"), Events: a.Events, Below: a.below, Exists: a.exists})
	a.Org = org.New(a.orgDeps())
	a.Catalog = catalog.New(catalog.Deps{DB: d, Trail: a.Trail, Clock: c, TeamExists: a.teamExists})
	a.Clocks = sla.NewService(sla.Deps{DB: d, Clock: c, Zone: a.Zone, Trail: a.Trail, Named: a.countsBy, Changed: func(ctx context.Context, tx *db.Tx) error {
		return a.Queue.Enqueue(ctx, tx, jobs.Job{Kind: workorder.ReclockJob, Key: "all", Args: struct{}{}})
	}})
	if err := a.makeFiles(filepath.Join(a.DataDir, "files")); err != nil {
		return err
	}
	a.Assets = asset.New(a.assetDeps())
	a.Orders = workorder.New(workorder.Deps{DB: d, Clock: c, Zone: a.Zone, Trail: a.Trail, Events: a.Events, Org: a.Org, Catalog: a.Catalog,
		Assets: register{a.Assets}, Files: a.Files, People: a.People, Clocks: a.Clocks, Incidents: incidents{a}, LinkKey: a.key("order-link"), Logger: log})
	if err := a.makeSorter(ctx); err != nil {
		return err
	}
	a.makeChooser()
	a.makeTransport()
	a.Upkeep = upkeep.New(upkeep.Deps{DB: d, Clock: c, Trail: a.Trail, Zone: a.Zone, Orders: a.Orders, Workdays: a.workdays})
	if err := a.makeNotify(); err != nil {
		return err
	}
	if err := a.makeIncidents(ctx); err != nil {
		return err
	}
	if err := a.makeRules(ctx); err != nil {
		return err
	}
	if err := a.makeEscalation(ctx); err != nil {
		return err
	}
	if err := a.makeHistory(filepath.Join(a.DataDir, "history")); err != nil {
		return err
	}
	a.Live = a.makeLive()
	if err := a.People.EnsureBuiltin(ctx); err != nil {
		return fmt.Errorf("built-in roles: %w", err)
	}
	a.routes()
	a.jobs()
	return nil
}

// workdays tells by the campus's calendar of working hours which days are worked.
func (a *App) workdays(ctx context.Context, tx *db.Tx, campusID string) (func(time.Time) bool, error) {
	book, err := a.Clocks.Book(ctx, tx)
	if err != nil {
		return nil, err
	}
	work := book.Calendar(book.At(campusID, catalog.WorkingHours))
	return func(t time.Time) bool {
		year, month, day := t.In(a.Zone).Date()
		midnight := time.Date(year, month, day, 0, 0, 0, 0, a.Zone)
		return work.Between(midnight.UnixMilli(), midnight.AddDate(0, 0, 1).UnixMilli()) > 0
	}, nil
}

// Start begins what runs in the background; Stop ends it.
func (a *App) Start(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	a.Bell.Start(ctx)
	if err := a.Tail.Start(ctx); err != nil {
		cancel()
		return err
	}
	if err := a.Runner.Start(ctx); err != nil {
		cancel()
		return err
	}
	if err := a.follower.Start(ctx); err != nil {
		cancel()
		return err
	}
	if err := a.ruler.Start(ctx); err != nil {
		cancel()
		return err
	}
	if err := a.giver.Start(ctx); err != nil {
		cancel()
		return err
	}
	if err := a.watcher.Start(ctx); err != nil {
		cancel()
		return err
	}
	var done sync.WaitGroup
	done.Go(func() { a.everySecond(ctx, 200, "the clocks of orders could not be looked at", a.Orders.Tick) })
	done.Go(func() { a.everySecond(ctx, 400, "reminders could not be looked at", a.Escalation.Tick) })
	a.stop = func() {
		a.watcher.Stop()
		a.giver.Stop()
		a.ruler.Stop()
		a.follower.Stop()
		a.Runner.Stop()
		cancel()
		done.Wait()
		a.Tail.Stop()
		a.Bell.Stop()
	}
	return nil
}

// Close ends what Start began and closes the database.
func (a *App) Close() error {
	if a.stop != nil {
		a.stop()
	}
	return a.DB.Close()
}

// everySecond lets time act, at most so many things at a time: again at once while a
// portion is full, else a second later. failed says in the log what could not be done.
func (a *App) everySecond(ctx context.Context, portion int, failed string, act func(ctx context.Context, limit int) (int, error)) {
	for {
		n, err := act(ctx, portion)
		if err != nil && ctx.Err() == nil {
			a.Logger.Error(failed, "error", err)
		}
		wait := time.Second
		if n == portion && err == nil {
			wait = 0
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}
