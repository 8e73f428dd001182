package notify

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
)

// Text is the wording of a template in one language. In it {name} stands for a
// parameter, and a part in [brackets] is left out when a parameter in it is empty.
type Text struct {
	Title string `json:"title" maxLength:"100" doc:"One line; goes to locked screens"`
	Brief string `json:"brief" maxLength:"150" doc:"One line under the title; goes to locked screens"`
	Body  string `json:"body" maxLength:"600" doc:"For the inbox and mail"`
}

// Texts is a wording in every language.
type Texts struct {
	Zh Text `json:"zh"`
	En Text `json:"en"`
}

// In returns the wording in a language.
func (t Texts) In(lang fault.Language) Text {
	if lang == fault.English {
		return t.En
	}
	return t.Zh
}

// Template is one kind of message.
type Template struct {
	Code   string
	Group  Group
	Life   int64    // how long the news is of use, in milliseconds
	Params []string // what the texts may name
	Texts  Texts
}

// public are the parameters that may stand in a title or brief: they leave the
// house by push and show on locked screens.
var public = []string{"number", "item", "place", "team", "priority", "clock"}

// Public tells whether a parameter may stand in a title or brief.
func Public(param string) bool { return slices.Contains(public, param) }

const (
	maxTitle = 120 // characters, parameters filled in
	maxBrief = 180
	maxBody  = 1500
	maxValue = 200 // characters of one parameter
)

// Render fills the parameters in. A parameter with the suffix _en stands in for its
// namesake in English.
func (t Texts) Render(params map[string]any) Texts {
	in := func(lang fault.Language) Text {
		text, value := t.In(lang), func(name string) string { return paramText(lang, params, name) }
		return Text{
			Title: cut(fill(text.Title, value), maxTitle),
			Brief: cut(fill(text.Brief, value), maxBrief),
			Body:  cut(fill(text.Body, value), maxBody),
		}
	}
	return Texts{Zh: in(fault.Chinese), En: in(fault.English)}
}

func paramText(lang fault.Language, params map[string]any, name string) string {
	v, ok := params[name]
	if en, has := params[name+"_en"]; has && lang == fault.English && oneLine(fmt.Sprint(en)) != "" {
		v = en
	}
	if !ok || v == nil {
		return ""
	}
	return cut(oneLine(fmt.Sprint(v)), maxValue)
}

// oneLine makes any text one line without control characters, so that a value can
// never begin a new line of a mail's head.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// piece is a stretch of a pattern: words, or a parameter.
type piece struct {
	text, param string
}

// part is a run of pieces; an optional one is dropped when a parameter is empty.
type part struct {
	pieces   []piece
	optional bool
}

// parse takes a pattern apart. It is wrong when a bracket or brace is not closed or
// stands within another.
func parse(pattern string) ([]part, bool) {
	var out []part
	now := part{}
	flush := func() {
		if len(now.pieces) > 0 {
			out = append(out, now)
		}
	}
	for pattern != "" {
		i := strings.IndexAny(pattern, "[]{}")
		if i < 0 {
			i = len(pattern)
		}
		if i > 0 {
			now.pieces = append(now.pieces, piece{text: pattern[:i]})
			pattern = pattern[i:]
			continue
		}
		switch mark := pattern[0]; {
		case mark == '[' && !now.optional, mark == ']' && now.optional:
			flush()
			now = part{optional: mark == '['}
			pattern = pattern[1:]
		case mark == '{':
			end := strings.IndexAny(pattern[1:], "[]{}")
			if end < 1 || pattern[1+end] != '}' {
				return nil, false
			}
			now.pieces = append(now.pieces, piece{param: pattern[1 : 1+end]})
			pattern = pattern[2+end:]
		default:
			return nil, false
		}
	}
	flush()
	return out, !now.optional
}

// fill puts values into a pattern; values are not looked at for braces again.
func fill(pattern string, value func(string) string) string {
	parts, ok := parse(pattern)
	if !ok {
		return pattern
	}
	var b strings.Builder
	for _, p := range parts {
		var s strings.Builder
		dropped := false
		for _, x := range p.pieces {
			v := x.text
			if x.param != "" {
				v = value(x.param)
				dropped = dropped || v == ""
			}
			s.WriteString(v)
		}
		if !p.optional || !dropped {
			b.WriteString(s.String())
		}
	}
	return strings.TrimSpace(b.String())
}

// Check blames what is wrong with a wording of the template: codes required,
// notify.pattern, notify.param, notify.private, bad_format, too_long.
func (t *Template) Check(texts Texts) error {
	var bad fault.Fields
	for _, lang := range []fault.Language{fault.Chinese, fault.English} {
		text := texts.In(lang)
		for _, f := range []struct {
			name, pattern string
			most          int
			private       bool
		}{{"title", text.Title, 100, false}, {"brief", text.Brief, 150, false}, {"body", text.Body, 600, true}} {
			field := string(lang) + "." + f.name
			if f.name != "brief" && strings.TrimSpace(f.pattern) == "" {
				bad.Add(field, "required")
				continue
			}
			if utf8.RuneCountInString(f.pattern) > f.most {
				bad.Add(field, "too_long", "max", f.most)
			}
			t.checkPattern(&bad, field, f.pattern, f.private)
		}
	}
	return bad.Err()
}

func (t *Template) checkPattern(bad *fault.Fields, field, pattern string, private bool) {
	if strings.ContainsFunc(pattern, func(r rune) bool { return unicode.IsControl(r) && (r != '\n' || !private) }) || !utf8.ValidString(pattern) {
		bad.Add(field, "bad_format")
		return
	}
	parts, ok := parse(pattern)
	if !ok {
		bad.Add(field, "notify.pattern")
		return
	}
	for _, p := range parts {
		for _, x := range p.pieces {
			switch {
			case x.param == "":
			case !slices.Contains(t.Params, x.param):
				bad.Add(field, "notify.param", "param", x.param)
			case !private && !Public(x.param):
				bad.Add(field, "notify.private", "param", x.param)
			}
		}
	}
}

// expires returns from when on news that happened at a moment is of no use.
func (t *Template) expires(at int64) int64 {
	if t.Life == 0 {
		return at + clock.Day
	}
	return at + t.Life
}
