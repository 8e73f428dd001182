package org

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"wardline/internal/platform/fault"
)

// The choices stand twice: in the enum tags, for the API's document, and in words,
// for lists. They must be the same.
func TestEnumsAreTheWords(t *testing.T) {
	for _, c := range []struct {
		of    any
		field string
		words words
	}{
		{Place{}, "Kind", placeKinds}, {PlaceInput{}, "Kind", placeKinds}, {Place{}, "Class", placeClasses}, {PlaceInput{}, "Class", placeClasses},
		{Department{}, "Kind", departmentKinds}, {DepartmentInput{}, "Kind", departmentKinds}, {Team{}, "Kind", teamKinds}, {TeamInput{}, "Kind", teamKinds},
	} {
		f, ok := reflect.TypeOf(c.of).FieldByName(c.field)
		if !ok {
			t.Fatalf("%T has no %s", c.of, c.field)
		}
		var keys []string
		for _, w := range c.words {
			keys = append(keys, w.key)
		}
		if got := f.Tag.Get("enum"); got != strings.Join(keys, ",") {
			t.Errorf("%T.%s: enum %s, words %v", c.of, c.field, got, keys)
		}
	}
	for kind := range holders {
		if !placeKinds.has(string(kind)) {
			t.Errorf("%s has no word", kind)
		}
	}
}

// What is written into a list must be understood when it comes back.
func TestWordsAreUnderstood(t *testing.T) {
	for _, list := range []words{placeKinds, placeClasses, departmentKinds, teamKinds} {
		for _, w := range list {
			for _, lang := range []fault.Language{fault.Chinese, fault.English} {
				if key, ok := list.parse(" " + strings.ToUpper(list.label(w.key, lang))); !ok || key != w.key {
					t.Errorf("%s in %s is read as %s", w.key, lang, key)
				}
			}
		}
	}
}

// No header may stand for two columns of a sheet.
func TestHeadersAreDistinct(t *testing.T) {
	for kind, s := range sheets() {
		var seen []string
		for _, c := range s.columns(fault.Chinese) {
			own := []string{}
			for _, h := range append([]string{c.Key, c.Zh, c.En}, c.Aliases...) {
				if h = strings.ToLower(squeeze(h)); !slices.Contains(own, h) {
					own = append(own, h)
				}
			}
			for _, h := range own {
				if slices.Contains(seen, h) {
					t.Errorf("%s: %s stands for two columns", kind, h)
				}
			}
			seen = append(seen, own...)
		}
	}
}

func TestNaturalOrder(t *testing.T) {
	for _, c := range [][2]string{{"2层", "10层"}, {"9室", "10室"}, {"007", "8"}, {"安全", "保安"}, {"A2", "A10"}, {"b", "重庆"}} {
		if a, b := findable(c[0]).SortKey, findable(c[1]).SortKey; a >= b {
			t.Errorf("%s (%s) must stand before %s (%s)", c[0], a, c[1], b)
		}
	}
}
