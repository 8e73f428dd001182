package db

import (
	"context"

	"wardline/internal/platform/text"
)

// A full-text table NAME_text goes with a table NAME that has a column seq: on
// SQLite it is an FTS5 table whose rowid is seq, on PostgreSQL a tsvector beside seq.

// IndexText stores what a row of the table can be found by. old tells that the
// row may have been indexed before.
func IndexText(ctx context.Context, tx *Tx, table, id, words string, old bool) error {
	if old {
		column := "seq"
		if tx.engine == SQLite {
			column = "rowid"
		}
		if _, err := Exec(ctx, tx, "DELETE FROM "+table+"_text WHERE "+column+" = (SELECT seq FROM "+table+" WHERE id = $1)", id); err != nil {
			return err
		}
	}
	insert := "INSERT INTO " + table + "_text (seq, body) SELECT seq, to_tsvector('simple', $2) FROM " + table + " WHERE id = $1"
	if tx.engine == SQLite {
		insert = "INSERT INTO " + table + "_text (rowid, body) SELECT seq, $2 FROM " + table + " WHERE id = $1"
	}
	_, err := Exec(ctx, tx, insert, id, text.IndexText(words))
	return err
}

// MatchText adds to a query the condition that a row is found by what a person
// typed; alias is that of the table in the query.
func MatchText(q *Query, engine Engine, table, alias, typed string) {
	if engine == SQLite {
		q.Where(alias+".seq IN (SELECT rowid FROM "+table+"_text WHERE "+table+"_text MATCH ?)", text.FTS5Query(typed))
		return
	}
	q.Where(alias+".seq IN (SELECT seq FROM "+table+"_text WHERE body @@ to_tsquery('simple', ?))", text.TSQuery(typed))
}

// ForgetText removes the texts of the rows whose ids the sub-select names.
func ForgetText(ctx context.Context, tx *Tx, table, idsSelect string, args ...any) error {
	column := "seq"
	if tx.engine == SQLite {
		column = "rowid"
	}
	_, err := Exec(ctx, tx, "DELETE FROM "+table+"_text WHERE "+column+" IN (SELECT seq FROM "+table+" WHERE id IN "+idsSelect+")", args...)
	return err
}
