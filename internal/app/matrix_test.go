package app_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/web"
)

// wholes are permissions on what belongs to the whole hospital, and wantAll other
// operations of the kind: holding the permission in a part of it is not enough.
var wholes = map[identity.Permission]string{
	identity.AuditRead:    "entries of the trail carry no scope",
	identity.JobRead:      "a job belongs to nobody",
	identity.JobWrite:     "a job belongs to nobody",
	identity.CatalogWrite: "there is one catalogue",
	identity.SettingWrite: "everybody gets the same wordings",
	identity.OrderImport:  "what comes in may lie anywhere",
	identity.RuleRead:     "a rule acts on orders of the whole hospital",
	identity.RuleManage:   "a rule acts on orders of the whole hospital",
}

var wantAll = map[string]string{
	"POST /api/v1/roles":             "a role can be granted in any scope",
	"PUT /api/v1/roles/{id}":         "a role can be granted in any scope",
	"DELETE /api/v1/roles/{id}":      "a role can be granted in any scope",
	"PUT /api/v1/people/{id}/skills": "the directory does not know to whom a person belongs",
	"POST /api/v1/campuses":          "a new campus lies in no scope yet",
	"POST /api/v1/vendors":           "a new vendor lies in no scope yet",
	"POST /api/v1/skills":            "a skill belongs to the whole hospital",

	"POST /api/v1/incident-plans":        "an emergency plan is the whole hospital's",
	"PUT /api/v1/incident-plans/{id}":    "an emergency plan is the whole hospital's",
	"DELETE /api/v1/incident-plans/{id}": "an emergency plan is the whole hospital's",
	"PUT /api/v1/incident-settings":      "reports are held against each other everywhere",
}

// whole returns why an operation wants the permission in the whole hospital, or "".
func whole(o operation) string {
	if reason := wholes[identity.Permission(o.access)]; reason != "" {
		return reason
	}
	return wantAll[o.String()]
}

// further are operations that ask for more than their access says, because what is
// needed depends on the input or on the thing: any one of the permissions will do.
var further = map[string][]identity.Permission{
	"POST /api/v1/orders/{id}/cancel":       {identity.OrderIntake, identity.OrderConfirm},
	"POST /api/v1/orders/{id}/resume":       {identity.OrderWork, identity.OrderDispatch},
	"POST /api/v1/orders/{id}/convert":      {identity.OrderWork, identity.OrderIntake},
	"POST /api/v1/orders/{id}/remote-solve": {identity.OrderWork, identity.OrderIntake},
	"POST /api/v1/orders/{id}/transfer":     {identity.OrderWork, identity.OrderDispatch},
	"POST /api/v1/orders/{id}/tasks":        {identity.OrderWork, identity.OrderDispatch},
	"POST /api/v1/orders/{id}/tasks/plan":   {identity.OrderWork, identity.OrderDispatch},
	// or coordinating the order, as leader of its squad or first owner
	"POST /api/v1/orders/{id}/tasks/{taskId}/assign": {identity.OrderDispatch},
	"POST /api/v1/orders/{id}/tasks/{taskId}/cancel": {identity.OrderDispatch, identity.OrderIntake},
	"POST /api/v1/orders/{id}/tasks/{taskId}/check":  {identity.OrderWork},
	"POST /api/v1/orders/{id}/owner":                 {identity.OrderDispatch, identity.OrderIntake},
	"POST /api/v1/orders/{id}/squad":                 {identity.OrderDispatch, identity.OrderIntake},
	"POST /api/v1/orders/{id}/squad/dissolve":        {identity.OrderDispatch, identity.OrderIntake},
	"POST /api/v1/orders/{id}/squad/messages":        {identity.OrderDispatch},
	"POST /api/v1/orders/{id}/not-solved":            {identity.OrderConfirm, identity.OrderCallBack},
	"POST /api/v1/teams/{id}/duties":                 {identity.OrgWrite}, // or leading the team
	"POST /api/v1/teams/{id}/shifts":                 {identity.OrgWrite}, // as duties
	"POST /api/v1/teams/{id}/rotations":              {identity.OrgWrite},
	"POST /api/v1/teams/{id}/leaves":                 {identity.OrgWrite},
	"GET /api/v1/org/exports/{kind}":                 {identity.OrgWrite},
	"POST /api/v1/org/imports/{kind}":                {identity.OrgWrite},
	"GET /print/labels":                              {identity.OrgWrite, identity.AssetWrite},
	"GET /api/v1/notify/deliveries?everyone=true":    {identity.JobRead},
}

// refusing are the operations that may answer 401 or 403 for another reason than a
// permission that is lacking.
var refusing = map[string]string{
	"POST /api/v1/auth/login":      "401 is the answer to a wrong password",
	"POST /api/v1/auth/login/code": "401: only for a sign-in that waits for a code",
	"POST /api/v1/public/orders":   "401 where reports need a sign-in",
	"POST /api/v1/attachments":     "401 for nobody who has not scanned a code",
	"GET /api/v1/scan/{code}":      "401 is the answer to whoever has not signed in, whatever the code",
}

// roles returns the built-in roles.
func roles() []identity.Role { return identity.BuiltinRoles() }

func holds(r identity.Role, o operation) bool {
	switch web.Access(o.access) {
	case web.Public, web.SignedIn, identity.Staged:
		return true
	}
	return slices.Contains(r.Permissions, identity.Permission(o.access))
}

// inputs returns paths and bodies to try an operation with: nothing, rubbish, what the
// validator takes, and the last with things that are there.
func (h *hospital) inputs(o operation) []input {
	rubbish := []input{{path: at(o.path, nil)}, {path: at(o.path, nil), body: raw("{")}, {path: at(o.path, nil) + "?surely=unknown", body: raw(`{"surely":"unknown"}`)}}
	return append(rubbish, h.plausible(o, false), h.plausible(o, true))
}

type input struct {
	path string
	body any
	kind string // content type; empty is JSON
}

// send sends an input.
func (h *hospital) send(v visitor, o operation, in input, more ...header) reply {
	h.t.Helper()
	if in.kind != "" {
		more = append(more, header{"Content-Type", in.kind})
	}
	return h.do(v, o.method, in.path, in.body, more...)
}

// uploads are the files that plain routes take.
var uploads = map[string]string{
	"POST /api/v1/org/imports/{kind}": "名称\n新房间\n",
	"POST /api/v1/asset-imports":      "编号,名称,类别\nNR-1,计算机,pc\n",
	"POST /api/v1/attachments":        "GIF89a",
	"POST /api/v1/history/batches":    "单号,内容,报修时间\nA1,灯不亮,2026-01-02 08:00\n",
}

// plausible is an input that the validator takes, about something that is not there,
// or with present about something within the viewer's campus.
func (h *hospital) plausible(o operation, present bool) input {
	in := input{path: at(o.path, map[string]string{"kind": "place"})}
	if present {
		in.path = at(o.path, h.subject(o.path))
	}
	for i, name := range o.needed {
		value := map[string]string{"from": "1", "to": "1000"}[name]
		if len(o.enums[name]) > 0 {
			value = fmt.Sprint(o.enums[name][0])
		}
		if value == "" {
			value = "1"
		}
		in.path += map[bool]string{true: "?", false: "&"}[i == 0] + name + "=" + value
	}
	if content := uploads[o.String()]; content != "" {
		text, kind := form(h.t, "file", "list.csv", []byte(content))
		in.body, in.kind = raw(text), kind
	}
	if o.body != nil {
		in.body = o.document.sample(o.body, "", false, h.known())
	}
	return in
}

// known are values for the fields of bodies: things of the viewer's own campus.
func (h *hospital) known() map[string]any {
	return map[string]any{"itemId": h.item, "placeId": h.openRoom, "rule": "FREQ=DAILY", "startAt": 1_790_000_000_000, "teamId": h.crew, "campusId": h.east, "departmentId": h.office, "into": absent,
		"personId": h.me, "roleId": "reporter", "nameZh": "名", "kind": "other", "class": "pc", "form": map[string]any{}, "number": "4711", "phone": "4711",
		"email": "a@mail.example", "language": "zh", "permissions": []string{"order.read"}, "login": "nobodyatall", "password": "wrong-one-1", "current": "wrong-one-1", "next": "Neues-Wort-77"}
}

func TestWithoutSignInEverythingElseIsRefused(t *testing.T) {
	h := build(t, db.SQLite)
	stale := visitor{name: "a session that never was", cookie: strings.Repeat("a", 32)}
	for _, o := range h.operations() {
		for _, v := range []visitor{nobody, stale} {
			for _, in := range h.inputs(o) {
				r := h.send(v, o, in)
				switch web.Access(o.access) {
				case web.Public:
					if r.status == 403 || r.status == 401 && refusing[o.String()] == "" || r.status >= 500 {
						t.Errorf("%s %s: %s answers %d: %s", o.method, in.path, v.name, r.status, r)
					}
				default:
					if r.status != 401 || r.code() != "unauthorized" {
						t.Errorf("%s %s: %s is answered %d, not 401: %s", o.method, in.path, v.name, r.status, r)
					}
				}
			}
		}
		r := h.do(visitor{token: "wl_" + strings.Repeat("a", 32)}, o.method, at(o.path, nil), nil)
		if r.status != 401 || r.code() != "identity.bad_token" {
			t.Errorf("%s: a token that never was is answered %d: %s", o, r.status, r)
		}
	}
}

func TestEveryRoleMeetsEveryOperation(t *testing.T) {
	h := build(t, db.SQLite)
	used := map[string]bool{}
	ops := h.operations()
	for _, role := range roles() {
		h.grant(h.me, identity.GrantSpec{RoleID: role.ID, ScopeKind: identity.ScopeCampus})
		for _, o := range ops {
			if !holds(role, o) {
				for _, in := range h.inputs(o) {
					if r := h.send(h.viewer, o, in); r.status != 403 || r.code() != "forbidden" {
						t.Errorf("%s %s: a %s, who lacks %s, is answered %d: %s", o.method, in.path, role.ID, o.access, r.status, r)
					}
				}
				continue
			}
			for i, in := range []input{{path: at(o.path, nil)}, h.plausible(o, false)} {
				r := h.send(h.viewer, o, in)
				h.viewer = h.again(h.viewer, r)
				refused := r.status == 401 || r.status == 403
				switch {
				case r.status >= 500:
					t.Errorf("%s %s: %d %s", o.method, in.path, r.status, r)
				case whole(o) != "":
					used[o.String()] = used[o.String()] || refused
					if i == 1 && !refused {
						t.Errorf("%s: a %s of one campus is answered %d, but %s", o, role.ID, r.status, whole(o))
					}
				case refused && refusing[o.String()] == "" && (len(further[o.String()]) == 0 || anyOf(role, further[o.String()])):
					t.Errorf("%s %s: a %s, who holds %s, is answered %d: %s", o.method, in.path, role.ID, o.access, r.status, r)
				}
			}
		}
	}
	for op, reason := range wantAll {
		if !used[op] {
			t.Errorf("%s refused nobody with a narrow scope (%s): is it still there?", op, reason)
		}
	}
}

func anyOf(r identity.Role, list []identity.Permission) bool {
	return slices.ContainsFunc(list, func(p identity.Permission) bool { return slices.Contains(r.Permissions, p) })
}

func TestWhatDependsOnTheThingIsAskedForToo(t *testing.T) {
	h := build(t, db.SQLite)
	known := map[string]operation{}
	for _, o := range h.operations() {
		known[o.String()] = o
	}
	for _, role := range roles() {
		h.grant(h.me, identity.GrantSpec{RoleID: role.ID, ScopeKind: identity.ScopeCampus})
		for _, name := range slices.Sorted(maps.Keys(further)) {
			op, query, _ := strings.Cut(name, "?")
			o, ok := known[op]
			if !ok {
				t.Fatalf("%s is no way in", op)
			}
			if !holds(role, o) || anyOf(role, further[name]) {
				continue
			}
			in := h.plausible(o, true)
			if query != "" {
				in.path += "?" + query
			}
			if r := h.send(h.viewer, o, in); r.status != 403 {
				t.Errorf("%s %s: a %s, who holds none of %v, is answered %d: %s", o.method, in.path, role.ID, further[name], r.status, r)
			}
		}
	}
}

func TestAdministratorsAreNeverRefused(t *testing.T) {
	h := build(t, db.SQLite)
	root := h.root
	for _, o := range h.operations() {
		for _, in := range []input{{path: at(o.path, nil)}, h.plausible(o, false)} {
			r := h.send(root, o, in)
			root = h.again(root, r)
			if (r.status == 401 || r.status == 403) && refusing[o.String()] == "" || r.status >= 500 {
				t.Errorf("%s %s: the administrator is answered %d: %s", o.method, in.path, r.status, r)
			}
		}
		if !o.changes() && !strings.HasSuffix(o.path, "/live") {
			in := h.plausible(o, true)
			if r := h.do(root, o.method, in.path, nil); (r.status == 401 || r.status == 403) && refusing[o.String()] == "" || r.status >= 500 {
				t.Errorf("%s %s: the administrator is answered %d: %s", o.method, in.path, r.status, r)
			}
		}
	}
}
