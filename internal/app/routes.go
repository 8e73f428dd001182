package app

import (
	"net/http"

	"wardline/internal/admin"
	"wardline/internal/asset"
	"wardline/internal/attachment"
	"wardline/internal/automation"
	"wardline/internal/catalog"
	"wardline/internal/dispatch"
	"wardline/internal/escalation"
	"wardline/internal/history"
	"wardline/internal/identity"
	"wardline/internal/notify"
	"wardline/internal/org"
	"wardline/internal/platform/web"
	"wardline/internal/sla"
	"wardline/internal/upkeep"
	"wardline/internal/workorder"
)

// limits are what one address may do without having signed in.
var limits = map[string]web.Rate{
	"report":  {PerMinute: 6, Burst: 5},
	"follow":  {PerMinute: 60, Burst: 30},
	"screen":  {PerMinute: 120, Burst: 60},
	"suggest": {PerMinute: 60, Burst: 30},
	"scan":    {PerMinute: 60, Burst: 30},
	"upload":  {PerMinute: 20, Burst: 10},
}

// routes registers every operation.
func (a *App) routes() {
	a.API = web.New(web.Config{Version: a.Version, Logger: a.Logger, TrustedProxies: a.TrustedProxies,
		Authenticate: a.People.Authenticate, Authorize: a.People.Authorize})
	rules := limits
	if a.Relaxed {
		rules = nil
	}
	limiter := web.NewLimiter(rules)
	orders := workorder.HTTP{Service: a.Orders, Limit: limiter.Allow}

	identity.HTTP{Service: a.People}.Register(a.API)
	a.auditHTTP().Register(a.API)
	org.HTTP{Service: a.Org}.Register(a.API)
	catalog.HTTP{Service: a.Catalog}.Register(a.API)
	attachment.HTTP{Service: a.Files, Limit: limiter.Allow}.Register(a.API)
	a.API.Handle("GET "+web.Prefix+"/live", web.SignedIn, a.Live)
	notify.HTTP{Service: a.Notify}.Register(a.API)
	asset.HTTP{Service: a.Assets, Limit: limiter.Allow}.Register(a.API)
	orders.Register(a.API)
	sla.HTTP{Service: a.Clocks}.Register(a.API)
	history.HTTP{Service: a.History}.Register(a.API)
	upkeep.HTTP{Service: a.Upkeep}.Register(a.API)
	a.sorting(limiter)
	dispatch.HTTP{Service: a.Chooser}.Register(a.API)
	automation.HTTP{Service: a.Rules}.Register(a.API)
	escalation.HTTP{Service: a.Escalation}.Register(a.API)
	a.incidentRoutes(limiter.Allow)
	a.transportRoutes()
	a.API.Handle("GET "+web.Prefix+"/orders/{id}/slip", web.Access(identity.OrderRead), orders.SlipHandler(a.BaseURL))
	a.API.Handle("GET "+web.Prefix+"/orders/export", web.Access(identity.OrderExport), orders.ExportHandler())
	admin.HTTP{Service: &admin.Service{DB: a.DB, Trail: a.Trail, Queue: a.Queue}}.Register(a.API)
	a.API.Handle("GET "+web.Prefix+"/openapi.json", web.Public, a.openAPI())
	a.API.Handle("GET /healthz", web.Public, http.HandlerFunc(a.healthy))
	a.pages()
}

// healthy answers when the database does.
func (a *App) healthy(w http.ResponseWriter, r *http.Request) {
	if _, err := a.Events.Head(r.Context()); err != nil {
		web.WriteError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}
