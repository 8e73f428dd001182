package arch

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestImports compares what every package imports with the table.
func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		for _, wrong := range checkImports(p) {
			t.Error(wrong)
		}
	}
}

func checkImports(p pkg) []string {
	var wrong []string
	from := p.path()
	for _, path := range ours(p.Imports) {
		if reason := refuse(from, path, false); reason != "" {
			wrong = append(wrong, fmt.Sprintf("%s imports %s: %s", from, path, reason))
		}
	}
	for _, path := range ours(append(slices.Clone(p.TestImports), p.XTestImports...)) {
		if reason := refuse(from, path, true); reason != "" {
			wrong = append(wrong, fmt.Sprintf("the tests of %s import %s: %s", from, path, reason))
		}
	}
	return wrong
}

// ours returns the module's own packages among imports, without the module's name.
func ours(imports []string) []string {
	var out []string
	for _, i := range imports {
		if rest, ok := strings.CutPrefix(i, module+"/"); ok {
			out = append(out, rest)
		}
	}
	return out
}

// refuse says why the package at from may not import the one at to, or "".
// Tests may also reach what their package reaches through others, and dbtest.
func refuse(from, to string, test bool) string {
	if from == to {
		return ""
	}
	switch top, _, _ := strings.Cut(from, "/"); top {
	case "bench", "test":
		return ""
	case "cmd":
		if to == "internal/app" || to == "internal/demo" || to == "internal/identity" || strings.HasPrefix(to, "internal/platform/") {
			return ""
		}
		return "commands start what internal/app puts together and say who acts, so that tests can start the same"
	case "web":
		return "the embedded pages know nothing of the program"
	}
	if strings.HasSuffix(to, "/dbtest") && !test {
		return "dbtest is for tests only"
	}
	from, to = strings.TrimPrefix(from, "internal/"), strings.TrimPrefix(to, "internal/")
	fromTop, _, _ := strings.Cut(from, "/")
	toTop, _, _ := strings.Cut(to, "/")
	if toTop == "arch" {
		return "the rules are tests, not a library"
	}
	if slices.Contains(composers, fromTop) {
		return ""
	}
	if slices.Contains(composers, toTop) {
		return "only commands and tests stand above the composers; news goes upward as events"
	}
	if toTop == "platform" || fromTop == toTop {
		return ""
	}
	switch fromTop {
	case "platform":
		return "the platform is technique without a hospital word and knows no domain"
	case "gateway":
		if slices.Contains(gatewayImports, toTop) {
			return ""
		}
		return "a gateway speaks one outside protocol and knows only the interface it fills"
	}
	r, ok := domainNamed(fromTop)
	if !ok {
		return fromTop + " has no row in the import table: add one here and in docs/ARCHITECTURE.md"
	}
	if slices.Contains(r.mayImport(), toTop) || test && r.reaches()[toTop] {
		return ""
	}
	return fmt.Sprintf("%s may import only %s; a domain that must tell a higher one something publishes an event", fromTop, strings.Join(r.mayImport(), ", "))
}

func TestImportRuleCanFail(t *testing.T) {
	for _, c := range []struct {
		from, to string
		test, ok bool
	}{
		{"internal/org", "internal/platform/db", false, true},
		{"internal/org", "internal/identity", false, true},
		{"internal/org", "internal/workorder", false, false},
		{"internal/audit", "internal/identity", false, false},
		{"internal/dispatch", "internal/catalog", false, false},
		{"internal/dispatch", "internal/catalog", true, true},
		{"internal/dispatch", "internal/notify", true, false},
		{"internal/iot", "internal/workorder", false, false},
		{"internal/platform/db", "internal/audit", false, false},
		{"internal/org", "internal/platform/db/dbtest", false, false},
		{"internal/org", "internal/platform/db/dbtest", true, true},
		{"internal/org", "internal/app", false, false},
		{"internal/app", "internal/twin", false, true},
		{"internal/strange", "internal/audit", false, false},
		{"internal/gateway/smtp", "internal/notify", false, true},
		{"internal/gateway/smtp", "internal/workorder", false, false},
		{"internal/org", "internal/gateway/smtp", false, false},
		{"cmd/wardline", "internal/app", false, true},
		{"cmd/wardline", "internal/workorder", false, false},
		{"web", "internal/app", false, false},
	} {
		if reason := refuse(c.from, c.to, c.test); (reason == "") != c.ok {
			t.Errorf("%s → %s (tests: %v): %q", c.from, c.to, c.test, reason)
		}
	}
}

// TestTableIsLayered makes sure that the table itself has no circle and that
// every row imports only rows above it.
func TestTableIsLayered(t *testing.T) {
	for i, r := range domains {
		for _, name := range r.imports {
			at := slices.IndexFunc(domains, func(o row) bool { return o.name == name })
			if at < 0 || at >= i {
				t.Errorf("%s imports %s, which does not stand above it: the table is read from the lowest domain up", r.name, name)
			}
		}
	}
}

// TestEveryDomainHasARow finds folders nobody has decided about.
func TestEveryDomainHasARow(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join(root(t), "internal"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		_, known := domainNamed(e.Name())
		if e.IsDir() && !known && !slices.Contains(append(composers, "platform", "gateway", "arch"), e.Name()) {
			t.Errorf("internal/%s has no row in the import table: add one here and in docs/ARCHITECTURE.md", e.Name())
		}
	}
}

// TestDocumentShowsTheTable compares the table in the document with the data.
func TestDocumentShowsTheTable(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(root(t), "docs", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	if wrong := checkDocument(string(raw)); wrong != "" {
		t.Error(wrong)
	}
}

const (
	tableBegin = "<!-- import table: compared with internal/arch -->"
	tableEnd   = "<!-- end of import table -->"
)

func checkDocument(text string) string {
	_, rest, ok1 := strings.Cut(text, tableBegin)
	table, _, ok2 := strings.Cut(rest, tableEnd)
	if !ok1 || !ok2 {
		return fmt.Sprintf("docs/ARCHITECTURE.md has no table between %q and %q: readers must find the import table there", tableBegin, tableEnd)
	}
	if want := documentTable(); strings.TrimSpace(table) != want {
		return "the table in docs/ARCHITECTURE.md differs from the rules, so readers would be misled. It should be:\n\n" + want
	}
	return ""
}

func documentTable() string {
	var b strings.Builder
	b.WriteString("| package | one line | imports |\n|---|---|---|\n")
	for _, r := range domains {
		imports := "–"
		if len(r.imports) > 0 {
			imports = strings.Join(r.imports, ", ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.name, r.line, imports)
	}
	return strings.TrimSpace(b.String())
}

func TestDocumentRuleCanFail(t *testing.T) {
	good := "# x\n" + tableBegin + "\n" + documentTable() + "\n" + tableEnd + "\n"
	if wrong := checkDocument(good); wrong != "" {
		t.Errorf("refused: %s", wrong)
	}
	for _, bad := range []string{"", strings.Replace(good, "| org, sla |", "| org |", 1), strings.Replace(good, tableEnd, "", 1)} {
		if checkDocument(bad) == "" {
			t.Errorf("accepted %q", bad)
		}
	}
}
