package sla

import (
	"context"

	"wardline/internal/platform/db"
)

func readStamp(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT value FROM sla_stamp WHERE name = 'clocks'")
}

// takeStamp gives the settings a new stamp, unless somebody else changed them meanwhile.
func takeStamp(ctx context.Context, tx *db.Tx, was, stamp int64) (bool, error) {
	n, err := db.Exec(ctx, tx, "UPDATE sla_stamp SET value = $2 WHERE name = 'clocks' AND value = $1", was, stamp)
	return n == 1, err
}

type yearRow struct {
	Year      int64 `db:"year"`
	Body      Year  `db:"body,json"`
	UpdatedAt int64 `db:"updated_at"`
}

type calendarRow struct {
	Named
	UpdatedAt int64 `db:"updated_at"`
}

func content(ctx context.Context, tx *db.Tx) (c Content, err error) {
	if c.Calendars, err = db.All[Named](ctx, tx, "SELECT "+db.Columns[Named]("")+" FROM calendar ORDER BY id"); err != nil {
		return c, err
	}
	years, err := db.All[yearRow](ctx, tx, "SELECT "+db.Columns[yearRow]("")+" FROM holiday_year ORDER BY year")
	if err != nil {
		return c, err
	}
	for _, y := range years {
		c.Years = append(c.Years, y.Body)
	}
	if c.Reasons, err = db.All[Reason](ctx, tx, "SELECT "+db.Columns[Reason]("")+" FROM hold_reason ORDER BY position, code"); err != nil {
		return c, err
	}
	c.Limits, err = db.All[Limit](ctx, tx, "SELECT "+db.Columns[Limit]("")+" FROM limit_rule ORDER BY item_id, priority, place_class")
	return c, err
}

func putCalendar(ctx context.Context, tx *db.Tx, n Named, now int64) error {
	if err := dropCalendar(ctx, tx, n.ID); err != nil {
		return err
	}
	return db.Insert(ctx, tx, "calendar", &calendarRow{n, now})
}

func dropCalendar(ctx context.Context, tx *db.Tx, id string) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM calendar WHERE id = $1", id)
	return err
}

func putYear(ctx context.Context, tx *db.Tx, y Year, now int64) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM holiday_year WHERE year = $1", y.Year); err != nil {
		return err
	}
	return db.Insert(ctx, tx, "holiday_year", &yearRow{int64(y.Year), y, now})
}

func putReasons(ctx context.Context, tx *db.Tx, list []Reason) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM hold_reason"); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, "hold_reason", list)
}

func putLimits(ctx context.Context, tx *db.Tx, list []Limit) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM limit_rule"); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, "limit_rule", list)
}
