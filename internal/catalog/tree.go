package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/text"
)

// Entry is an item as lists show it.
type Entry struct {
	ID       string    `json:"id"`
	Code     string    `json:"code"`
	NameZh   string    `json:"nameZh"`
	NameEn   string    `json:"nameEn"`
	Version  int64     `json:"version" doc:"Version in force; 0 when never published"`
	Priority Priority  `json:"priority"`
	Mode     Mode      `json:"mode"`
	Public   bool      `json:"public"`
	Active   bool      `json:"active"`
	Draft    bool      `json:"draft" doc:"Has changes that are not published"`
	Symptoms []Symptom `json:"symptoms"`
}

// Branch is a category with its items.
type Branch struct {
	Category
	Items []Entry `json:"items"`
}

// Tree is the catalogue as one person is shown it.
type Tree struct {
	Revision   int64    `json:"revision"`
	Categories []Branch `json:"categories"`
	face       face
}

// treeShape is part of the ETag; it is raised when the fields of the tree change,
// so that a browser does not keep a tree of the older program.
const treeShape = "1"

// ETag returns the mark of this tree's content: the same mark is the same tree.
func (t *Tree) ETag() string {
	return `"` + treeShape + "-" + strconv.FormatInt(t.Revision, 10) + "-" + strconv.Itoa(int(t.face)) + `"`
}

// Found is one result of a search.
type Found struct {
	Entry
	CategoryID string   `json:"categoryId"`
	Matched    []string `json:"matched" doc:"Keys of the symptoms that fit the words"`
}

// leaf is an item in the snapshot.
type leaf struct {
	entry       Entry
	category    int // index in snapshot.categories
	offered     bool
	classes     []string
	nameKeys    []string
	symptomKeys []string // one for each symptom
}

// snapshot is the whole catalogue at one revision. It is never changed.
type snapshot struct {
	revision   int64
	categories []Category
	leaves     []leaf // in the order of categories, then of items
}

// Tree returns the catalogue as the caller may see it; editing also shows what is
// inactive or unpublished.
func (s *Service) Tree(ctx context.Context, editing bool) (*Tree, error) {
	f, err := faceOf(identity.Of(ctx), editing)
	if err != nil {
		return nil, err
	}
	var snap *snapshot
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { snap, err = s.snapshot(ctx, tx); return err }); err != nil {
		return nil, err
	}
	t := &Tree{Revision: snap.revision, face: f, Categories: []Branch{}}
	for i, c := range snap.categories {
		b := Branch{Category: c, Items: []Entry{}}
		for _, l := range snap.leaves {
			if l.category == i && l.shown(f) {
				b.Items = append(b.Items, l.entry)
			}
		}
		if len(b.Items) > 0 || f == faceEditor {
			t.Categories = append(t.Categories, b)
		}
	}
	return t, nil
}

func (l leaf) shown(f face) bool {
	return f == faceEditor || l.offered && (f == faceStaff || l.entry.Public)
}

// Search returns the items whose code, names, other words or symptoms hold all
// words of the query, by themselves, by pinyin or by initials; the best come first.
func (s *Service) Search(ctx context.Context, query string, limit int) ([]Found, error) {
	f, err := faceOf(identity.Of(ctx), false)
	if err != nil {
		return nil, err
	}
	out := []Found{}
	terms := text.KeyTerms(query)
	if len(terms) == 0 {
		return out, nil
	}
	var snap *snapshot
	var ids []string
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if snap, err = s.snapshot(ctx, tx); err != nil {
			return err
		}
		ids, err = matching(ctx, tx, terms)
		return err
	})
	if err != nil {
		return nil, err
	}
	type ranked struct {
		Found
		rank int
	}
	var list []ranked
	for _, l := range snap.leaves {
		if l.shown(f) && slices.Contains(ids, l.entry.ID) {
			list = append(list, ranked{Found{Entry: l.entry, CategoryID: snap.categories[l.category].ID, Matched: l.matched(terms)}, l.rank(terms)})
		}
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return a.rank - b.rank })
	for _, r := range list[:min(limit, len(list))] {
		out = append(out, r.Found)
	}
	return out, nil
}

// rank says how well an item fits: 0 its code, 1 the beginning of a name, 2 inside
// its names, 3 only by a symptom.
func (l leaf) rank(terms []string) int {
	all := func(holds func(key, term string) bool) bool {
		for _, t := range terms {
			if !slices.ContainsFunc(l.nameKeys, func(k string) bool { return holds(k, t) }) {
				return false
			}
		}
		return true
	}
	switch {
	case len(terms) == 1 && terms[0] == text.Fold(l.entry.Code):
		return 0
	case all(strings.HasPrefix):
		return 1
	case all(strings.Contains):
		return 2
	}
	return 3
}

// matched returns the symptoms that hold any of the words. A single character or
// letter says too little to choose a symptom by, unless it is a Chinese one.
func (l leaf) matched(terms []string) []string {
	out := []string{}
	for i, keys := range l.symptomKeys {
		if slices.ContainsFunc(terms, func(t string) bool { return len(t) > 1 && strings.Contains(keys, t) }) {
			out = append(out, l.entry.Symptoms[i].Key)
		}
	}
	return out
}

// Item returns an item as it is in force, or one of its versions when version is
// not 0. Versions that are no longer in force, and items that are not offered, are
// for those who have signed in; the public sees neither scripts nor teams.
func (s *Service) Item(ctx context.Context, itemID string, version int64) (*Item, error) {
	f, err := faceOf(identity.Of(ctx), false)
	if err != nil {
		return nil, err
	}
	var it Item
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := loadOffer(ctx, tx, itemID)
		if err != nil {
			return err
		}
		wanted := version
		if wanted == 0 {
			wanted = o.Published
		}
		if it, err = s.version(ctx, tx, itemID, o.Code, wanted); err != nil {
			return err
		}
		if f == facePublic && (!o.Offered || wanted != o.Published || !it.Public) {
			return fault.Missing()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if f == facePublic {
		it.ScriptZh, it.ScriptEn, it.SlipZh, it.SlipEn, it.TeamID, it.MoreTeamIDs, it.Tasks = "", "", "", "", "", nil, nil
	}
	return &it, nil
}

// ForAssetClass returns what is offered for things of a class, in the order of the
// catalogue; public leaves out what only staff may report.
func (s *Service) ForAssetClass(ctx context.Context, tx *db.Tx, class string, public bool) ([]Entry, error) {
	snap, err := s.snapshot(ctx, tx)
	if err != nil {
		return nil, err
	}
	f := faceStaff
	if public {
		f = facePublic
	}
	out := []Entry{}
	for _, l := range snap.leaves {
		if l.shown(f) && slices.Contains(l.classes, class) {
			out = append(out, l.entry)
		}
	}
	return out, nil
}

// ItemsOf returns the ids of the items of a category, for other domains.
func (s *Service) ItemsOf(ctx context.Context, tx *db.Tx, categoryID string) ([]string, error) {
	snap, err := s.snapshot(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, l := range snap.leaves {
		if snap.categories[l.category].ID == categoryID {
			out = append(out, l.entry.ID)
		}
	}
	return out, nil
}

// CountsBy tells whether the version in force of any item counts by a calendar, for other
// domains.
func (s *Service) CountsBy(ctx context.Context, tx *db.Tx, calendarID string) (bool, error) {
	snap, err := s.snapshot(ctx, tx)
	if err != nil {
		return false, err
	}
	for _, l := range snap.leaves {
		if l.entry.Version == 0 {
			continue
		}
		it, err := s.version(ctx, tx, l.entry.ID, l.entry.Code, l.entry.Version)
		if err != nil || it.Calendar == calendarID {
			return err == nil, err
		}
	}
	return false, nil
}

// snapshot returns the catalogue at the transaction's revision.
func (s *Service) snapshot(ctx context.Context, tx *db.Tx) (*snapshot, error) {
	revision, err := loadRevision(ctx, tx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if last != nil && last.revision == revision {
		return last, nil
	}
	snap, err := readSnapshot(ctx, tx, revision)
	if err != nil {
		return nil, err
	}
	tx.After(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.last == nil || s.last.revision < revision {
			s.last = snap
		}
	})
	return snap, nil
}

func readSnapshot(ctx context.Context, tx *db.Tx, revision int64) (*snapshot, error) {
	categories, err := listCategories(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := listItems(ctx, tx)
	if err != nil {
		return nil, err
	}
	published, err := listPublished(ctx, tx)
	if err != nil {
		return nil, err
	}
	contents := make(map[string]*Content, len(published))
	for i := range published {
		contents[published[i].ItemID] = &published[i].Content
	}
	snap := &snapshot{revision: revision, categories: categories}
	for i, c := range categories {
		for _, r := range rows {
			if r.CategoryID == c.ID {
				snap.leaves = append(snap.leaves, newLeaf(r, contents[r.ID], i, c.Active))
			}
		}
	}
	return snap, nil
}

// newLeaf makes the leaf of a row; content is nil for an item never published, of
// which the draft is shown.
func newLeaf(r itemRow, content *Content, category int, categoryActive bool) leaf {
	c := content
	if c == nil {
		c = r.Draft
	}
	if c == nil {
		c = &Content{}
	}
	l := leaf{category: category, offered: content != nil && r.Active && categoryActive, classes: c.AssetClasses,
		entry: Entry{ID: r.ID, Code: r.Code, NameZh: c.NameZh, NameEn: c.NameEn, Version: r.Published, Priority: c.Priority,
			Mode: c.Mode, Public: c.Public, Active: r.Active, Draft: r.Draft != nil, Symptoms: c.Symptoms}}
	if l.entry.Symptoms == nil {
		l.entry.Symptoms = []Symptom{}
	}
	l.nameKeys = strings.Fields(c.nameKeys(r.Code))
	for _, y := range c.Symptoms {
		l.symptomKeys = append(l.symptomKeys, y.keys())
	}
	return l
}

// nameKeys returns the search keys of everything an item is called.
func (c *Content) nameKeys(code string) string {
	parts := []string{text.Fold(code), text.Keys(c.NameZh), text.Fold(c.NameEn)}
	for _, a := range c.Aliases {
		parts = append(parts, text.Keys(a))
	}
	return strings.Join(parts, " ")
}

func (y Symptom) keys() string { return text.Keys(y.Label) + " " + text.Fold(y.LabelEn) }

// searchKeys returns what stands in an item's search column.
func (c *Content) searchKeys(code string) string {
	parts := []string{c.nameKeys(code)}
	for _, y := range c.Symptoms {
		parts = append(parts, y.keys())
	}
	return strings.Join(parts, " ")
}
