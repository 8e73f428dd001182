package sla

import (
	"slices"
	"sort"
	"time"
)

const (
	msMinute = int64(60_000)
	msDay    = 24 * 60 * msMinute

	// farthest bounds the working time that can be added, so that no sum overflows.
	farthest = 10 * 366 * msDay
)

// Calendar knows which moments are working time. It is made by [New], is
// immutable and safe for concurrent use. A nil *Calendar works round the clock.
//
// Every operation takes time proportional to the changes of the zone's offset
// in between (two a year where clocks change, none in China) and to the
// logarithm of the number of special days; the length of a span hardly matters.
type Calendar struct {
	zone    *time.Location
	week    [7][]span    // by time.Weekday; all empty: round the clock
	follows bool         // public holidays apply
	known   map[int]bool // years whose table is known; false: provisionally

	// Working time is summed on a line of wall-clock days numbered from
	// 1970-01-01, a Thursday: whole weeks plus corrections by special days.
	upTo    [8]int64 // working time of the first n days of a week beginning on Thursday
	special []specialDay
}

// span is [from, to) in milliseconds, of the day or of the line of instants.
type span struct{ from, to int64 }

type specialDay struct {
	day   int64
	spans []span
	after int64 // sum of the corrections up to and including this day
}

// index prepares the sums.
func (c *Calendar) index(special map[int64][]span) {
	for i := range 7 {
		c.upTo[i+1] = c.upTo[i] + total(c.week[(i+int(time.Thursday))%7])
	}
	for day, spans := range special {
		c.special = append(c.special, specialDay{day: day, spans: spans})
	}
	slices.SortFunc(c.special, func(a, b specialDay) int { return int(a.day - b.day) })
	sum := int64(0)
	for i := range c.special {
		s := &c.special[i]
		sum += total(s.spans) - total(c.weekdaySpans(s.day))
		s.after = sum
	}
}

func total(spans []span) int64 {
	sum := int64(0)
	for _, s := range spans {
		sum += s.to - s.from
	}
	return sum
}

// always reports whether every moment is working time.
func (c *Calendar) always() bool { return c == nil || c.upTo[7] == 0 }

// weekdaySpans returns the spans of the day's weekday.
func (c *Calendar) weekdaySpans(day int64) []span {
	return c.week[floorMod(day+int64(time.Thursday), 7)]
}

// spans returns the working spans of a day, relative to its midnight.
func (c *Calendar) spans(day int64) []span {
	if i, ok := slices.BinarySearchFunc(c.special, day, func(s specialDay, d int64) int { return int(s.day - d) }); ok {
		return c.special[i].spans
	}
	return c.weekdaySpans(day)
}

// before returns the working time of all days before the day, counted from
// 1970-01-01 (negative earlier).
func (c *Calendar) before(day int64) int64 {
	sum := floorDiv(day, 7)*c.upTo[7] + c.upTo[floorMod(day, 7)]
	if i := sort.Search(len(c.special), func(i int) bool { return c.special[i].day >= day }); i > 0 {
		sum += c.special[i-1].after
	}
	return sum
}

// worked returns the working time before the wall-clock moment.
func (c *Calendar) worked(wall int64) int64 {
	day := floorDiv(wall, msDay)
	sum, inDay := c.before(day), wall-day*msDay
	for _, s := range c.spans(day) {
		sum += max(0, min(inDay, s.to)-s.from)
	}
	return sum
}

// reach returns the earliest wall-clock moment by which the working time
// amounts to goal.
func (c *Calendar) reach(goal int64) int64 {
	day := c.searchDay(goal, func(sum int64) bool { return sum >= goal }) - 1
	rest := goal - c.before(day)
	for _, s := range c.spans(day) {
		if length := s.to - s.from; rest > length {
			rest -= length
		} else {
			return day*msDay + s.from + rest
		}
	}
	return (day + 1) * msDay // not reached: the day holds the rest by choice of day
}

// leave returns the latest wall-clock moment by which the working time does
// not exceed goal.
func (c *Calendar) leave(goal int64) int64 {
	day := c.searchDay(goal, func(sum int64) bool { return sum > goal }) - 1
	rest := goal - c.before(day)
	for _, s := range c.spans(day) {
		if length := s.to - s.from; rest >= length {
			rest -= length
		} else {
			return day*msDay + s.from + rest
		}
	}
	return (day + 1) * msDay // not reached, as above
}

// searchDay returns the first day before which the working time satisfies ok,
// which must hold for all large sums and for no small ones.
func (c *Calendar) searchDay(goal int64, ok func(sum int64) bool) int64 {
	// Special days shift the answer away from this estimate by some weeks.
	low := floorDiv(goal, c.upTo[7]) - 2
	high := low + 4
	for step := int64(4); ok(c.before(low * 7)); step *= 2 {
		low -= step
	}
	for step := int64(4); !ok(c.before(high * 7)); step *= 2 {
		high += step
	}
	n := sort.Search(int((high-low)*7), func(i int) bool { return ok(c.before(low*7 + int64(i))) })
	return low*7 + int64(n)
}

// stretch is a time in which the zone's offset does not change.
type stretch struct {
	from, to int64 // instants
	offset   int64 // milliseconds to add to an instant for the wall clock
}

// stretchAt returns the stretch an instant lies in. Changes of the clock are
// followed from 1900 to 2200, which bounds the walk through them.
func (c *Calendar) stretchAt(at int64) stretch {
	t := time.UnixMilli(max(year1900, min(at, year2200))).In(c.zone)
	_, seconds := t.Zone()
	s := stretch{from: minInstant, to: maxInstant, offset: int64(seconds) * 1000}
	from, to := t.ZoneBounds()
	if !from.IsZero() && from.UnixMilli() > year1900 {
		s.from = from.UnixMilli()
	}
	if !to.IsZero() && to.UnixMilli() <= year2200 {
		s.to = to.UnixMilli()
	}
	// On the last day of a leap year ZoneBounds may name an end that has passed;
	// such a stretch is taken in hours.
	const hour = 60 * msMinute
	if now := t.UnixMilli(); s.to <= now {
		s.to = now + hour
	} else if s.from > now {
		s.from = now - hour
	}
	return s
}

const (
	minInstant = -1 << 60
	maxInstant = 1 << 60
	year1900   = -2_208_988_800_000
	year2200   = 7_258_118_400_000
)

// Between returns the working time from a to b in milliseconds; it is negative
// when b is before a.
func (c *Calendar) Between(a, b int64) int64 {
	if b < a {
		return -c.Between(b, a)
	}
	if c.always() {
		return b - a
	}
	sum := int64(0)
	for a < b {
		s := c.stretchAt(a)
		end := min(b, s.to)
		sum += c.worked(end+s.offset) - c.worked(a+s.offset)
		a = end
	}
	return sum
}

// Add returns the earliest moment at which the given working time, in
// milliseconds, has passed since start: 30 minutes from 17:20 on a day that
// ends at 17:30 is 08:20 of the next working day, 10 minutes is 17:30 itself.
// Nothing added is start itself. A negative amount goes back, to the latest
// moment from which that much working time remains until start. Amounts beyond
// ten years of working time are cut to that.
func (c *Calendar) Add(start, working int64) int64 {
	working = max(-farthest, min(working, farthest))
	switch {
	case working == 0:
		return start
	case c.always():
		return start + working
	case working > 0:
		return c.forward(start, working)
	}
	return c.back(start, -working)
}

func (c *Calendar) forward(at, left int64) int64 {
	for {
		s := c.stretchAt(at)
		done := c.worked(at + s.offset)
		if s.to != maxInstant {
			if here := c.worked(s.to+s.offset) - done; here < left {
				left -= here
				at = s.to
				continue
			}
		}
		return c.reach(done+left) - s.offset
	}
}

func (c *Calendar) back(at, left int64) int64 {
	for {
		s := c.stretchAt(at - 1) // the stretch that ends at or after at
		done := c.worked(at + s.offset)
		if s.from != minInstant {
			if here := done - c.worked(s.from+s.offset); here < left {
				left -= here
				at = s.from
				continue
			}
		}
		return c.leave(done-left) - s.offset
	}
}

// Open reports whether the moment is working time.
func (c *Calendar) Open(at int64) bool {
	if c.always() {
		return true
	}
	wall := at + c.stretchAt(at).offset
	day := floorDiv(wall, msDay)
	for _, s := range c.spans(day) {
		if in := wall - day*msDay; in >= s.from && in < s.to {
			return true
		}
	}
	return false
}

// open returns the working spans between two instants, in order, those that
// touch joined. It takes time proportional to the days in between.
func (c *Calendar) open(from, to int64) []span {
	if from >= to {
		return nil
	}
	if c.always() {
		return []span{{from, to}}
	}
	var out []span
	for from < to {
		s := c.stretchAt(from)
		end := min(to, s.to)
		for day := floorDiv(from+s.offset, msDay); day*msDay-s.offset < end; day++ {
			midnight := day*msDay - s.offset
			for _, w := range c.spans(day) {
				a, b := max(from, midnight+w.from), min(end, midnight+w.to)
				if a >= b {
					continue
				}
				if n := len(out); n > 0 && out[n-1].to == a {
					out[n-1].to = b
				} else {
					out = append(out, span{a, b})
				}
			}
		}
		from = end
	}
	return out
}

// Warning says what a result does not take into account.
type Warning struct {
	Code string `json:"code"`           // message code
	Year int    `json:"year"`           // the year concerned
	Name string `json:"name,omitempty"` // the festival concerned, if it is one
}

// Warnings returns one warning for each year between the two instants, both
// included, whose public holidays are not known, or only provisionally, though the
// calendar follows them. At most the first 100 years are looked at.
func (c *Calendar) Warnings(from, to int64) []Warning {
	if c.always() || !c.follows {
		return nil
	}
	var out []Warning
	first := time.UnixMilli(from).In(c.zone).Year()
	last := min(time.UnixMilli(max(from, to)).In(c.zone).Year(), first+99)
	for year := first; year <= last; year++ {
		if firm, ok := c.known[year]; !ok {
			out = append(out, Warning{Code: "sla.holidays_missing", Year: year})
		} else if !firm {
			out = append(out, Warning{Code: "sla.provisional", Year: year})
		}
	}
	return out
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }
