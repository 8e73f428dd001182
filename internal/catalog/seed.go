package catalog

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
)

// The starter catalogue. tasks.json holds the templates of tasks of several teams, under
// the codes of their items. fields.json is the library of questions; items.tsv names
// those an item asks, each with the moments at which it must be answered after a
// colon: r by the reporter, d at the desk, f before finishing.
//
//go:embed seed/categories.tsv seed/items.tsv seed/fields.json seed/tasks.json
var seedFiles embed.FS

// seedCategory is a line of categories.tsv; its script and slip note serve the
// items that have none of their own.
type seedCategory struct {
	Category
	scriptZh, scriptEn, slipZh, slipEn string
}

// seedItem is a line of items.tsv. Teams stand in it by name.
type seedItem struct {
	code, category, team string
	moreTeams            []string
	content              Content // without category and teams
}

// starter is the whole seed, read.
type starter struct {
	categories []seedCategory
	items      []seedItem
}

// SeedTeams returns the names of the teams the starter catalogue gives orders to.
func SeedTeams() ([]string, error) {
	st, err := readStarter()
	if err != nil {
		return nil, err
	}
	var out []string
	seen := map[string]bool{}
	for _, it := range st.items {
		if !seen[it.team] {
			seen[it.team] = true
			out = append(out, it.team)
		}
	}
	return out, nil
}

// Seed puts the starter catalogue into the database and publishes it. teamIDs are
// the ids of teams by name; an item whose team is not among them gets none. What
// is already there by code stays as it is, so seeding twice changes nothing.
func (s *Service) Seed(ctx context.Context, tx *db.Tx, teamIDs map[string]string) error {
	st, err := readStarter()
	if err != nil {
		return err
	}
	if err := raise(ctx, tx); err != nil {
		return err
	}
	ids, err := s.seedCategories(ctx, tx, st.categories)
	if err != nil {
		return err
	}
	actor := identity.System("seed")
	added := 0
	for _, it := range st.items {
		if _, err := codeID(ctx, tx, it.code); err == nil {
			continue
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		c := it.content
		c.CategoryID, c.TeamID = ids[it.category], teamIDs[it.team]
		for _, name := range it.moreTeams {
			if t := teamIDs[name]; t != "" {
				c.MoreTeamIDs = append(c.MoreTeamIDs, t)
			}
		}
		if c.Tasks != nil {
			c.Tasks = c.Tasks.without(func(name string) string { return teamIDs[name] })
		}
		r, err := s.newRow(ctx, tx, it.code, c)
		if err != nil {
			return err
		}
		// The version points at the row, so the row comes first.
		if err := db.Insert(ctx, tx, "catalog_item", &r); err != nil {
			return err
		}
		if err := s.publish(ctx, tx, actor, &r, ""); err != nil {
			return fmt.Errorf("starter item %s: %w", it.code, err)
		}
		if _, err := db.Update(ctx, tx, "catalog_item", &r); err != nil {
			return err
		}
		added++
	}
	if added == 0 {
		return nil
	}
	return s.Trail.Record(ctx, tx, actor.Who(), "catalog.seed", "catalog", "catalog", map[string]any{"items": added})
}

// seedCategories adds the categories that are missing and returns all ids by key.
// A category is known again by its Chinese name.
func (s *Service) seedCategories(ctx context.Context, tx *db.Tx, list []seedCategory) (map[string]string, error) {
	there, err := listCategories(ctx, tx)
	if err != nil {
		return nil, err
	}
	byName := map[string]string{}
	for _, c := range there {
		byName[c.NameZh] = c.ID
	}
	ids := map[string]string{}
	for i, c := range list {
		key := c.ID
		if known := byName[c.NameZh]; known != "" {
			ids[key] = known
			continue
		}
		row := c.Category
		row.ID, row.Position, row.Active, row.Version = id.New(), int64(len(there)+i+1), true, 1
		if err := db.Insert(ctx, tx, "catalog_category", &row); err != nil {
			return nil, err
		}
		ids[key] = row.ID
	}
	return ids, nil
}

func readStarter() (starter, error) {
	var st starter
	rawFields, err := seedFiles.ReadFile("seed/fields.json")
	if err != nil {
		return st, err
	}
	var library map[string]Field
	if err := json.Unmarshal(rawFields, &library); err != nil {
		return st, fmt.Errorf("seed/fields.json: %w", err)
	}
	lines, err := readTable("seed/categories.tsv")
	if err != nil {
		return st, err
	}
	categories := map[string]seedCategory{}
	for _, l := range lines {
		c := seedCategory{Category: Category{ID: l["key"], NameZh: l["name_zh"], NameEn: l["name_en"], Icon: l["icon"]},
			scriptZh: l["script_zh"], scriptEn: l["script_en"], slipZh: l["slip_zh"], slipEn: l["slip_en"]}
		st.categories = append(st.categories, c)
		categories[c.ID] = c
	}
	if lines, err = readTable("seed/items.tsv"); err != nil {
		return st, err
	}
	plans, err := readPlans()
	if err != nil {
		return st, err
	}
	for _, l := range lines {
		c, ok := categories[l["category"]]
		if !ok {
			return st, fmt.Errorf("seed/items.tsv: %s: unknown category %q", l["code"], l["category"])
		}
		it, err := seedItemOf(l, c, library)
		if err != nil {
			return st, fmt.Errorf("seed/items.tsv: %s: %w", l["code"], err)
		}
		it.content.Tasks = plans[it.code]
		st.items = append(st.items, it)
	}
	return st, nil
}

// readPlans reads the templates of items by code; their teams stand there by name.
func readPlans() (map[string]*TaskPlan, error) {
	raw, err := seedFiles.ReadFile("seed/tasks.json")
	if err != nil {
		return nil, err
	}
	var out map[string]*TaskPlan
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("seed/tasks.json: %w", err)
	}
	return out, nil
}

// readTable reads a file of tab-separated columns under a line of their names.
func readTable(name string) ([]map[string]string, error) {
	raw, err := seedFiles.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var head []string
	var out []map[string]string
	for i, line := range strings.Split(strings.TrimRight(string(raw), "\n"), "\n") {
		cells := strings.Split(line, "\t")
		if i == 0 {
			head = cells
			continue
		}
		if len(cells) != len(head) {
			return nil, fmt.Errorf("%s:%d: %d columns, want %d", name, i+1, len(cells), len(head))
		}
		row := make(map[string]string, len(head))
		for j, h := range head {
			row[h] = cells[j]
		}
		out = append(out, row)
	}
	return out, nil
}

func seedItemOf(l map[string]string, cat seedCategory, library map[string]Field) (seedItem, error) {
	it := seedItem{code: l["code"], category: l["category"], team: l["team"], moreTeams: split(l["more_teams"], ";")}
	p := Priority(l["priority"])
	c := Content{NameZh: l["name_zh"], NameEn: l["name_en"], Aliases: split(l["aliases"], ";"), Priority: p, Limits: DefaultLimits(p),
		Calendar: RoundTheClock, Mode: Mode(l["mode"]), AssetClasses: split(l["classes"], ";"),
		ScriptZh: l["script_zh"], ScriptEn: l["script_en"], SlipZh: cat.slipZh, SlipEn: cat.slipEn}
	if p == P4 { // what can be booked is done in working hours
		c.Calendar = WorkingHours
	}
	if c.ScriptZh == "" {
		c.ScriptZh, c.ScriptEn = cat.scriptZh, cat.scriptEn
	}
	for i, pair := range split(l["symptoms"], ";") {
		zh, en, _ := strings.Cut(pair, "=")
		c.Symptoms = append(c.Symptoms, Symptom{Key: "s" + strconv.Itoa(i+1), Label: zh, LabelEn: en})
	}
	for _, word := range strings.Fields(l["fields"]) {
		name, when, _ := strings.Cut(word, ":")
		x, ok := library[name]
		if !ok {
			return it, fmt.Errorf("unknown question %q", name)
		}
		x.ReporterRequired = strings.Contains(when, "r")
		x.Required = strings.Contains(when, "d") || x.ReporterRequired
		x.FinishRequired = strings.Contains(when, "f")
		c.Form = append(c.Form, x)
	}
	for _, flag := range strings.Fields(l["flags"]) {
		switch flag {
		case "public":
			c.Public = true
		case "pool":
			c.AutoPool = true
		case "parts":
			c.Parts = true
		case "before":
			c.Evidence.PhotoBefore = true
		case "after":
			c.Evidence.PhotoAfter = true
		case "signature":
			c.Evidence.Signature = true
		case "double":
			c.Evidence.DoubleCheck = true
		default:
			return it, fmt.Errorf("unknown flag %q", flag)
		}
	}
	it.content = c
	return it, nil
}

func split(s, sep string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, sep)
}
