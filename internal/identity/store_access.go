package identity

import (
	"context"
	"encoding/json"
	"slices"

	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
)

func listRoles(ctx context.Context, tx *db.Tx) ([]Role, error) {
	return db.All[Role](ctx, tx, "SELECT "+db.Columns[Role]("")+" FROM role ORDER BY builtin DESC, id")
}

func getRole(ctx context.Context, tx *db.Tx, roleID string, lock bool) (*Role, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	r, err := db.One[Role](ctx, tx, "SELECT "+db.Columns[Role]("")+" FROM role WHERE id = $1"+suffix, roleID)
	return &r, err
}

// lockRoles loads the roles of grants in the order of their ids, so that two who
// do so wait for each other instead of blocking each other.
func lockRoles(ctx context.Context, tx *db.Tx, specs []GrantSpec, lock bool) (map[string]*Role, error) {
	ids := make([]string, 0, len(specs))
	for _, g := range specs {
		ids = append(ids, g.RoleID)
	}
	slices.Sort(ids)
	out := map[string]*Role{}
	for _, roleID := range slices.Compact(ids) {
		r, err := getRole(ctx, tx, roleID, lock)
		if there, err := exists(err); err != nil {
			return nil, err
		} else if there {
			out[roleID] = r
		}
	}
	return out, nil
}

func deleteRole(ctx context.Context, tx *db.Tx, roleID string) error {
	_, err := db.Exec(ctx, tx, "DELETE FROM role WHERE id = $1", roleID)
	return err
}

// holdersOf returns the people who hold the role in any scope.
func holdersOf(ctx context.Context, tx *db.Tx, roleID string) ([]string, error) {
	return db.All[string](ctx, tx, "SELECT DISTINCT person_id FROM role_grant WHERE role_id = $1 ORDER BY person_id", roleID)
}

func grantsOf(ctx context.Context, tx *db.Tx, personID string) ([]GrantSpec, error) {
	return db.All[GrantSpec](ctx, tx, `SELECT role_id, scope_kind, scope_id FROM role_grant WHERE person_id = $1
		ORDER BY role_id, scope_kind, scope_id`, personID)
}

func holdingsOf(ctx context.Context, tx *db.Tx, personID string) ([]holding, error) {
	return db.All[holding](ctx, tx, `SELECT g.role_id, g.scope_kind, g.scope_id, r.permissions
		FROM role_grant g JOIN role r ON r.id = g.role_id WHERE g.person_id = $1`, personID)
}

type grantRow struct {
	ID       string `db:"id"`
	PersonID string `db:"person_id"`
	GrantSpec
}

func putGrants(ctx context.Context, tx *db.Tx, personID string, specs []GrantSpec) error {
	if _, err := db.Exec(ctx, tx, "DELETE FROM role_grant WHERE person_id = $1", personID); err != nil {
		return err
	}
	rows := make([]grantRow, 0, len(specs))
	for _, g := range specs {
		rows = append(rows, grantRow{id.New(), personID, g})
	}
	return db.InsertMany(ctx, tx, "role_grant", rows)
}

// otherAdmins counts the administrators beside one person who can sign in. Who
// takes one away holds the lock on the role first, so that two who do so at the
// same moment cannot both see the other as the one who remains.
func otherAdmins(ctx context.Context, tx *db.Tx, personID string) (int64, error) {
	if _, err := getRole(ctx, tx, adminRole, true); err != nil {
		return 0, err
	}
	return db.One[int64](ctx, tx, `SELECT count(DISTINCT p.id) FROM person p JOIN role_grant g ON g.person_id = p.id
		WHERE g.role_id = $1 AND g.scope_kind = $2 AND p.active AND p.password <> '' AND p.id <> $3`,
		adminRole, string(ScopeAll), personID)
}

// insertRole adds a role unless it is there; another replica may be doing the same.
func insertRole(ctx context.Context, tx *db.Tx, r *Role) error {
	permissions, err := json.Marshal(r.Permissions)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, `INSERT INTO role (id, name_zh, name_en, builtin, permissions, version)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`,
		r.ID, r.NameZh, r.NameEn, r.Builtin, string(permissions), r.Version)
	return err
}

// activeWith returns the active people with a role that has the permission.
func activeWith(ctx context.Context, tx *db.Tx, p Permission) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT DISTINCT g.person_id FROM role_grant g JOIN role r ON r.id = g.role_id
		JOIN person p ON p.id = g.person_id WHERE p.active AND r.permissions LIKE $1 ORDER BY g.person_id`, `%"`+string(p)+`"%`)
}

func activeInRole(ctx context.Context, tx *db.Tx, roleID string) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT DISTINCT g.person_id FROM role_grant g JOIN person p ON p.id = g.person_id
		WHERE p.active AND g.role_id = $1 ORDER BY g.person_id`, roleID)
}

func belonging(ctx context.Context, tx *db.Tx, everywhere bool, campuses, departments []string, after string, most int) ([]string, error) {
	q := db.NewQuery().Where("active").Where("id > ?", after).OrderBy(db.Order{Column: "id", Text: true}).Limit(most)
	if !everywhere {
		c, cArgs := db.InList("campus_id", campuses)
		d, dArgs := db.InList("department_id", departments)
		switch {
		case len(campuses)+len(departments) == 0:
			return nil, nil
		case len(campuses) == 0:
			q.Where(d, dArgs...)
		case len(departments) == 0:
			q.Where(c, cArgs...)
		default:
			q.Where(c+" OR "+d, append(cArgs, dArgs...)...)
		}
	}
	text, args := q.Build("SELECT id FROM person")
	return db.All[string](ctx, tx, text, args...)
}
