package text

import "strings"

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// LikeEscape makes s literal inside a LIKE pattern. The statement must say
// ESCAPE '\': PostgreSQL assumes it, SQLite does not.
func LikeEscape(s string) string { return likeEscaper.Replace(s) }

// LikeContains returns the LIKE pattern, to be used with ESCAPE '\', that
// finds s anywhere. An empty s finds everything.
func LikeContains(s string) string { return "%" + LikeEscape(s) + "%" }
