package app

import (
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

func TestAddressesOfPagesAndOfFiles(t *testing.T) {
	tree := fstest.MapFS{
		"desk/index.html":        {Data: []byte("<title>page</title>")},
		"desk/assets/app-1f.js":  {Data: []byte("run()")},
		"desk/assets/app-1f.css": {Data: []byte("b{}")},
	}
	h := serve("/desk/", gather(tree, "desk"))
	for address, want := range map[string]struct {
		status int
		body   string
	}{
		"/desk/":                  {200, "<title>page</title>"},
		"/desk/orders":            {200, "<title>page</title>"},
		"/desk/assets":            {200, "<title>page</title>"},
		"/desk/assets/06h07rn5e5": {200, "<title>page</title>"}, // the page of an asset
		"/desk/assets/app-1f.js":  {200, "run()"},
		"/desk/assets/app-0e.js":  {404, "404 page not found\n"}, // of an older build
		"/desk/favicon.ico":       {404, "404 page not found\n"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", address, nil))
		if w.Code != want.status || w.Body.String() != want.body {
			t.Errorf("%s: %d %q", address, w.Code, w.Body.String())
		}
	}
}
