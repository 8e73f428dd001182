package arch

import (
	"bufio"
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sacks are names that say nothing of what is inside, so anything ends up there.
var sacks = []string{"util", "utils", "common", "helper", "helpers", "base", "shared", "model", "models", "types", "misc", "lib"}

// TestSource applies every rule on single packages.
func TestSource(t *testing.T) {
	for _, p := range packages(t) {
		for _, rule := range []func(pkg) []string{checkPackageName, checkDoc, checkFileNames, checkRoles, checkGlobals} {
			for _, wrong := range rule(p) {
				t.Errorf("%s: %s", p.path(), wrong)
			}
		}
	}
}

func checkPackageName(p pkg) []string {
	for _, part := range strings.Split(p.path(), "/") {
		if slices.Contains(sacks, part) {
			return []string{"no package is called " + part + ": the name says nothing, so everything ends up there; name it after what it does"}
		}
	}
	return nil
}

// checkDoc wants a doc.go with a package comment of more than one line and no code.
func checkDoc(p pkg) []string {
	if len(p.files) == 0 {
		return nil
	}
	_, domain := p.domain()
	for _, f := range p.files {
		if f.tree.Name.Name == "main" && f.tree.Doc != nil {
			return nil // a command may say in main.go what it is
		}
		if f.name != "doc.go" {
			continue
		}
		switch {
		case f.tree.Doc == nil || domain && strings.Count(strings.TrimSpace(f.tree.Doc.Text()), "\n") < 2:
			return []string{"doc.go says too little: purpose, invariants, tables owned, events in and out; it is the first thing a stranger reads"}
		case len(f.tree.Decls) > 0:
			return []string{"doc.go holds code: it is for reading only"}
		}
		return nil
	}
	return []string{"there is no doc.go: every package says in one place what it is for and what always holds"}
}

// checkFileNames applies to domains, where a name tells what a file may touch.
func checkFileNames(p pkg) []string {
	if _, ok := p.domain(); !ok {
		return nil
	}
	var wrong []string
	form := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*\.go$`)
	for _, f := range p.files {
		stem := strings.TrimSuffix(f.name, ".go")
		words := strings.Split(stem, "_")
		switch {
		case !form.MatchString(f.name):
			wrong = append(wrong, f.name+": file names are lower-case words parted by _")
		case slices.ContainsFunc(words, func(w string) bool { return slices.Contains(sacks, w) }):
			wrong = append(wrong, f.name+": the name says nothing of what is inside; name it after a noun or a verb of the domain")
		case slices.Contains([]string{"repository", "repo", "dao", "handler", "handlers", "controller", "routes", "sql", "api"}, words[0]):
			wrong = append(wrong, f.name+": files have the same names in every domain: store.go, http.go, jobs.go, events.go, service.go, and nouns and verbs")
		}
	}
	return wrong
}

var sqlText = regexp.MustCompile(`^\s*(SELECT\s|INSERT INTO\s|UPDATE\s+\w+\s+SET\s|DELETE FROM\s|WITH\s+(RECURSIVE\s+)?\w+\s*(\(|AS))`)

// checkRoles keeps SQL in store.go, HTTP in http.go and the time of day out of domains.
func checkRoles(p pkg) []string {
	if _, ok := p.domain(); !ok {
		return nil
	}
	var wrong []string
	for _, f := range p.files {
		isHTTP, isStore := role(f.name, "http"), role(f.name, "store")
		for _, path := range f.imports() {
			switch {
			case isHTTP && (path == "database/sql" || path == module+"/internal/platform/db"):
				wrong = append(wrong, fmt.Sprintf("%s imports %s: http.go decodes, makes ONE service call and encodes; rules and SQL there would be missed by every other way in", f.name, path))
			case !isHTTP && (path == "net/http" || path == module+"/internal/platform/web" || strings.HasPrefix(path, "github.com/danielgtaylor/huma/")):
				wrong = append(wrong, fmt.Sprintf("%s imports %s: only http.go knows HTTP, so that calls, jobs and gateways use the same service", f.name, path))
			}
		}
		if !isStore {
			f.strings(func(text string, line int) {
				if sqlText.MatchString(text) {
					wrong = append(wrong, fmt.Sprintf("%s:%d holds SQL: SQL stands in store.go only, so that who touches a table is found at once", f.name, line))
				}
			})
		}
		calls(f, func(name string, line int) {
			// Deadlines of connections and ages of files go by the machine's clock.
			if isHTTP || role(f.name, "jobs") {
				return
			}
			if name == "time.Now" || name == "time.Since" || name == "time.Until" {
				wrong = append(wrong, fmt.Sprintf("%s:%d calls %s: domains are given the time by platform/clock, so that tests can set it", f.name, line, name))
			}
		})
	}
	return wrong
}

// role reports whether a file is of a kind: http.go or http_people.go for "http".
func role(name, kind string) bool {
	return name == kind+".go" || strings.HasPrefix(name, kind+"_")
}

// calls calls do for each use of a selector on a plain name, such as slog.Info.
func calls(f file, do func(name string, line int)) {
	imported := map[string]bool{}
	for _, path := range f.imports() {
		imported[path[strings.LastIndex(path, "/")+1:]] = true
	}
	ast.Inspect(f.tree, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && imported[x.Name] {
				do(x.Name+"."+s.Sel.Name, f.set.Position(s.Pos()).Line)
			}
		}
		return true
	})
}

var (
	defaultLogger = regexp.MustCompile(`^(slog\.(SetDefault|Debug|Info|Warn|Error|Log)(Context)?|log\.(Print|Fatal|Panic|Set)\w*)$`)
	loggerType    = regexp.MustCompile(`^\*?(slog|log)\.Logger$`)
	loggerMaker   = regexp.MustCompile(`^(slog|log)\.(New|With|Default)$`)
	configName    = regexp.MustCompile(`(?i)(^|_)(config|cfg|settings|options|opts)$`)
)

// checkGlobals refuses init(), global loggers and global configuration.
func checkGlobals(p pkg) []string {
	if !strings.HasPrefix(p.path(), "internal/") {
		return nil
	}
	var wrong []string
	for _, f := range p.files {
		at := func(n ast.Node) string { return fmt.Sprintf("%s:%d", f.name, f.set.Position(n.Pos()).Line) }
		for _, d := range f.tree.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				wrong = append(wrong, at(fn)+" has init(): what happens at start is written out in internal/app, in an order one can read")
			}
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				if loggerType.MatchString(expr(v.Type)) || slices.ContainsFunc(v.Values, makesLogger) {
					wrong = append(wrong, at(v)+" is a package-level logger: loggers are handed in, so that each line knows its request and tests can read it")
				}
				for _, name := range v.Names {
					if configName.MatchString(name.Name) {
						wrong = append(wrong, at(v)+" is package-level configuration: it is read once by the command and handed in, so that two programs fit into one test")
					}
				}
			}
		}
		calls(f, func(name string, line int) {
			switch {
			case defaultLogger.MatchString(name):
				wrong = append(wrong, fmt.Sprintf("%s:%d uses %s, the global logger: loggers are handed in", f.name, line, name))
			case (name == "os.Getenv" || name == "os.LookupEnv" || name == "os.Environ") && !strings.HasSuffix(p.path(), "/dbtest") && !strings.HasPrefix(p.path(), "internal/platform/config"):
				wrong = append(wrong, fmt.Sprintf("%s:%d reads the environment: configuration is read once, by the command, and handed in", f.name, line))
			}
		})
	}
	return wrong
}

func makesLogger(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	return ok && loggerMaker.MatchString(expr(call.Fun))
}

// expr writes simple type expressions: "*slog.Logger".
func expr(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return "*" + expr(e.X)
	case *ast.SelectorExpr:
		return expr(e.X) + "." + e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func TestSourceRulesCanFail(t *testing.T) {
	doc := "// Package x is\n// made up\n// for this.\n"
	for name, c := range map[string]struct {
		rule       func(pkg) []string
		path, file string
		text       string
		wrong      int
	}{
		"sack":                 {checkPackageName, "internal/org/util", "a.go", "package util", 1},
		"good name":            {checkPackageName, "internal/org", "a.go", "package org", 0},
		"no doc":               {checkDoc, "internal/org", "a.go", doc + "package org", 1},
		"short doc":            {checkDoc, "internal/org", "doc.go", "// Package org.\npackage org", 1},
		"doc with code":        {checkDoc, "internal/org", "doc.go", doc + "package org\nvar a int", 1},
		"good doc":             {checkDoc, "internal/org", "doc.go", doc + "package org", 0},
		"sack file":            {checkFileNames, "internal/org", "org_helpers.go", "package org", 1},
		"sack file first":      {checkFileNames, "internal/org", "helpers.go", "package org", 1},
		"foreign role":         {checkFileNames, "internal/org", "repository.go", "package org", 1},
		"camel":                {checkFileNames, "internal/org", "teamStore.go", "package org", 1},
		"good file":            {checkFileNames, "internal/org", "store_team.go", "package org", 0},
		"sql in http":          {checkRoles, "internal/org", "http_team.go", `package org; import "wardline/internal/platform/db"; var a db.DB`, 1},
		"database/sql in http": {checkRoles, "internal/org", "http.go", `package org; import "database/sql"; var a sql.DB`, 1},
		"http in service":      {checkRoles, "internal/org", "service.go", `package org; import "net/http"; var a http.Handler`, 1},
		"http in http":         {checkRoles, "internal/org", "http.go", `package org; import "net/http"; var a http.Handler`, 0},
		"sql outside store":    {checkRoles, "internal/org", "service.go", "package org; var a = `\n SELECT id FROM team`", 1},
		"sql in store":         {checkRoles, "internal/org", "store.go", `package org; var a = "DELETE FROM team"`, 0},
		"words like sql":       {checkRoles, "internal/org", "team.go", `package org; var a = "update the team"`, 0},
		"time of day":          {checkRoles, "internal/org", "team.go", `package org; import "time"; func a() { time.Now() }`, 1},
		"time elsewhere":       {checkRoles, "internal/platform/clock", "clock.go", `package clock; import "time"; func a() { time.Now() }`, 0},
		"init":                 {checkGlobals, "internal/org", "a.go", "package org; func init() {}", 1},
		"method init":          {checkGlobals, "internal/org", "a.go", "package org; type t int; func (t) init() {}", 0},
		"logger by type":       {checkGlobals, "internal/org", "a.go", `package org; import "log/slog"; var l *slog.Logger`, 1},
		"logger by value":      {checkGlobals, "internal/org", "a.go", `package org; import "log/slog"; var l = slog.New(nil)`, 1},
		"default logger":       {checkGlobals, "internal/org", "a.go", `package org; import "log/slog"; func a() { slog.Info("x") }`, 1},
		"old logger":           {checkGlobals, "internal/org", "a.go", `package org; import "log"; func a() { log.Printf("x") }`, 1},
		"handed in":            {checkGlobals, "internal/org", "a.go", `package org; import "log/slog"; func a(l *slog.Logger) { l.Info("x"); slog.New(nil) }`, 0},
		"config":               {checkGlobals, "internal/org", "a.go", "package org; var Config struct{}", 1},
		"environment":          {checkGlobals, "internal/org", "a.go", `package org; import "os"; func a() { os.Getenv("X") }`, 1},
	} {
		f, err := parse(c.file, c.text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := c.rule(pkg{ImportPath: module + "/" + c.path, files: []file{f}})
		if len(got) != c.wrong {
			t.Errorf("%s: %d findings, want %d: %q", name, len(got), c.wrong, got)
		}
	}
}

// maxLines is what one can still hold in one's head.
const maxLines = 500

// TestFileSize holds for Go, Vue and TypeScript alike, without tests and
// generated declarations.
func TestFileSize(t *testing.T) {
	top, seen := root(t), 0
	err := filepath.WalkDir(top, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := e.Name()
		if e.IsDir() {
			if slices.Contains([]string{"node_modules", "dist", "build", "bin", "data", ".git"}, name) {
				return filepath.SkipDir
			}
			return nil
		}
		if !sized(name) {
			return nil
		}
		seen++
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if n := lines(raw); n > maxLines {
			rel, _ := filepath.Rel(top, path)
			t.Errorf("%s has %d lines: above %d nobody reads a file whole; split it by what it is about", rel, n, maxLines)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Fatalf("only %d files were looked at", seen)
	}
}

func sized(name string) bool {
	for _, suffix := range []string{"_test.go", ".test.ts", ".spec.ts", ".d.ts"} {
		if strings.HasSuffix(name, suffix) {
			return false
		}
	}
	return slices.Contains([]string{".go", ".vue", ".ts"}, filepath.Ext(name))
}

func lines(raw []byte) int {
	n := 0
	for s := bufio.NewScanner(bytes.NewReader(raw)); s.Scan(); {
		n++
	}
	return n
}
