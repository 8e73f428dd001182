package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "wardline"

// pkg is one package as `go list` reports it, with its files parsed.
type pkg struct {
	ImportPath   string
	Dir          string
	Imports      []string
	TestImports  []string
	XTestImports []string
	GoFiles      []string
	TestGoFiles  []string
	XTestGoFiles []string

	files []file
}

// file is one parsed Go file that is not a test.
type file struct {
	name string
	set  *token.FileSet
	tree *ast.File
}

// path returns the package's path within the module: "internal/org".
func (p pkg) path() string { return strings.TrimPrefix(p.ImportPath, module+"/") }

// domain returns the name of the domain the package is, or is a part of.
func (p pkg) domain() (string, bool) {
	rest, ok := strings.CutPrefix(p.path(), "internal/")
	if !ok {
		return "", false
	}
	name, _, _ := strings.Cut(rest, "/")
	_, known := domainNamed(name)
	return name, known
}

// imports returns the paths a file imports.
func (f file) imports() []string {
	var out []string
	for _, i := range f.tree.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err == nil {
			out = append(out, path)
		}
	}
	return out
}

// strings calls do for each string literal of the file.
func (f file) strings(do func(text string, line int)) {
	ast.Inspect(f.tree, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				do(text, f.set.Position(lit.Pos()).Line)
			}
		}
		return true
	})
}

func parse(name string, text any) (file, error) {
	f := file{name: filepath.Base(name), set: token.NewFileSet()}
	tree, err := parser.ParseFile(f.set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	f.tree = tree
	return f, err
}

// root returns the top folder of the repository.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return dir
}

var listed = sync.OnceValues(func() ([]pkg, error) {
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Imports,TestImports,XTestImports,GoFiles,TestGoFiles,XTestGoFiles", "./...")
	list.Dir = filepath.Join("..", "..")
	var complaint bytes.Buffer
	list.Stderr = &complaint
	out, err := list.Output()
	if err != nil {
		return nil, errors.New(complaint.String())
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		for _, name := range p.GoFiles {
			f, err := parse(filepath.Join(p.Dir, name), nil)
			if err != nil {
				return nil, err
			}
			p.files = append(p.files, f)
		}
		all = append(all, p)
	}
})

// packages returns every package of the module.
func packages(t *testing.T) []pkg {
	t.Helper()
	all, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("go list knows only %d packages", len(all))
	}
	return all
}
