package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the built pages: one folder for each of report, work, desk and screen, and the placeholder
// index.html that stands in for faces that were not built.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		// fs.Sub fails only on a malformed path, and this one is fixed.
		panic(err)
	}
	return files
}
