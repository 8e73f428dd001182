package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"

	"wardline/internal/attachment"
	"wardline/internal/audit"
	"wardline/internal/demo"
	"wardline/internal/history"
	"wardline/internal/identity"
	"wardline/internal/org"
	"wardline/internal/platform/blob"
	"wardline/internal/platform/db"
	"wardline/internal/platform/event"
	"wardline/internal/workorder"
)

// key derives a key for one purpose from the hospital's secret.
func (a *App) key(purpose string) []byte {
	h := hmac.New(sha256.New, a.Secret)
	h.Write([]byte(purpose))
	return h.Sum(nil)
}

func (a *App) orgChanged(ctx context.Context, tx *db.Tx, kind org.Kind, id string) error {
	if kind == org.KindPlace && id != "" {
		if err := a.Assets.PlaceChanged(ctx, tx, id); err != nil {
			return err
		}
	}
	if kind == org.KindDepartment {
		tx.After(a.People.Forget)
	}
	return a.Events.Append(ctx, tx, event.Event{Topic: "org." + string(kind), Subject: id, Audience: identity.Keys{Everyone: true}})
}

func (a *App) below(ctx context.Context, departmentID string) ([]string, error) {
	return a.Org.Below(ctx, departmentID)
}

func (a *App) exists(ctx context.Context, tx *db.Tx, kind identity.ScopeKind, id string) (bool, error) {
	return a.Org.Exists(ctx, tx, kind, id)
}

func (a *App) teamExists(ctx context.Context, tx *db.Tx, teamID string) (bool, error) {
	t, err := a.Org.Team(ctx, tx, teamID)
	if db.IsMissing(err) {
		return false, nil
	}
	return err == nil && t.Active, err
}

func (a *App) orgDeps() org.Deps {
	return org.Deps{DB: a.DB, Clock: a.Clock, Trail: a.Trail, Zone: a.Zone, Changed: a.orgChanged, Referenced: a.referenced,
		ByStaffNumber: a.People.FindByStaffNo, StaffNumbers: a.staffNumbers, MayName: a.People.MayName,
		Members: func(ctx context.Context, tx *db.Tx, teamID string) ([]string, error) {
			return a.membersIn(ctx, tx, teamID, false)
		},
		ImportPeople: &org.People{Create: a.People.CreateIn, Get: a.People.PersonIn,
			List: func(ctx context.Context, cursor string) ([]identity.Person, string, error) {
				return a.People.List(ctx, identity.PeopleFilter{Active: new(true)}, 200, cursor)
			}}}
}

// staffNumbers returns the staff numbers of the people that exist.
func (a *App) staffNumbers(ctx context.Context, tx *db.Tx, ids []string) (map[string]string, error) {
	people, err := a.peopleOf(ctx, tx, ids)
	out := make(map[string]string, len(people))
	for id, p := range people {
		out[id] = p.StaffNo
	}
	return out, err
}

// auditHTTP shows the trail only to who may see the whole hospital.
func (a *App) auditHTTP() audit.HTTP {
	return audit.HTTP{Trail: a.Trail, MayRead: func(ctx context.Context) error { return identity.Of(ctx).NeedAll(identity.AuditRead) }}
}

func (a *App) makeFiles(folder string) error {
	store, err := blob.NewFolder(folder, a.Clock)
	if err != nil {
		return err
	}
	a.Files = attachment.New(attachment.Deps{DB: a.DB, Trail: a.Trail, Clock: a.Clock, Store: store, Previews: folder + "-previews",
		PublicUpload: func(ctx context.Context, code string) error { return a.Assets.PublicReport(ctx, code) },
		Subjects: map[string]attachment.Guard{
			workorder.Topic: func(ctx context.Context, actor *identity.Actor, orderID string) error {
				return a.Orders.Visible(ctx, actor, orderID)
			},
		}})
	return nil
}

func (a *App) makeHistory(folder string) error {
	store, err := blob.NewFolder(folder, a.Clock)
	if err != nil {
		return err
	}
	a.History = history.New(history.Deps{DB: a.DB, Clock: a.Clock, Zone: a.Zone, Trail: a.Trail, Events: a.Events, Queue: a.Queue,
		Org: a.Org, Catalog: a.Catalog, Orders: a.Orders, Files: store, Logger: a.Logger})
	return nil
}

// MailOptions is the way mail goes out.
type MailOptions struct{ Address, Security, User, Password, From string }

// PushOptions is who push services may turn to.
type PushOptions struct{ Contact string }

// EndLive closes the open streams, so that the server can end.
func (a *App) EndLive() { a.Live.Close() }

// MakeDemo fills the empty database with an invented hospital.
func (a *App) MakeDemo(ctx context.Context, o demo.Options, progress func(done, of int)) ([]demo.Account, error) {
	return demo.Make(ctx, demo.Parts{DB: a.DB, People: a.People, Org: a.Org, Catalog: a.Catalog, Assets: a.Assets, Orders: a.Orders, Plans: a.Upkeep, Watch: a.Escalation, Incidents: a.Incidents, Sorter: a.Sorter, Moves: a.Moves}, o, progress)
}
