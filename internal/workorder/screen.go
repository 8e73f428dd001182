package workorder

import (
	"context"
	"strings"
	"time"

	"wardline/internal/identity"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/id"
)

// Screen is a link under which a big screen opens without sign-in.
type Screen struct {
	ID        string `db:"id" json:"id"`
	Name      string `db:"name" json:"name"`
	Hash      string `db:"hash" json:"-"`
	CampusID  string `db:"campus_id" json:"campusId,omitempty"`
	CreatedBy string `db:"created_by" json:"createdBy"`
	CreatedAt int64  `db:"created_at" json:"createdAt"`
	ExpiresAt int64  `db:"expires_at" json:"expiresAt"`
	RevokedAt int64  `db:"revoked_at" json:"revokedAt,omitempty"`
}

// ScreenData is what a big screen shows: counts and orders, no person.
type ScreenData struct {
	Name      string        `json:"name"`
	At        int64         `json:"at" doc:"The server's moment; older than a minute means stale"`
	ExpiresAt int64         `json:"expiresAt"`
	Open      []Tally       `json:"open"`
	Today     ScreenToday   `json:"today"`
	Hours     []int64       `json:"hours" doc:"Orders reported today, by hour of the day, 24 values"`
	Latest    []ScreenOrder `json:"latest"`
	Late      []ScreenOrder `json:"late" doc:"Open orders with a clock that ran out, the most pressing first"`
	// Incidents are the major incidents of the screen's campus.
	Incidents []IncidentState `json:"incidents" doc:"Major incidents that are not over"`
}

// ScreenToday are the counts since midnight.
type ScreenToday struct {
	Reported int64 `db:"reported" json:"reported"`
	Finished int64 `db:"finished" json:"finished" doc:"Of those reported today"`
	Overdue  int64 `db:"overdue" json:"overdue" doc:"Of those reported today"`
	Urged    int64 `db:"urged" json:"urged"`
	Rated    int64 `db:"rated" json:"rated"`
	Happy    int64 `db:"happy" json:"happy" doc:"Rated 4 or 5"`
}

// ScreenOrder is an order without anything personal.
type ScreenOrder struct {
	Number     string `json:"number"`
	Status     Status `json:"status"`
	Priority   string `json:"priority"`
	ItemName   string `json:"itemName"`
	ItemNameEn string `json:"itemNameEn"`
	PlaceName  string `json:"placeName"`
	TeamName   string `json:"teamName"`
	ReportedAt int64  `json:"reportedAt"`
	FinishDue  int64  `json:"finishDue,omitempty"`
	Overdue    string `json:"overdue,omitempty"`
}

// maxScreenDays is the longest life of a screen's link.
const maxScreenDays = 400

// AddScreen makes a link and returns its secret, which is shown only now.
func (s *Service) AddScreen(ctx context.Context, name, campusID string, days int) (Screen, string, error) {
	actor := identity.Of(ctx)
	var f fault.Fields
	name = line(&f, "name", name, true, 60)
	if days < 1 || days > maxScreenDays {
		f.Add("days", "too_big", "max", maxScreenDays)
	}
	if err := f.Err(); err != nil {
		return Screen{}, "", err
	}
	if !actor.May(identity.ScreenWrite, identity.Keys{Campus: campusID}) {
		return Screen{}, "", fault.Denied()
	}
	now := s.Clock.Now()
	secret := id.Secret()
	sc := Screen{ID: id.New(), Name: name, Hash: id.Hash(secret), CampusID: campusID, CreatedBy: actor.PersonID,
		CreatedAt: now, ExpiresAt: now + int64(days)*clock.Day}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if campusID != "" {
			if _, err := s.Org.Campus(ctx, tx, campusID); err != nil {
				return reference(err, "campusId")
			}
		}
		if err := db.Insert(ctx, tx, "workorder_screen", &sc); err != nil {
			return err
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "screen.add", "screen", sc.ID, map[string]any{"name": name})
	})
	return sc, secret, err
}

// Screens returns the links that the actor may manage.
func (s *Service) Screens(ctx context.Context) (out []Screen, err error) {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.ScreenWrite); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		out, err = screens(ctx, tx, actor.Scope(identity.ScreenWrite))
		return err
	})
	return out, err
}

// RevokeScreen ends a link at once.
func (s *Service) RevokeScreen(ctx context.Context, screenID string) error {
	actor := identity.Of(ctx)
	if err := actor.Need(identity.ScreenWrite); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := revokeScreen(ctx, tx, screenID, s.Clock.Now(), actor.Scope(identity.ScreenWrite))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Missing()
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "screen.revoke", "screen", screenID, nil)
	})
}

// ShowScreen returns what a screen's link shows now.
func (s *Service) ShowScreen(ctx context.Context, secret string) (ScreenData, error) {
	now := s.Clock.Now()
	var out ScreenData
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		sc, err := screenByHash(ctx, tx, id.Hash(strings.TrimSpace(secret)))
		if err != nil {
			return err
		}
		if sc.RevokedAt > 0 || sc.ExpiresAt <= now {
			return fault.Missing()
		}
		out = ScreenData{Name: sc.Name, At: now, ExpiresAt: sc.ExpiresAt}
		return s.fillScreen(ctx, tx, &out, sc.CampusID)
	})
	return out, err
}

func (s *Service) fillScreen(ctx context.Context, tx *db.Tx, out *ScreenData, campusID string) (err error) {
	local := clock.Time(out.At).In(s.Zone)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, s.Zone).UnixMilli()
	at := func() *db.Query {
		q := db.NewQuery()
		if campusID != "" {
			q.Where("o.campus_id = ?", campusID)
		}
		return q
	}
	if out.Open, err = tally(ctx, tx, at().Where("o.open")); err != nil {
		return err
	}
	if out.Today, err = today(ctx, tx, at().Where("o.reported_at >= ?", midnight)); err != nil {
		return err
	}
	if out.Hours, err = hours(ctx, tx, at().Where("o.reported_at >= ?", midnight), midnight); err != nil {
		return err
	}
	latest, err := list(ctx, tx, at().OrderBy(db.Order{Column: "o.id", Desc: true, Text: true}).Limit(12))
	if err != nil {
		return err
	}
	late, err := list(ctx, tx, at().Where("o.open AND o.overdue <> ''").OrderBy(db.Order{Column: "o.finish_due"}, db.Order{Column: "o.id", Text: true}).Limit(12))
	out.Latest, out.Late, out.Incidents = screenOrders(latest), screenOrders(late), []IncidentState{}
	if err != nil || s.Incidents == nil {
		return err
	}
	out.Incidents, err = s.Incidents.Current(ctx, tx, campusID)
	return err
}

func screenOrders(list []Order) []ScreenOrder {
	out := make([]ScreenOrder, 0, len(list))
	for _, o := range list {
		out = append(out, ScreenOrder{Number: o.Number, Status: o.Status, Priority: o.Priority, ItemName: o.ItemName, ItemNameEn: o.ItemNameEn,
			PlaceName: o.PlaceName, TeamName: o.TeamName, ReportedAt: o.ReportedAt, FinishDue: o.Deadlines.Finish, Overdue: o.Overdue})
	}
	return out
}
