package catalog

import (
	"context"

	"wardline/internal/platform/db"
	"wardline/internal/platform/text"
)

type itemRow struct {
	ID         string   `db:"id"`
	Code       string   `db:"code"`
	CategoryID string   `db:"category_id"`
	Position   int64    `db:"position"`
	Active     bool     `db:"active"`
	Published  int64    `db:"published"` // version in force, 0 when never published
	Draft      *Content `db:"draft,json"`
	Search     string   `db:"search"`
	Version    int64    `db:"version"` // of the row, for those who edit at the same time
	CreatedAt  int64    `db:"created_at"`
	UpdatedAt  int64    `db:"updated_at"`
}

type versionRow struct {
	ItemID        string  `db:"item_id"`
	Version       int64   `db:"version"`
	Content       Content `db:"content,json"`
	Note          string  `db:"note"`
	PublishedAt   int64   `db:"published_at"`
	PublishedBy   string  `db:"published_by"`
	PublishedName string  `db:"published_name"`
}

var (
	itemColumns     = db.Columns[itemRow]("")
	versionColumns  = db.Columns[versionRow]("")
	categoryColumns = db.Columns[Category]("")
)

func loadItem(ctx context.Context, tx *db.Tx, id string) (itemRow, error) {
	return db.One[itemRow](ctx, tx, "SELECT "+itemColumns+" FROM catalog_item WHERE id = $1", id)
}

func lockItem(ctx context.Context, tx *db.Tx, id string) (itemRow, error) {
	return db.One[itemRow](ctx, tx, "SELECT "+itemColumns+" FROM catalog_item WHERE id = $1"+tx.ForUpdate(), id)
}

func listItems(ctx context.Context, tx *db.Tx) ([]itemRow, error) {
	return db.All[itemRow](ctx, tx, "SELECT "+itemColumns+" FROM catalog_item ORDER BY position, code")
}

type offer struct {
	Published int64  `db:"published"`
	Code      string `db:"code"`
	Offered   bool   `db:"offered"`
}

// loadOffer reads what Current needs and no more: it runs with every order made.
func loadOffer(ctx context.Context, tx *db.Tx, id string) (offer, error) {
	return db.One[offer](ctx, tx, `SELECT i.published, i.code, (i.active AND c.active AND i.published > 0) AS offered
		FROM catalog_item i JOIN catalog_category c ON c.id = i.category_id WHERE i.id = $1`, id)
}

func loadVersion(ctx context.Context, tx *db.Tx, id string, version int64) (versionRow, error) {
	return db.One[versionRow](ctx, tx, "SELECT "+versionColumns+" FROM catalog_version WHERE item_id = $1 AND version = $2", id, version)
}

// listPublished returns the versions in force.
func listPublished(ctx context.Context, tx *db.Tx) ([]versionRow, error) {
	return db.All[versionRow](ctx, tx, "SELECT "+db.Columns[versionRow]("v.")+
		" FROM catalog_version v JOIN catalog_item i ON i.id = v.item_id AND i.published = v.version")
}

func listVersions(ctx context.Context, tx *db.Tx, id string) ([]Published, error) {
	return db.All[Published](ctx, tx, "SELECT "+db.Columns[Published]("")+
		" FROM catalog_version WHERE item_id = $1 ORDER BY version DESC", id)
}

// matching returns the ids of the items whose search column holds every term.
func matching(ctx context.Context, tx *db.Tx, terms []string) ([]string, error) {
	q := db.NewQuery().Where("published > 0")
	for _, t := range terms {
		q.Where(`search LIKE ? ESCAPE '\'`, text.LikeContains(t))
	}
	sel, args := q.Build("SELECT id FROM catalog_item")
	return db.All[string](ctx, tx, sel, args...)
}

func codeID(ctx context.Context, tx *db.Tx, code string) (string, error) {
	return db.One[string](ctx, tx, "SELECT id FROM catalog_item WHERE code = $1", code)
}

func loadCategory(ctx context.Context, tx *db.Tx, id string) (Category, error) {
	return db.One[Category](ctx, tx, "SELECT "+categoryColumns+" FROM catalog_category WHERE id = $1"+tx.ForUpdate(), id)
}

func listCategories(ctx context.Context, tx *db.Tx) ([]Category, error) {
	return db.All[Category](ctx, tx, "SELECT "+categoryColumns+" FROM catalog_category ORDER BY position, id")
}

func countActive(ctx context.Context, tx *db.Tx, categoryID string) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT count(*) FROM catalog_item WHERE category_id = $1 AND active", categoryID)
}

// lastPosition returns the highest position among the items of a category, or among
// the categories when id is empty; 0 when there is none.
func lastPosition(ctx context.Context, tx *db.Tx, categoryID string) (int64, error) {
	if categoryID == "" {
		return db.One[int64](ctx, tx, "SELECT coalesce(max(position), 0) FROM catalog_category")
	}
	return db.One[int64](ctx, tx, "SELECT coalesce(max(position), 0) FROM catalog_item WHERE category_id = $1", categoryID)
}

func setPosition(ctx context.Context, tx *db.Tx, table, id string, position int64) error {
	_, err := db.Exec(ctx, tx, "UPDATE "+table+" SET position = $1 WHERE id = $2 AND position <> $1", position, id)
	return err
}

func loadRevision(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One[int64](ctx, tx, "SELECT revision FROM catalog_state WHERE id = 'catalog'")
}

// raise makes the next revision; it also lets one editor after the other through.
func raise(ctx context.Context, tx *db.Tx) error {
	_, err := db.Exec(ctx, tx, "UPDATE catalog_state SET revision = revision + 1 WHERE id = 'catalog'")
	return err
}

// raiseFrom makes the next revision unless someone else has made one since.
func raiseFrom(ctx context.Context, tx *db.Tx, revision int64) (bool, error) {
	n, err := db.Exec(ctx, tx, "UPDATE catalog_state SET revision = revision + 1 WHERE id = 'catalog' AND revision = $1", revision)
	return n == 1, err
}
