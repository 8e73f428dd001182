package transport

import (
	"context"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/text"
)

// loanScope says where the keys of loans and sightings stand: both who owns the thing
// and who has it see them.
var loanScope = identity.Columns{Campus: []string{"campus_id %s"}, Department: []string{"department_id %s", "owner_id %s"}, Vendor: []string{"vendor_id %s"}}

var loanColumns = "SELECT " + db.Columns[Loan]("") + " FROM transport_loan"

func lockLoan(ctx context.Context, tx *db.Tx, id string) (Loan, error) {
	return db.One[Loan](ctx, tx, loanColumns+" WHERE id = $1"+tx.ForUpdate(), id)
}

// openLoan returns the loan by which a thing is out, if it is.
func openLoan(ctx context.Context, tx *db.Tx, assetID string) (l Loan, out bool, err error) {
	list, err := db.All[Loan](ctx, tx, loanColumns+" WHERE asset_id = $1 AND returned_at = 0", assetID)
	if err != nil || len(list) == 0 {
		return l, false, err
	}
	return list[0], true, nil
}

func insertLoan(ctx context.Context, tx *db.Tx, l *Loan) error {
	return db.Insert(ctx, tx, "transport_loan", l)
}

func updateLoan(ctx context.Context, tx *db.Tx, l *Loan) error {
	_, err := db.Update(ctx, tx, "transport_loan", l)
	return err
}

func listLoans(ctx context.Context, tx *db.Tx, q *db.Query) ([]Loan, error) {
	text, args := q.Build(loanColumns)
	return db.All[Loan](ctx, tx, text, args...)
}

func putSighting(ctx context.Context, tx *db.Tx, s *Sighting) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM transport_sighting WHERE asset_id = $1", s.AssetID); err != nil {
		return err
	}
	return db.Insert(ctx, tx, "transport_sighting", s)
}

func listSightings(ctx context.Context, tx *db.Tx, q *db.Query) ([]Sighting, error) {
	text, args := q.Build("SELECT " + db.Columns[Sighting]("") + " FROM transport_sighting")
	return db.All[Sighting](ctx, tx, text, args...)
}

// named narrows a list to things whose number, name or place contains the text.
func named(q *db.Query, typed string) {
	like := text.LikeContains(strings.ToLower(typed))
	q.Where(`lower(asset_number) LIKE ? ESCAPE '\' OR lower(asset_name) LIKE ? ESCAPE '\' OR lower(place_name) LIKE ? ESCAPE '\'`, like, like, like)
}
