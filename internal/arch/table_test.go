package arch

import "slices"

// row is one domain: what it is, and which other domains it may import besides
// the platform. Every domain may also import audit and identity, except these
// two themselves, whose rows say all.
type row struct {
	name    string
	line    string
	imports []string
}

// domains is the import table, lowest first. A new domain is a new row here and
// in docs/ARCHITECTURE.md.
var domains = []row{
	{"audit", "append-only who-did-what, in the caller's transaction", nil},
	{"identity", "users, sessions, tokens, roles, `Actor` with its data scope", []string{"audit"}},
	{"admin", "what administrators see and do of the program itself", nil},
	{"org", "campuses, places, departments, teams, skills, vendors, rosters, extensions", nil},
	{"attachment", "files linked to any subject; access follows the subject", nil},
	{"sla", "calendars, policies, deadlines with pauses (pure arithmetic)", nil},
	{"catalog", "services in three levels, forms, default team, policy, evidence, slip", []string{"org", "sla"}},
	{"knowledge", "articles with versions, scripts, desktop tips", []string{"attachment"}},
	{"asset", "register, QR, movements, stocktake, warranty, contracts", []string{"org", "attachment"}},
	{"stock", "consumables and parts, requisition, counts, cost posting, page counters", []string{"org"}},
	{"notify", "messages, templates, preferences, delivery log; `Channel` interface", []string{"org"}},
	{"iot", "devices, readings, thresholds, alarms; `Source` interface", []string{"org", "asset"}},
	{"workorder", "the order, its state machine, timeline, tasks of several teams, parts, evidence", []string{"org", "catalog", "sla", "asset", "stock", "attachment"}},
	{"classify", "item, urgency and mode from the caller's words; remote or on site; repeated faults", []string{"workorder", "catalog", "org"}},
	{"dispatch", "candidates and why, assign, grab, urge, escalate", []string{"workorder", "org"}},
	{"escalation", "ladders of reminders, reports that are owed, watches", []string{"workorder", "notify"}},
	{"history", "orders brought in from another system: mapping, check, import, undoing", []string{"workorder", "catalog", "org"}},
	{"transport", "patient, specimen, blood, drug and goods moves on orders; loans", []string{"workorder", "asset", "org"}},
	{"upkeep", "plans, rounds, check lists that raise orders", []string{"workorder", "asset", "org"}},
	{"incident", "major incidents: suggestion, commander, check list, broadcast, closing report", []string{"workorder", "org", "notify"}},
	{"survey", "rating, call-back lists, complaints, praise", []string{"workorder", "org"}},
	{"callcenter", "queue, seats, calls, recordings, screen pop; `Telephony` interface", []string{"workorder", "knowledge", "catalog", "org"}},
	{"automation", "event → condition → action; dry run; run log", []string{"workorder", "dispatch", "notify"}},
	{"analytics", "metric catalogue, facts, reports, models", []string{"org"}},
	{"improve", "PDCA projects, findings, before and after", []string{"analytics", "org", "attachment"}},
	{"twin", "live picture and replay simulator", []string{"analytics", "dispatch", "org"}},
	{"integration", "webhooks out, mapping of outside messages in and out", []string{"org", "asset", "workorder", "notify"}},
}

// gatewayImports are the domains whose outside interfaces a gateway may fill.
var gatewayImports = []string{"identity", "notify", "iot", "callcenter", "integration"}

// composers put domains together and are imported by nobody but each other,
// commands and tests.
var composers = []string{"app", "demo"}

// domainNamed returns the row of a domain.
func domainNamed(name string) (row, bool) {
	i := slices.IndexFunc(domains, func(r row) bool { return r.name == name })
	if i < 0 {
		return row{}, false
	}
	return domains[i], true
}

// mayImport returns all domains a domain may import.
func (r row) mayImport() []string {
	if r.name == "audit" || r.name == "identity" {
		return r.imports
	}
	return append([]string{"audit", "identity"}, r.imports...)
}

// reaches returns what a domain may import and what that may import in turn.
func (r row) reaches() map[string]bool {
	out := map[string]bool{}
	for _, name := range r.mayImport() {
		out[name] = true
		if next, ok := domainNamed(name); ok {
			for n := range next.reaches() {
				out[n] = true
			}
		}
	}
	return out
}
