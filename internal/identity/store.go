package identity

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"wardline/internal/platform/db"
	"wardline/internal/platform/text"
)

// personColumns say in SQL what Person.Keys say of one person.
var personColumns = Columns{
	Campus:     []string{"campus_id %s"},
	Department: []string{"department_id %s"},
	Team:       []string{"EXISTS (SELECT 1 FROM person_team t WHERE t.person_id = person.id AND t.team_id %s)"},
	Vendor:     []string{"vendor_id %s"},
	Own:        []string{"id %s"},
}

// getAccount loads a person's row with the teams; lock keeps others from changing it.
func getAccount(ctx context.Context, tx *db.Tx, id string, lock bool) (*account, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	a, err := db.One[account](ctx, tx, "SELECT "+db.Columns[account]("")+" FROM person WHERE id = $1"+suffix, id)
	if err != nil {
		return nil, err
	}
	a.Teams, err = teamsOf(ctx, tx, id)
	return &a, err
}

// findAccount looks for the active person who signs in with this name; nil when
// there is none. A login name goes before another's staff number.
func findAccount(ctx context.Context, tx *db.Tx, login, staffNo string) (*account, error) {
	list, err := db.All[account](ctx, tx, "SELECT "+db.Columns[account]("")+` FROM person
		WHERE active AND (login = $1 AND login <> '' OR staff_no = $2 AND staff_no <> '')`, login, staffNo)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	a := &list[0]
	for i := range list {
		if list[i].Login == login {
			a = &list[i]
		}
	}
	return a, nil
}

// nameTaken tells whether someone else signs in with one of these names.
func nameTaken(ctx context.Context, tx *db.Tx, id, login, staffNo string) (loginTaken, staffTaken bool, err error) {
	taken := func(name string) (bool, error) {
		if name == "" {
			return false, nil
		}
		n, err := db.One[int64](ctx, tx, "SELECT count(*) FROM person WHERE id <> $1 AND (login = $2 OR staff_no = $3)",
			id, foldLogin(name), foldStaffNo(name))
		return n > 0, err
	}
	if loginTaken, err = taken(login); err != nil {
		return false, false, err
	}
	staffTaken, err = taken(staffNo)
	return loginTaken, staffTaken, err
}

func teamsOf(ctx context.Context, tx *db.Tx, id string) ([]Membership, error) {
	return db.All[Membership](ctx, tx, "SELECT team_id, lead FROM person_team WHERE person_id = $1 ORDER BY team_id", id)
}

type memberRow struct {
	PersonID string `db:"person_id"`
	Membership
}

// fillTeams adds the teams to a page of people.
func fillTeams(ctx context.Context, tx *db.Tx, list []Person) error {
	at := map[string]*Person{}
	ids := make([]string, 0, len(list))
	for i := range list {
		list[i].Teams = []Membership{}
		at[list[i].ID] = &list[i]
		ids = append(ids, list[i].ID)
	}
	text, args := db.NewQuery().In("person_id", ids...).OrderBy(db.Order{Column: "team_id", Text: true}).
		Build("SELECT person_id, team_id, lead FROM person_team")
	return db.Each(ctx, tx, func(m *memberRow) error {
		p := at[m.PersonID]
		p.Teams = append(p.Teams, m.Membership)
		return nil
	}, text, args...)
}

func putTeams(ctx context.Context, tx *db.Tx, id string, teams []Membership) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM person_team WHERE person_id = $1", id); err != nil {
		return err
	}
	rows := make([]memberRow, 0, len(teams))
	for _, m := range teams {
		rows = append(rows, memberRow{id, m})
	}
	return db.InsertMany(ctx, tx, "person_team", rows)
}

// matching adds to a query that every term of what was typed occurs in the column.
func matching(q *db.Query, column, typed string) {
	for i, term := range text.KeyTerms(typed) {
		if i == 8 {
			return // more terms than a name has parts
		}
		q.Where(column+` LIKE ? ESCAPE '\'`, text.LikeContains(term))
	}
}

func listPeople(ctx context.Context, tx *db.Tx, q *db.Query) ([]Person, error) {
	text, args := q.Build("SELECT " + db.Columns[Person]("") + " FROM person")
	list, err := db.All[Person](ctx, tx, text, args...)
	if err != nil || len(list) == 0 {
		return list, err
	}
	return list, fillTeams(ctx, tx, list)
}

func listBriefs(ctx context.Context, tx *db.Tx, q *db.Query) ([]Brief, error) {
	text, args := q.Build("SELECT " + db.Columns[Brief]("") + " FROM person")
	return db.All[Brief](ctx, tx, text, args...)
}

// sortName returns the ordering value of a person, for the cursor behind it.
func sortName(ctx context.Context, tx *db.Tx, id string) (string, error) {
	return db.One[string](ctx, tx, "SELECT sort_name FROM person WHERE id = $1", id)
}

// activeVersion returns the version of an active person.
func activeVersion(ctx context.Context, tx *db.Tx, id string) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT version FROM person WHERE id = $1 AND active", id)
}

// raiseVersions makes every replica resolve anew what these people may do.
func raiseVersions(ctx context.Context, tx *db.Tx, now int64, ids []string) error {
	for _, id := range ids {
		if _, err := db.Exec(ctx, tx, "UPDATE person SET version = version + 1, updated_at = $1 WHERE id = $2", now, id); err != nil {
			return err
		}
	}
	return nil
}

func exists(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// joined puts columns of several tables behind their prefixes.
func joined(parts ...string) string { return strings.Join(parts, ", ") }

func putLanguage(ctx context.Context, tx *db.Tx, id, language string) error {
	_, err := db.Exec(ctx, tx, "UPDATE person SET language = $1 WHERE id = $2", language, id)
	return err
}

func listMembers(ctx context.Context, tx *db.Tx, teamID string) ([]Member, error) {
	return db.All[Member](ctx, tx, "SELECT "+joined(db.Columns[Brief]("p."), "p.phone, t.lead")+`
		FROM person_team t JOIN person p ON p.id = t.person_id
		WHERE t.team_id = $1 AND p.active ORDER BY t.lead DESC, p.sort_name, p.id`, teamID)
}

// idsByStaffNo adds the ids of the people with these stored numbers.
func idsByStaffNo(ctx context.Context, tx *db.Tx, numbers []string, into map[string]string) error {
	text, args := db.NewQuery().In("staff_no", numbers...).Build("SELECT id, staff_no FROM person")
	return db.Each(ctx, tx, func(p *Person) error { into[p.StaffNo] = p.ID; return nil }, text, args...)
}

func countPeople(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT count(*) FROM person")
}

func insertPeople(ctx context.Context, tx *db.Tx, people []account, teams []memberRow, grants []grantRow) error {
	if err := db.InsertMany(ctx, tx, "person", people); err != nil {
		return err
	}
	if err := db.InsertMany(ctx, tx, "person_team", teams); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, "role_grant", grants)
}
