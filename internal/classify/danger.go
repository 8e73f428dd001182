package classify

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/text"
)

// Word is a word of danger: where it stands in the caller's words, not negated, its
// item and priority hold, whatever the model says.
type Word struct {
	ID       string   `db:"id" json:"id"`
	Word     string   `db:"word" json:"word" minLength:"1" maxLength:"20"`
	ItemCode string   `db:"item_code" json:"itemCode,omitempty" maxLength:"16" doc:"Absent leaves the item to the other words"`
	Priority string   `db:"priority" json:"priority" enum:"P1,P2,P3,P4,T0,T1,T2" doc:"At least as urgent as this"`
	Except   []string `db:"except_in,json" json:"except,omitempty" maxItems:"60" doc:"Longer words within which it means something else"`
	Active   bool     `db:"active" json:"active"`
	Position int64    `db:"position" json:"-"`
}

// Alarm is a word of danger found in the caller's words.
type Alarm struct {
	Word     string `json:"word"`
	From     int    `json:"from" doc:"First character of the words"`
	To       int    `json:"to" doc:"Behind the last"`
	ItemCode string `json:"itemCode,omitempty"`
	Priority string `json:"priority"`
}

// negators say that what follows at once is not so.
var negators = []string{"没有发生", "没有出现", "没有看到", "没有见到", "没发生", "没看到", "没见到", "没有再", "没有", "并没", "不是", "并不", "并非", "不会", "没再", "没", "未见", "未", "无", "非", "不像是", "不像"}

// questions undo a negation: "有没有着火" asks, and who asks that has a reason to.
var questions = []string{"有没有", "是不是", "有无"}

// folded is text in one form with the place of each of its characters in the original.
type folded struct {
	runes []rune
	at    []int
}

func foldWords(words string) folded {
	var f folded
	i := -1
	for _, r := range words {
		if i++; i >= maxRunes {
			break
		}
		for _, c := range text.Fold(string(r)) {
			if c == ' ' || c == '　' {
				continue
			}
			f.runes, f.at = append(f.runes, c), append(f.at, i)
		}
	}
	return f
}

// alarms returns the words of danger that stand in the caller's words, the most urgent
// first, of equally urgent ones the longest.
func alarms(list []Word, words string) []Alarm {
	f := foldWords(words)
	var out []Alarm
	// The longest first: what stands within a longer word, meant or not, is not a word
	// of its own ("火" within "没有着火").
	sorted := make([]*Word, 0, len(list))
	for i := range list {
		if list[i].Active {
			sorted = append(sorted, &list[i])
		}
	}
	slices.SortStableFunc(sorted, func(a, b *Word) int { return cmp.Compare(len(plainRunes(b.Word)), len(plainRunes(a.Word))) })
	covered := make([]bool, len(f.runes))
	for _, w := range sorted {
		if at, n := f.danger(w, covered); n > 0 {
			out = append(out, Alarm{Word: w.Word, From: f.at[at], To: f.at[at+n-1] + 1, ItemCode: w.ItemCode, Priority: w.Priority})
		}
	}
	slices.SortStableFunc(out, func(a, b Alarm) int {
		return cmp.Or(cmp.Compare(urgency(a.Priority), urgency(b.Priority)),
			cmp.Compare(utf8.RuneCountInString(b.Word), utf8.RuneCountInString(a.Word)))
	})
	return out
}

// danger returns where a word first stands that means what it says, and how long it is;
// 0 when it does not. It marks where the word stands in any meaning.
func (f folded) danger(w *Word, covered []bool) (at, n int) {
	word := plainRunes(w.Word)
	var taken []int
	found := -1
	for at := 0; len(word) > 0 && at+len(word) <= len(f.runes); at++ {
		if !slices.Equal(f.runes[at:at+len(word)], word) || covered[at] && covered[at+len(word)-1] {
			continue
		}
		taken = append(taken, at)
		if found < 0 && !f.within(at, len(word), w.Except) && !f.negated(at) {
			found = at
		}
	}
	for _, at := range taken {
		for i := range word {
			covered[at+i] = true
		}
	}
	if found < 0 {
		return 0, 0
	}
	return found, len(word)
}

// within tells whether a found word is part of a longer one that means something else.
func (f folded) within(at, n int, except []string) bool {
	for _, e := range except {
		long := plainRunes(e)
		for from := max(0, at+n-len(long)); from <= at && from+len(long) <= len(f.runes); from++ {
			if slices.Equal(f.runes[from:from+len(long)], long) {
				return true
			}
		}
	}
	return false
}

// negated tells whether a negation stands right before a word.
func (f folded) negated(at int) bool {
	before := string(f.runes[max(0, at-6):at])
	for _, n := range negators {
		if !strings.HasSuffix(before, n) {
			continue
		}
		asks := false
		for _, q := range questions {
			asks = asks || strings.HasSuffix(before, q)
		}
		return !asks
	}
	return false
}

func plainRunes(s string) []rune { return foldWords(s).runes }

// urgencies are the priorities from most to least urgent.
var urgencies = []string{"P1", "T0", "P2", "T1", "P3", "T2", "P4"}

func urgency(p string) int {
	if i := slices.Index(urgencies, p); i >= 0 {
		return i
	}
	return len(urgencies)
}

// moreUrgent returns the more urgent of two priorities.
func moreUrgent(a, b string) string {
	if a == "" || urgency(b) < urgency(a) {
		return b
	}
	return a
}

// checkWords brings a list of words to the form in which it is kept.
func checkWords(list []Word) error {
	var f fault.Fields
	seen := map[string]bool{}
	for i := range list {
		w := &list[i]
		where := indexed("items", i)
		w.Word = strings.TrimSpace(w.Word)
		key := string(plainRunes(w.Word))
		switch {
		case key == "":
			f.Add(where+".word", "required")
		case seen[key]:
			f.Add(where+".word", "duplicate")
		}
		seen[key] = true
		if urgency(w.Priority) == len(urgencies) {
			f.Add(where+".priority", "bad_value")
		}
		kept := []string{}
		for _, e := range w.Except {
			if e = strings.TrimSpace(e); e == "" {
				continue
			}
			if !strings.Contains(string(plainRunes(e)), key) {
				f.Add(where+".except", "classify.except", "word", w.Word)
			}
			kept = append(kept, e)
		}
		w.Except = kept
	}
	return f.Err()
}
