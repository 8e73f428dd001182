package catalog

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wardline/internal/platform/fault"
)

const (
	maxText   = 500 // characters of a text that has no maximum of its own
	maxPhotos = 9   // photos where the form has no maximum of its own
	maxID     = 64

	// Instants outside 2000-01-01 to 2100-01-01 UTC are slips of the finger.
	minInstant = 946684800000
	maxInstant = 4102444800000
)

// checkAnswer blames an answer that is not of the question's kind or out of its bounds.
func (x Field) checkAnswer(f *fault.Fields, where string, answer any) {
	switch x.Kind {
	case Text:
		x.checkText(f, where, answer)
	case Number:
		n, ok := number(answer)
		if !ok {
			f.Add(where, "bad_format")
			return
		}
		x.bounds(f, where, n, "too_small", "too_big")
	case Date:
		n, ok := number(answer)
		if !ok || n != math.Trunc(n) {
			f.Add(where, "bad_format")
		} else if n < minInstant || n >= maxInstant {
			f.Add(where, "bad_value")
		}
	case Choice:
		if s, ok := answer.(string); !ok || !x.offers(s) {
			f.Add(where, "bad_value")
		}
	case Many, Photo:
		x.checkSeveral(f, where, answer)
	case Place, Asset, Signature:
		if s, ok := answer.(string); !ok || !isID(s) {
			f.Add(where, "bad_value")
		}
	default:
		f.Add(where, "bad_value")
	}
}

func (x Field) checkText(f *fault.Fields, where string, answer any) {
	s, ok := answer.(string)
	if !ok || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	}) {
		f.Add(where, "bad_format")
		return
	}
	limit := maxText
	if x.Max != nil {
		limit = int(*x.Max)
	}
	n := utf8.RuneCountInString(strings.TrimSpace(s))
	if x.Min != nil && n < int(*x.Min) {
		f.Add(where, "too_short", "min", int(*x.Min))
	} else if n > limit {
		f.Add(where, "too_long", "max", limit)
	}
}

func (x Field) checkSeveral(f *fault.Fields, where string, answer any) {
	list := texts(answer)
	if _, single := answer.(string); single || list == nil {
		f.Add(where, "bad_format")
		return
	}
	for i, s := range list {
		if slices.Contains(list[:i], s) || x.Kind == Many && !x.offers(s) || x.Kind == Photo && !isID(s) {
			f.Add(where, "bad_value")
			return
		}
	}
	if x.Kind == Photo && x.Max == nil && len(list) > maxPhotos {
		f.Add(where, "too_many_items", "max", maxPhotos)
		return
	}
	x.bounds(f, where, float64(len(list)), "too_few", "too_many_items")
}

func (x Field) bounds(f *fault.Fields, where string, n float64, below, above string) {
	if x.Min != nil && n < *x.Min {
		f.Add(where, below, "min", *x.Min)
	} else if x.Max != nil && n > *x.Max {
		f.Add(where, above, "max", *x.Max)
	}
}

func (x Field) offers(value string) bool {
	return slices.ContainsFunc(x.Options, func(o Option) bool { return o.Value == value })
}

// blank tells whether an answer counts as not given.
func blank(answer any) bool {
	switch v := answer.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case []string:
		return len(v) == 0
	}
	return false
}

// number reads what encoding/json or Go code may hold as a finite number.
func number(answer any) (float64, bool) {
	var n float64
	switch v := answer.(type) {
	case float64:
		n = v
	case int64:
		n = float64(v)
	case int:
		n = float64(v)
	case json.Number:
		var err error
		if n, err = v.Float64(); err != nil {
			return 0, false
		}
	default:
		return 0, false
	}
	return n, !math.IsNaN(n) && !math.IsInf(n, 0)
}

// texts reads an array of strings, or one string as an array of one; anything else is nil.
func texts(answer any) []string {
	switch v := answer.(type) {
	case string:
		if v == "" {
			return nil
		}
		return []string{v}
	case []string:
		return v
	case []any:
		out := make([]string, 0, len(v))
		for _, one := range v {
			s, ok := one.(string)
			if !ok {
				return nil
			}
			out = append(out, s)
		}
		return out
	}
	return nil
}

// isID tells whether s has the form of an identifier; whether it exists is for the caller.
func isID(s string) bool {
	if s == "" || len(s) > maxID {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
