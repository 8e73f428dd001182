package arch

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	ownerLine   = regexp.MustCompile(`\A-- owner: ([a-z0-9/]+)\n`)
	createTable = regexp.MustCompile(`(?i)\bCREATE\s+(?:VIRTUAL\s+|UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"?([a-z0-9_]+)"?`)
	alterTable  = regexp.MustCompile(`(?i)\b(?:ALTER|DROP)\s+TABLE\s+(?:IF\s+EXISTS\s+)?"?([a-z0-9_]+)"?`)
	namesTable  = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|INTO|UPDATE)\s+"?([a-z0-9_]+)"?`)
	sqlComment  = regexp.MustCompile(`(?m)--.*$`)
)

// TestTableOwners reads the migrations and looks for their tables in the source.
func TestTableOwners(t *testing.T) {
	top := root(t)
	files, err := filepath.Glob(filepath.Join(top, "internal", "platform", "migrate", "sql", "*", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations found: %v", err)
	}
	migrations := map[string]string{}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		migrations[filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name)] = string(raw)
	}
	all := packages(t)
	owners, wrong := tableOwners(migrations, func(owner string) bool {
		return slices.ContainsFunc(all, func(p pkg) bool { return p.path() == "internal/"+owner })
	})
	for _, p := range all {
		wrong = append(wrong, foreignTables(p, owners)...)
	}
	for _, w := range wrong {
		t.Error(w)
	}
	if len(owners) < 5 {
		t.Fatalf("only %d tables were found", len(owners))
	}
}

// tableOwners returns the owner of each table the migrations create.
func tableOwners(migrations map[string]string, exists func(owner string) bool) (map[string]string, []string) {
	owners, wrong := map[string]string{}, []string(nil)
	names := make([]string, 0, len(migrations))
	for name := range migrations {
		names = append(names, name)
	}
	// By number, so that a table is created before it is altered.
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	for _, name := range names {
		text := migrations[name]
		m := ownerLine.FindStringSubmatch(text)
		if m == nil {
			wrong = append(wrong, name+" does not begin with `-- owner: PACKAGE`: every table belongs to one package, which alone keeps its rules")
			continue
		}
		owner := m[1]
		if !exists(owner) {
			wrong = append(wrong, fmt.Sprintf("%s belongs to %s, but there is no internal/%s: a table nobody owns is kept right by nobody", name, owner, owner))
		}
		text = sqlComment.ReplaceAllString(text, "")
		for _, c := range createTable.FindAllStringSubmatch(text, -1) {
			table := strings.ToLower(c[1])
			if other, taken := owners[table]; taken && other != owner {
				wrong = append(wrong, fmt.Sprintf("%s: table %s belongs to %s and to %s: one table, one owner", name, table, other, owner))
			}
			owners[table] = owner
		}
		for _, c := range alterTable.FindAllStringSubmatch(text, -1) {
			if other := owners[strings.ToLower(c[1])]; other != "" && other != owner {
				wrong = append(wrong, fmt.Sprintf("%s of %s changes table %s of %s: only the owner changes a table", name, owner, c[1], other))
			}
		}
	}
	return owners, wrong
}

// foreignTables finds SQL that names a table of another package.
func foreignTables(p pkg, owners map[string]string) []string {
	me, ok := strings.CutPrefix(p.path(), "internal/")
	if !ok {
		return nil
	}
	var wrong []string
	for _, f := range p.files {
		f.strings(func(text string, line int) {
			for _, m := range namesTable.FindAllStringSubmatch(text, -1) {
				table := m[1]
				// Go code writes tables in small letters and SQL words in large ones;
				// prose ("from place") does neither.
				if !isSQL(m[0]) || owners[table] == "" || owners[table] == me {
					continue
				}
				wrong = append(wrong, fmt.Sprintf("internal/%s/%s:%d names table %s of %s in SQL: ask that package, which alone knows the rules of its rows", me, f.name, line, table, owners[table]))
			}
		})
	}
	return wrong
}

func isSQL(match string) bool {
	word, _, _ := strings.Cut(match, " ")
	return word == strings.ToUpper(word)
}

func TestTableRulesCanFail(t *testing.T) {
	exists := func(owner string) bool { return owner != "ghost" }
	good := map[string]string{
		"common/0001_org.sql":   "-- owner: org\n-- CREATE TABLE audit_entry\nCREATE TABLE team (id TEXT);\nCREATE TABLE IF NOT EXISTS place (id TEXT);",
		"sqlite/0002_text.sql":  "-- owner: workorder\nCREATE VIRTUAL TABLE order_text USING fts5(body);",
		"postgres/0002_tx.sql":  "-- owner: workorder\nCREATE TABLE order_text (seq BIGINT);",
		"common/0003_org2.sql":  "-- owner: org\nALTER TABLE team ADD COLUMN x TEXT;",
		"common/0004_audit.sql": "-- owner: audit\nCREATE TABLE audit_entry (id TEXT);",
	}
	owners, wrong := tableOwners(good, exists)
	if len(wrong) > 0 || len(owners) != 4 || owners["order_text"] != "workorder" || owners["audit_entry"] != "audit" {
		t.Fatalf("%v, %v", owners, wrong)
	}
	for _, bad := range []string{
		"CREATE TABLE x (id TEXT);",
		"-- owner: ghost\nCREATE TABLE x (id TEXT);",
		"-- owner: audit\nCREATE TABLE team (id TEXT);",
		"-- owner: audit\nALTER TABLE team ADD COLUMN y TEXT;",
	} {
		good["common/0009_bad.sql"] = bad
		if _, wrong := tableOwners(good, exists); len(wrong) != 1 {
			t.Errorf("%q: %q", bad, wrong)
		}
	}
	for text, want := range map[string]int{
		"`SELECT * FROM team JOIN place ON true`":      2,
		"`SELECT * FROM order_text`":                   0,
		"`UPDATE team SET x = 1`":                      1,
		"\"INSERT INTO audit_entry (id) VALUES ($1)\"": 1,
		"`move it from place to place`":                0,
	} {
		f, err := parse("store.go", "package workorder; var a = "+text)
		if err != nil {
			t.Fatal(err)
		}
		got := foreignTables(pkg{ImportPath: module + "/internal/workorder", files: []file{f}}, owners)
		if len(got) != want {
			t.Errorf("%s: %d findings, want %d: %q", text, len(got), want, got)
		}
	}
}
