package db

import (
	"context"
	"strings"

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
	return IndexTexts(ctx, tx, table, []string{id}, []string{words})
}

// IndexTexts is IndexText for many rows that have not been indexed before. SQLite
// writes its index anew for each statement, so that many rows go into one.
func IndexTexts(ctx context.Context, tx *Tx, table string, ids, words []string) error {
	const per = 64
	head, value := "INSERT INTO "+table+"_text (seq, body) VALUES ", "to_tsvector('simple', %s)"
	if tx.engine == SQLite {
		head, value = "INSERT INTO "+table+"_text (rowid, body) VALUES ", "%s"
	}
	for len(ids) > 0 {
		n := min(per, len(ids))
		for n&(n-1) != 0 {
			n &= n - 1
		}
		var b strings.Builder
		b.WriteString(head)
		args := make([]any, 0, 2*n)
		for i := range n {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString("((SELECT seq FROM " + table + " WHERE id = " + mark(tx.engine, 2*i+1) + "), " + strings.Replace(value, "%s", mark(tx.engine, 2*i+2), 1) + ")")
			args = append(args, ids[i], text.IndexText(words[i]))
		}
		if err := Later(ctx, tx, b.String(), args...); err != nil {
			return err
		}
		ids, words = ids[n:], words[n:]
	}
	return nil
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
