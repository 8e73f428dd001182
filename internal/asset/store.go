package asset

import (
	"context"

	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

type codeRow struct {
	Secret    string `db:"secret"`
	AssetID   string `db:"asset_id"`
	MadeAt    int64  `db:"made_at"`
	RevokedAt int64  `db:"revoked_at"`
}

// Event is one line of an asset's history.
type Event struct {
	ID        string   `db:"id" json:"id"`
	AssetID   string   `db:"asset_id" json:"-"`
	At        int64    `db:"at" json:"at" doc:"Unix milliseconds"`
	Kind      Kind     `db:"kind" json:"kind" enum:"created,changed,moved,status,relabelled"`
	ActorID   string   `db:"actor_id" json:"actorId"`
	ActorName string   `db:"actor_name" json:"actorName"`
	Note      string   `db:"note" json:"note,omitempty"`
	Changes   []Change `db:"changes,json" json:"changes,omitempty"`
}

type importRow struct {
	ID        string         `db:"id"`
	PersonID  string         `db:"person_id"`
	FileName  string         `db:"file_name"`
	Language  fault.Language `db:"language"`
	Columns   []string       `db:"columns,json"`
	Lines     []fileLine     `db:"lines,json"`
	Plan      []planned      `db:"plan,json"`
	Digest    string         `db:"digest"`
	ExpiresAt int64          `db:"expires_at"`
}

var (
	assetColumns = db.Columns[Asset]("")
	eventColumns = db.Columns[Event]("")
)

func load(ctx context.Context, tx *db.Tx, id string) (Asset, error) {
	return db.One[Asset](ctx, tx, "SELECT "+assetColumns+" FROM asset WHERE id = $1", id)
}

func lock(ctx context.Context, tx *db.Tx, id string) (Asset, error) {
	return db.One[Asset](ctx, tx, "SELECT "+assetColumns+" FROM asset WHERE id = $1"+tx.ForUpdate(), id)
}

func listBy(ctx context.Context, tx *db.Tx, q *db.Query) ([]Asset, error) {
	sel, args := q.Build("SELECT " + assetColumns + " FROM asset")
	return db.All[Asset](ctx, tx, sel, args...)
}

func countBy(ctx context.Context, tx *db.Tx, q *db.Query) (int64, error) {
	sel, args := q.Count("asset")
	return db.One[int64](ctx, tx, sel, args...)
}

// holder returns the id of the asset that has a number, "" when none has.
func holder(ctx context.Context, tx *db.Tx, number string) (string, error) {
	ids, err := db.All[string](ctx, tx, "SELECT id FROM asset WHERE number = $1", number)
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return ids[0], nil
}

func anyWith(ctx context.Context, tx *db.Tx, column, value string) (bool, error) {
	return db.One[bool](ctx, tx, "SELECT EXISTS (SELECT 1 FROM asset WHERE "+column+" = $1)", value)
}

// byNumbers returns the assets that have one of these numbers, by number.
func byNumbers(ctx context.Context, tx *db.Tx, numbers []string) (map[string]Asset, error) {
	out := make(map[string]Asset, len(numbers))
	for len(numbers) > 0 {
		n := min(len(numbers), 500)
		list, err := listBy(ctx, tx, db.NewQuery().In("number", numbers[:n]...))
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			out[a.Number] = a
		}
		numbers = numbers[n:]
	}
	return out, nil
}

// findCode returns a code whether it is in force or not.
func findCode(ctx context.Context, tx *db.Tx, secret string) (codeRow, error) {
	return db.One[codeRow](ctx, tx, "SELECT "+db.Columns[codeRow]("")+" FROM asset_code WHERE secret = $1", secret)
}

// currentSecrets returns the secrets in force by asset.
func currentSecrets(ctx context.Context, tx *db.Tx, ids []string) (map[string]string, error) {
	sel, args := db.NewQuery().In("asset_id", ids...).Where("revoked_at = 0").Build("SELECT " + db.Columns[codeRow]("") + " FROM asset_code")
	rows, err := db.All[codeRow](ctx, tx, sel, args...)
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.AssetID] = r.Secret
	}
	return out, err
}

func revokeCode(ctx context.Context, tx *db.Tx, assetID string, at int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE asset_code SET revoked_at = $1 WHERE asset_id = $2 AND revoked_at = 0", at, assetID)
	return err
}

func listEvents(ctx context.Context, tx *db.Tx, q *db.Query) ([]Event, error) {
	sel, args := q.Build("SELECT " + eventColumns + " FROM asset_event")
	return db.All[Event](ctx, tx, sel, args...)
}

// setCampus gives assets at these places their campus, where it has changed.
func setCampus(ctx context.Context, tx *db.Tx, campusID string, placeIDs []string) error {
	for len(placeIDs) > 0 {
		n := min(len(placeIDs), 500)
		cond, args := db.InList("place_id", placeIDs[:n])
		where, args := db.NewQuery().Where(cond, args...).Where("campus_id <> ?", campusID).Build("")
		args = append(args, campusID)
		if _, err := db.Exec(ctx, tx, "UPDATE asset SET campus_id = $"+itoa(len(args))+where, args...); err != nil {
			return err
		}
		placeIDs = placeIDs[n:]
	}
	return nil
}

func findImport(ctx context.Context, tx *db.Tx, id, personID string, now int64) (importRow, error) {
	return db.One[importRow](ctx, tx, "SELECT "+db.Columns[importRow]("")+" FROM asset_import WHERE id = $1 AND person_id = $2 AND expires_at > $3", id, personID, now)
}

func dropImport(ctx context.Context, tx *db.Tx, id string) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM asset_import WHERE id = $1", id)
	return err
}

func purgeImports(ctx context.Context, tx *db.Tx, now int64) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM asset_import WHERE expires_at <= $1", now)
	return err
}
