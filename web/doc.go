// Package web holds the pages of Wardline: the reporter's phone (/m/, /p/), the engineer's phone (/m/work/),
// the desk (/desk/) and the big screen (/screen/). The sources are Vue and TypeScript under src; `npm run build`
// writes dist/report, dist/work, dist/desk and dist/screen, which are embedded when the program is compiled.
//
// Invariants: only a placeholder dist/index.html is kept in the repository, so that the program compiles without
// Node; a build that has no page for a face then serves the placeholder. Files below assets/ carry a hash of
// their content in the name and never change, so they may be cached for ever; everything else may not.
//
// Tables owned: none. Events: none.
package web
