package classify

import (
	"strings"
	"unicode"

	"wardline/internal/platform/text"
)

// maxRunes is how much of the words is read: what comes after says little more.
const maxRunes = 400

// unit is the smallest piece of what somebody says: a Chinese character, a word of
// letters, a run of digits.
type unit struct {
	text     string
	from, to int  // characters of the words as given
	broken   bool // something else stands before it
}

// units cuts words: wide and narrow, upper and lower case are one; how much a number
// is does not matter, that there is one does.
func units(words string) []unit {
	var out []unit
	broken, last := true, ' '
	at := -1
	for _, r := range words {
		if at++; at >= maxRunes {
			break
		}
		folded := text.Fold(string(r))
		if folded == "" {
			continue
		}
		c := []rune(folded)[0]
		kind := kindOf(c)
		switch {
		case kind == ' ':
			broken = true
		case kind == '字' || broken || kind != last:
			if kind == '0' {
				folded = "0"
			}
			out = append(out, unit{text: folded, from: at, to: at + 1, broken: broken})
			broken = false
		default:
			u := &out[len(out)-1]
			u.to = at + 1
			if kind == 'a' && len(u.text) < 24 {
				u.text += folded
			}
		}
		last = kind
	}
	return out
}

// kindOf tells Chinese characters, letters and digits from everything else.
func kindOf(r rune) rune {
	switch {
	case unicode.Is(unicode.Han, r):
		return '字'
	case unicode.IsDigit(r):
		return '0'
	case unicode.IsLetter(r):
		return 'a'
	}
	return ' '
}

// gram is one feature of the words: up to three units that follow each other.
type gram struct {
	text     string
	hash     uint32
	from, to int
}

// hashBits says into how many buckets grams fall: with some ten thousand different
// ones hardly two fall together.
const hashBits = 18

// grams returns the features of the words, each once.
func grams(words string) []gram {
	list := units(words)
	out := make([]gram, 0, 3*len(list))
	seen := make(map[uint32]bool, 3*len(list))
	add := func(s string, from, to int) {
		if h := hash(s); !seen[h] {
			seen[h] = true
			out = append(out, gram{s, h, from, to})
		}
	}
	for i := range list {
		joined := list[i].text
		add(joined, list[i].from, list[i].to)
		for n := 1; n < 3 && i+n < len(list) && !list[i+n].broken; n++ {
			joined += list[i+n].text
			add(joined, list[i].from, list[i+n].to)
		}
		if w := list[i].text; len(w) > 3 && w[0] < 0x80 { // mistyped words share their parts
			for j := 0; j+3 <= len(w); j++ {
				add("~"+strings.ToValidUTF8(w[j:j+3], ""), list[i].from, list[i].to)
			}
		}
	}
	return out
}

// hash is FNV-1a folded to the buckets.
func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return (h ^ h>>hashBits) & (1<<hashBits - 1)
}
