package app

import (
	"time"

	"wardline/internal/platform/command"
)

// jobs registers everything that is done in the background.
func (a *App) jobs() {
	a.Events.Register(a.Runner)
	a.Notify.Register(a.Runner)
	a.History.RegisterJobs(a.Runner)
	a.People.RegisterJobs(a.Runner)
	a.Org.RegisterJobs(a.Runner)
	a.Orders.RegisterJobs(a.Runner)
	a.Chooser.RegisterJobs(a.Runner)
	a.Upkeep.RegisterJobs(a.Runner)
	a.Moves.RegisterJobs(a.Runner)
	a.Sorter.RegisterJobs(a.Runner)
	a.Rules.RegisterJobs(a.Runner)
	a.Escalation.RegisterJobs(a.Runner)
	a.Incidents.RegisterJobs(a.Runner)
	a.Runner.Every("attachment.sweep", time.Hour, a.Files.Sweep)
	command.Register(a.Runner, a.DB, a.Clock)
}
