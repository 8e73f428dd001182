package catalog

import (
	"slices"

	"wardline/internal/platform/fault"
)

// check returns a fault naming every question that is not well made: wrong or
// repeated keys, choices without options, bounds the wrong way round, conditions
// on nothing, on an answer that cannot be given, or in a circle.
func (f Form) check() error {
	var out fault.Fields
	if len(f) > 40 {
		out.Add("form", "too_many_items", "max", 40)
	}
	seen := map[string]bool{}
	for i, x := range f {
		where := at("form", i)
		key(&out, where+".key", x.Key, seen)
		label(&out, where+".label", x.Label, 60)
		atMost(&out, where+".labelEn", x.LabelEn, 100)
		atMost(&out, where+".help", x.Help, 200)
		atMost(&out, where+".helpEn", x.HelpEn, 300)
		x.checkOptions(&out, where)
		x.checkBounds(&out, where)
		f.checkCondition(&out, where, x)
	}
	return out.Err()
}

func (x Field) checkOptions(f *fault.Fields, where string) {
	switch x.Kind {
	case Choice, Many:
		if len(x.Options) == 0 {
			f.Add(where+".options", "required")
		}
	case Text, Number, Date, Photo, Place, Asset, Signature:
		if len(x.Options) > 0 {
			f.Add(where+".options", "catalog.no_options")
		}
	default:
		f.Add(where+".kind", "bad_value")
	}
	if len(x.Options) > 50 {
		f.Add(where+".options", "too_many_items", "max", 50)
	}
	seen := map[string]bool{}
	for i, o := range x.Options {
		one := where + "." + at("options", i)
		label(f, one+".value", o.Value, 40)
		if seen[o.Value] {
			f.Add(one+".value", "duplicate")
		}
		seen[o.Value] = true
		label(f, one+".label", o.Label, 60)
		atMost(f, one+".labelEn", o.LabelEn, 100)
	}
}

func (x Field) checkBounds(f *fault.Fields, where string) {
	if x.Min == nil && x.Max == nil {
		return
	}
	var lowest, highest float64
	switch x.Kind {
	case Number:
		lowest, highest = -1e15, 1e15
	case Text:
		highest = 4000
	case Many:
		highest = float64(len(x.Options))
	case Photo:
		highest = maxPhotos
	default:
		f.Add(where+".min", "catalog.no_bounds")
		return
	}
	for _, b := range []struct {
		name  string
		value *float64
	}{{".min", x.Min}, {".max", x.Max}} {
		switch {
		case b.value == nil:
		case *b.value < lowest:
			f.Add(where+b.name, "too_small", "min", lowest)
		case *b.value > highest:
			f.Add(where+b.name, "too_big", "max", highest)
		case x.Kind != Number && *b.value != float64(int(*b.value)):
			f.Add(where+b.name, "bad_format")
		}
	}
	if x.Min != nil && x.Max != nil && *x.Min > *x.Max {
		f.Add(where+".max", "too_small", "min", *x.Min)
	}
}

func (f Form) checkCondition(out *fault.Fields, where string, x Field) {
	if x.ShowIf == nil {
		return
	}
	find := func(key string) int {
		return slices.IndexFunc(f, func(y Field) bool { return y.Key == key })
	}
	n := find(x.ShowIf.Field)
	if n < 0 {
		out.Add(where+".showIf.field", "unknown_reference")
		return
	}
	switch parent := f[n]; parent.Kind {
	case Choice, Many:
		if !parent.offers(x.ShowIf.Equals) {
			out.Add(where+".showIf.equals", "bad_value")
		}
	case Text, Number:
	default: // nobody can know beforehand what a photo or a place will be
		out.Add(where+".showIf.field", "catalog.bad_condition")
		return
	}
	for range f {
		if f[n].ShowIf == nil {
			return
		}
		if n = find(f[n].ShowIf.Field); n < 0 {
			return // blamed where it stands
		}
	}
	out.Add(where+".showIf.field", "catalog.circle")
}
