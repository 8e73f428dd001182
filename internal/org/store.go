package org

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"

	"wardline/internal/platform/db"
	"wardline/internal/platform/text"
)

// takeStamp makes the caller the only one who changes the directory until its
// transaction ends, and gives the directory a new stamp. Stamps are random: one
// that was rolled back can never come again and make a cache believe in it.
func takeStamp(ctx context.Context, tx *db.Tx, stamp int64) error {
	tx.Keep(stampNote{}, changing)
	_, err := db.Exec(ctx, tx, "UPDATE org_stamp SET value = $1 WHERE name = 'directory'", stamp)
	return err
}

func readStamp(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT value FROM org_stamp WHERE name = 'directory'")
}

func selectFrom[T any](kind Kind) string {
	return "SELECT " + db.Columns[T]("") + " FROM " + string(kind)
}

func one[T any](ctx context.Context, tx *db.Tx, kind Kind, id string) (T, error) {
	return db.One[T](ctx, tx, selectFrom[T](kind)+" WHERE id = $1", id)
}

func all[T any](ctx context.Context, tx *db.Tx, kind Kind) ([]T, error) {
	return db.All[T](ctx, tx, selectFrom[T](kind)+" ORDER BY sort_key, id")
}

func where[T any](ctx context.Context, tx *db.Tx, kind Kind, cond string, args ...any) ([]T, error) {
	return db.All[T](ctx, tx, selectFrom[T](kind)+" WHERE "+cond, args...)
}

// maxIn is how many ids stand in one statement.
const maxIn = 512

// chunks cuts ids, each once and none empty, into lists whose lengths are powers
// of two (the last id is repeated), so that few different statements are prepared.
func chunks(ids []string) [][]string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(s string) bool { return s == "" })
	var out [][]string
	for part := range slices.Chunk(ids, maxIn) {
		part = slices.Clone(part)
		for len(part)&(len(part)-1) != 0 {
			part = append(part, part[len(part)-1])
		}
		out = append(out, part)
	}
	return out
}

// within selects from a kind the rows whose column holds one of the values.
func within[T any](ctx context.Context, tx *db.Tx, kind Kind, columns, column string, values []string) ([]T, error) {
	var out []T
	for _, part := range chunks(values) {
		stmt, args := db.NewQuery().In(column, part...).Build("SELECT " + columns + " FROM " + string(kind))
		list, err := db.All[T](ctx, tx, stmt, args...)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// byIDs loads the rows with these ids; unknown ids are left out.
func byIDs[T any](ctx context.Context, tx *db.Tx, kind Kind, ids []string) ([]T, error) {
	return within[T](ctx, tx, kind, db.Columns[T](""), "id", ids)
}

type nameRow struct {
	ID   string `db:"id"`
	Name string `db:"name"`
}

// namesOf returns the names of the rows with these ids by id.
func namesOf(ctx context.Context, tx *db.Tx, kind Kind, column string, ids []string) (map[string]string, error) {
	list, err := within[nameRow](ctx, tx, kind, "id, "+column+" AS name", "id", ids)
	out := make(map[string]string, len(list))
	for _, r := range list {
		out[r.ID] = r.Name
	}
	return out, err
}

// subtree loads a row of a tree and everything below it.
func subtree[T any](ctx context.Context, tx *db.Tx, kind Kind, id string) ([]T, error) {
	return where[T](ctx, tx, kind, `ancestry LIKE $1 ESCAPE '\'`, "%/"+text.LikeEscape(id)+"/%")
}

func subtreeIDs(ctx context.Context, tx *db.Tx, kind Kind, id string) ([]string, error) {
	return db.All[string](ctx, tx, "SELECT id FROM "+string(kind)+` WHERE ancestry LIKE $1 ESCAPE '\' AND id <> $2 ORDER BY ancestry`,
		"%/"+text.LikeEscape(id)+"/%", id)
}

// rivals loads the rows that meet a condition or have the code, if there is one.
func rivals[T any](ctx context.Context, tx *db.Tx, kind Kind, code, cond string, args ...any) ([]T, error) {
	if code != "" {
		args = append(args, code)
		cond += " OR code = $" + strconv.Itoa(len(args))
	}
	return where[T](ctx, tx, kind, cond, args...)
}

// flatRivals loads a thing and those that have its new code or name.
func flatRivals[T any](ctx context.Context, tx *db.Tx, kind Kind, id, code, name string) ([]T, error) {
	return rivals[T](ctx, tx, kind, code, "id = $1 OR name = $2", id, name)
}

// treeRivals loads the row above a tree row, and those that have its new code or,
// beside it, its new name.
func treeRivals[T any](ctx context.Context, tx *db.Tx, kind Kind, parentID, code, name string) ([]T, error) {
	return rivals[T](ctx, tx, kind, code, "id = $1 OR parent_id = $2 AND name = $3", parentID, parentID, name)
}

// extensionRivals loads an extension and those that have one of its new numbers.
func extensionRivals(ctx context.Context, tx *db.Tx, id, number, direct string) ([]Extension, error) {
	return where[Extension](ctx, tx, KindExtension, "id = $1 OR number IN ($2, $3) OR direct <> '' AND direct IN ($4, $5)", id, number, direct, number, direct)
}

// extensionsOf loads the active extensions that have the number.
func extensionsOf(ctx context.Context, tx *db.Tx, number string) ([]Extension, error) {
	return where[Extension](ctx, tx, KindExtension, "active AND (number = $1 OR direct = $2)", number, number)
}

// onCampus loads what lies on a campus.
func onCampus[T any](ctx context.Context, tx *db.Tx, kind Kind, campusID string) ([]T, error) {
	return where[T](ctx, tx, kind, "campus_id = $1", campusID)
}

func placeByCode(ctx context.Context, tx *db.Tx, code string) (Place, error) {
	return db.One[Place](ctx, tx, selectFrom[Place](KindPlace)+" WHERE report_code = $1 AND active", code)
}

func activeTeams(ctx context.Context, tx *db.Tx) ([]Team, error) {
	return where[Team](ctx, tx, KindTeam, "active ORDER BY sort_key, id")
}

func isActive(ctx context.Context, tx *db.Tx, kind Kind, id string) (bool, error) {
	return db.One[bool](ctx, tx, "SELECT active FROM "+string(kind)+" WHERE id = $1", id)
}

func campusInUse(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	return anyRow(ctx, tx, id, "SELECT 1 FROM place WHERE campus_id = $1 AND active", "SELECT 1 FROM department WHERE campus_id = $1 AND active")
}

func hasChildren(ctx context.Context, tx *db.Tx, kind Kind, id string) (bool, error) {
	return anyRow(ctx, tx, id, "SELECT 1 FROM "+string(kind)+" WHERE parent_id = $1")
}

// pointedAt tells whether anything in this package names the thing.
func pointedAt(ctx context.Context, tx *db.Tx, kind Kind, id string) (bool, error) {
	return anyRow(ctx, tx, id, pointers[kind]...)
}

func deleteRow(ctx context.Context, tx *db.Tx, kind Kind, id string) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM "+string(kind)+" WHERE id = $1", id)
	return err
}

type treeRow struct {
	ID       string `db:"id"`
	Ancestry string `db:"ancestry"`
}

func departmentTree(ctx context.Context, tx *db.Tx) ([]treeRow, error) {
	return db.All[treeRow](ctx, tx, "SELECT id, ancestry FROM department ORDER BY ancestry")
}

// matching adds that every term of what was typed occurs in the column.
func matching(q *db.Query, column, typed string) {
	for i, term := range text.KeyTerms(typed) {
		if i == 8 {
			return // more terms than a name has parts
		}
		q.Where(column+` LIKE ? ESCAPE '\'`, text.LikeContains(term))
	}
}

// ranked runs the query of a picker: the very code first, then the very name, then
// what begins with what was typed, then what has it inside, then what lies within
// a place or department that has it.
func ranked[T any](ctx context.Context, tx *db.Tx, kind Kind, codeColumn string, q *db.Query, typed string, limit int) ([]T, error) {
	stmt, args := q.Build(selectFrom[T](kind))
	n := len(args)
	args = append(args, foldCode(typed), strings.TrimSpace(typed), text.LikeEscape(squeeze(typed)))
	p := func(i int) string { return "$" + strconv.Itoa(n+i) }
	rank := "CASE WHEN " + codeColumn + " = " + p(1) + " THEN 0" +
		" WHEN name = " + p(2) + " THEN 1" +
		" WHEN ' ' || search LIKE '% ' || " + p(3) + ` || '%' ESCAPE '\' THEN 2` +
		" WHEN search LIKE '%' || " + p(3) + ` || '%' ESCAPE '\' THEN 3 ELSE 4 END`
	if kind == KindExtension {
		rank = strings.Replace(rank, "name = ", "label = ", 1)
	}
	return db.All[T](ctx, tx, stmt+" ORDER BY "+rank+", sort_key, id LIMIT "+strconv.Itoa(limit), args...)
}

// anyRow tells whether any of the queries, each with one id, finds a row.
func anyRow(ctx context.Context, tx *db.Tx, id string, queries ...string) (bool, error) {
	for _, q := range queries {
		_, err := db.One[int64](ctx, tx, q+" LIMIT 1", id)
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return false, err
		}
	}
	return false, nil
}

// pointers are the columns of this package that name a thing of a kind.
var pointers = map[Kind][]string{
	KindCampus: {"SELECT 1 FROM place WHERE campus_id = $1", "SELECT 1 FROM department WHERE campus_id = $1",
		"SELECT 1 FROM team WHERE campus_id = $1"},
	KindPlace: {"SELECT 1 FROM extension WHERE place_id = $1", "SELECT 1 FROM shift WHERE place_id = $1", "SELECT 1 FROM duty WHERE place_id = $1",
		"SELECT 1 FROM attendance WHERE place_id = $1", "SELECT 1 FROM opening_hours WHERE place_id = $1"},
	KindDepartment: {"SELECT 1 FROM place WHERE own_department_id = $1", "SELECT 1 FROM extension WHERE department_id = $1"},
	KindTeam: {"SELECT 1 FROM duty WHERE team_id = $1", "SELECT 1 FROM shift WHERE team_id = $1", "SELECT 1 FROM rotation WHERE team_id = $1",
		"SELECT 1 FROM leave_span WHERE team_id = $1", "SELECT 1 FROM duty_swap WHERE team_id = $1"},
	KindVendor: {"SELECT 1 FROM team WHERE vendor_id = $1"},
	KindSkill:  {"SELECT 1 FROM person_skill WHERE skill_id = $1"},
}
