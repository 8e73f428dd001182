package transport

import (
	"context"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
)

var sheetColumns = "SELECT " + db.Columns[Sheet]("") + " FROM transport_sheet"

func getSheet(ctx context.Context, tx *db.Tx, orderID string) (Sheet, error) {
	return db.One[Sheet](ctx, tx, sheetColumns+" WHERE id = $1", orderID)
}

// lockSheet reads a sheet and locks it until the transaction ends.
func lockSheet(ctx context.Context, tx *db.Tx, orderID string) (Sheet, error) {
	return db.One[Sheet](ctx, tx, sheetColumns+" WHERE id = $1"+tx.ForUpdate(), orderID)
}

func sheetsOf(ctx context.Context, tx *db.Tx, orderIDs []string) (map[string]Sheet, error) {
	out := make(map[string]Sheet, len(orderIDs))
	if len(orderIDs) == 0 {
		return out, nil
	}
	text, args := db.NewQuery().In("id", orderIDs...).Build(sheetColumns)
	list, err := db.All[Sheet](ctx, tx, text, args...)
	for _, s := range list {
		out[s.OrderID] = s
	}
	return out, err
}

func insertSheet(ctx context.Context, tx *db.Tx, s *Sheet) error {
	return db.Insert(ctx, tx, "transport_sheet", s)
}

func updateSheet(ctx context.Context, tx *db.Tx, s *Sheet) error {
	_, err := db.Update(ctx, tx, "transport_sheet", s)
	return err
}

func dueWipes(ctx context.Context, tx *db.Tx, now int64, most int) ([]string, error) {
	return db.All[string](ctx, tx, "SELECT id FROM transport_sheet WHERE wipe_at > 0 AND wipe_at <= $1 ORDER BY wipe_at, id LIMIT $2", now, most)
}

// moveWipes sets anew when patients are forgotten who still are known.
func moveWipes(ctx context.Context, tx *db.Tx, keep int64) error {
	_, err := db.Exec(ctx, tx, `UPDATE transport_sheet SET wipe_at = $1 + CASE WHEN appointment_at > created_at THEN appointment_at ELSE created_at END
		WHERE wipe_at > 0`, keep)
	return err
}

func settings(ctx context.Context, tx *db.Tx) (SettingsVersion, error) {
	list, err := db.All[SettingsVersion](ctx, tx, "SELECT "+db.Columns[SettingsVersion]("")+" FROM transport_setting ORDER BY version DESC LIMIT 1")
	if err != nil || len(list) == 0 {
		return SettingsVersion{Body: DefaultSettings()}, err
	}
	return list[0], nil
}

func insertSettings(ctx context.Context, tx *db.Tx, v *SettingsVersion) error {
	return db.Insert(ctx, tx, "transport_setting", v)
}

// bookingScope says where a booking's keys stand.
var bookingScope = identity.Columns{Campus: []string{"campus_id %s"}, Department: []string{"department_id %s"}, Team: []string{"team_id %s"},
	Vendor: []string{"vendor_id %s"}, Own: []string{"reporter_id %s", "creator_id %s"}}

var bookingColumns = "SELECT " + db.Columns[Booking]("") + " FROM transport_booking"

func getBooking(ctx context.Context, tx *db.Tx, id string) (Booking, error) {
	return db.One[Booking](ctx, tx, bookingColumns+" WHERE id = $1"+tx.ForUpdate(), id)
}

func listBookings(ctx context.Context, tx *db.Tx, q *db.Query) ([]Booking, error) {
	text, args := q.Build(bookingColumns)
	return db.All[Booking](ctx, tx, text, args...)
}

func dueBookings(ctx context.Context, tx *db.Tx, now int64, most int) ([]string, error) {
	return db.All[string](ctx, tx, "SELECT id FROM transport_booking WHERE state = 'waiting' AND release_at <= $1 ORDER BY release_at, id LIMIT $2", now, most)
}

func insertBooking(ctx context.Context, tx *db.Tx, b *Booking) error {
	return db.Insert(ctx, tx, "transport_booking", b)
}

func updateBooking(ctx context.Context, tx *db.Tx, b *Booking) error {
	_, err := db.Update(ctx, tx, "transport_booking", b)
	return err
}
