package app_test

import "strings"

// subjects says what the first part in braces of a path names, by the path up to it.
// directory and open things are seen by everybody who may call the operation at all;
// of all others nobody may learn that they exist who does not see them.
var subjects = map[string]string{
	"/api/v1/orders/{id}":               "order",
	"/api/v1/assets/{id}":               "asset",
	"/api/v1/people/{id}":               "person",
	"/api/v1/plans/{id}":                "plan",
	"/api/v1/transport/bookings/{id}":   "booking",
	"/api/v1/transport/loans/{id}":      "loan",
	"/api/v1/incidents/{id}":            "incident",
	"/api/v1/incident-suggestions/{id}": "a suggestion",
	"/api/v1/incident-plans/{id}":       "open",
	"/api/v1/public/notices/{code}":     "secret",
	"/api/v1/problems/{id}":             "problem",
	"/api/v1/attachments/{id}":          "attachment",
	"/api/v1/screens/{id}":              "screen",
	"/api/v1/jobs/{id}":                 "a job",
	"/api/v1/rules/{id}":                "a rule",
	"/api/v1/ladders/{id}":              "a ladder",
	"/api/v1/due-reports/{id}":          "report",
	"/api/v1/watches/{id}":              "watch",
	"/api/v1/dispatch/modes/{id}":       "a mode",
	"/api/v1/dispatch/items/{id}":       "open",
	"/api/v1/dispatch/kits/{id}":        "person",
	"/api/v1/messages/{id}":             "root's message",
	"/api/v1/notify/deliveries/{id}":    "root's delivery",
	"/api/v1/push/subscriptions/{id}":   "root's device",
	"/api/v1/auth/sessions/{id}":        "root's session",
	"/api/v1/auth/tokens/{id}":          "root's token",
	"/api/v1/asset-imports/{token}":     "root's asset import",
	"/api/v1/org/imports/{token}":       "root's place import",
	"/api/v1/history/batches/{id}":      "root's history",
	"/api/v1/history/mappings/{id}":     "root's mapping",
	"/api/v1/campuses/{id}":             "directory",
	"/api/v1/places/{id}":               "directory",
	"/api/v1/departments/{id}":          "directory",
	"/api/v1/teams/{id}":                "directory",
	"/api/v1/vendors/{id}":              "directory",
	"/api/v1/skills/{id}":               "directory",
	"/api/v1/extensions/{id}":           "directory",
	"/api/v1/duties/{id}":               "directory",
	"/api/v1/shifts/{id}":               "directory",
	"/api/v1/rotations/{id}":            "directory",
	"/api/v1/leaves/{id}":               "directory",
	"/api/v1/swaps/{id}":                "directory",
	"/api/v1/org/imports/{kind}":        "open",
	"/api/v1/org/exports/{kind}":        "open",
	"/api/v1/catalog/items/{id}":        "open",
	"/api/v1/catalog/categories/{id}":   "open",
	"/api/v1/roles/{id}":                "open",
	"/api/v1/notify/templates/{code}":   "open",
	"/api/v1/public/orders/{token}":     "secret", // the link itself is the right
	"/api/v1/scan/{code}":               "secret",
}

// subjectOf returns what an operation is about, "" when its path names nothing.
func (h *hospital) subjectOf(path string) string {
	end := strings.Index(path, "}")
	if end < 0 {
		return ""
	}
	kind, ok := subjects[path[:end+1]]
	if !ok {
		h.t.Fatalf("%s: subjects does not say what it is about", path)
	}
	return kind
}

// subject returns values for the braces of a path that are there and within the
// viewer's campus.
func (h *hospital) subject(path string) map[string]string {
	kind := h.subjectOf(path)
	values := map[string]string{"kind": "place", "code": h.openCode, "taskId": absent, "actionId": absent}
	switch kind {
	case "order", "asset", "plan", "booking", "loan", "report", "watch", "incident", "problem":
		values["id"] = h.id("ward " + kind)
	case "person":
		values["id"] = h.id("clerk")
	case "attachment":
		values["id"] = h.id("ward order's file")
	case "screen":
		values["id"] = h.id("east screen")
	case "directory":
		values["id"] = map[string]string{"campuses": h.east, "places": h.wardRoom, "departments": h.ward, "teams": h.crew, "vendors": h.firm}[strings.Split(path, "/")[3]]
	case "open":
		values["id"] = h.item
		if strings.HasPrefix(path, "/api/v1/roles/") {
			values["id"] = "reporter"
		}
		if strings.HasPrefix(path, "/api/v1/notify/") {
			values["code"] = "order.assigned"
		}
	case "", "secret":
	default:
		values["id"], values["token"] = h.id(kind), h.id(kind)
	}
	for k, v := range values {
		if v == "" {
			delete(values, k)
		}
	}
	return values
}
