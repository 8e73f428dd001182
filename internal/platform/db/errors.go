package db

import (
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"wardline/internal/platform/fault"
)

// Wrap turns what the engines say into faults; everything else passes unchanged.
// Write and Read have done it to what they return.
func Wrap(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.Of(err); ok {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Missing()
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch code := lite.Code(); {
		case code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			return &fault.Fault{Kind: fault.Conflict, Code: "duplicate", Cause: err}
		case code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
			return &fault.Fault{Kind: fault.Invalid, Code: "unknown_reference", Cause: err}
		case code&0xff == sqlite3.SQLITE_BUSY, code&0xff == sqlite3.SQLITE_LOCKED,
			code&0xff == sqlite3.SQLITE_FULL, code&0xff == sqlite3.SQLITE_IOERR:
			return &fault.Fault{Kind: fault.Unavailable, Code: "unavailable", Cause: err}
		}
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "23505":
			return &fault.Fault{Kind: fault.Conflict, Code: "duplicate", Cause: err}
		case pg.Code == "22021": // text that holds a zero byte, which SQLite takes and no id or name of ours has
			return &fault.Fault{Kind: fault.Invalid, Code: "invalid", Cause: err,
				Fields: []fault.FieldFault{{Field: "body", Code: "bad_format"}}}
		case pg.Code == "23503":
			return &fault.Fault{Kind: fault.Invalid, Code: "unknown_reference", Cause: err}
		case pg.Code[:2] == "53", pg.Code[:2] == "57", pg.Code == "40001", pg.Code == "40P01", pg.Code == "55P03":
			return &fault.Fault{Kind: fault.Unavailable, Code: "unavailable", Cause: err}
		}
		return err
	}
	var conn *pgconn.ConnectError
	if errors.As(err, &conn) {
		return &fault.Fault{Kind: fault.Unavailable, Code: "unavailable", Cause: err}
	}
	return err
}

// IsMissing tells whether err says that there is no such row, inside a transaction
// or after it.
func IsMissing(err error) bool { return err != nil && fault.CodeOf(Wrap(err)) == "not_found" }

// IsDuplicate tells whether err came from a unique index.
func IsDuplicate(err error) bool { return fault.CodeOf(Wrap(err)) == "duplicate" }
