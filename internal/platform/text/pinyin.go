package text

import (
	"slices"
	"strings"
	"unicode"
)

const (
	// maxKeyRunes is how much of a name is spelled in pinyin; longer texts
	// belong into the full-text index.
	maxKeyRunes = 64
	// maxVariants is how many spellings of a whole name are stored.
	maxVariants = 12
	// windowReach is how many characters on either side of a polyphone are
	// stored with each of its rarer readings once a name has more spellings
	// than maxVariants.
	windowReach = 6
)

// Keys returns the text to store beside a name so that pickers find it by any
// part of the name itself, of its pinyin or of its initials:
// Keys("重症监护室") is "重症监护室 zhongzhengjianhushi zzjhs". Everything is
// folded, blanks inside the name are dropped, and the spellings are parted by
// one blank, which no term of [KeyTerms] contains. Letters and digits stand in
// pinyin and initials as they are: "3号楼" is also "3haolou" and "3hl".
//
// A character with several readings appears with each, in all combinations as
// long as there are at most twelve; a longer name is stored whole in its usual
// reading and piecewise, six characters to either side, in the others. ü is
// spelled v. Pinyin covers the first 64 characters.
func Keys(s string) string {
	name := squeeze(Fold(s))
	sounds := spell([]rune(name))
	full := spellings(sounds, func(syllable string) string { return syllable })
	initials := spellings(sounds, func(syllable string) string { return syllable[:1] })
	seen := map[string]bool{}
	var out []string
	for _, k := range append(append([]string{name}, full...), initials...) {
		if k != "" && !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return strings.Join(out, " ")
}

// KeyTerms cuts what a person typed into a picker into the terms that must all
// occur in a column made by [Keys]. It returns none for a blank query.
func KeyTerms(query string) []string { return strings.Fields(Fold(query)) }

// squeeze drops white space.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// sound is one place of a spelled name: the readings of one character, or a
// run of letters and digits that is spelled as it stands.
type sound struct {
	readings []string
	literal  bool
}

// spell turns a folded name into sounds; punctuation has none.
func spell(name []rune) []sound {
	if len(name) > maxKeyRunes {
		name = name[:maxKeyRunes]
	}
	tables := readings()
	var out []sound
	for i := 0; i < len(name); {
		if p := tables.phraseAt(name[i:]); p != nil {
			for _, syllable := range p {
				out = append(out, sound{readings: []string{syllable}})
			}
			i += len(p)
			continue
		}
		r := name[i]
		i++
		if rs := tables.of(r); len(rs) > 0 {
			out = append(out, sound{readings: rs})
		} else if wordRune(r) {
			out = append(out, sound{readings: []string{string(r)}, literal: true})
		}
	}
	return out
}

// spellings joins the sounds, each syllable passed through part, in every
// reading. A name without any Chinese character has none of its own.
func spellings(sounds []sound, part func(syllable string) string) []string {
	choices := make([][]string, len(sounds))
	count, chinese := 1, false
	for i, s := range sounds {
		if s.literal {
			choices[i] = s.readings
			continue
		}
		chinese = true
		for _, r := range s.readings {
			if p := part(r); !slices.Contains(choices[i], p) {
				choices[i] = append(choices[i], p)
			}
		}
		if count <= maxVariants {
			count *= len(choices[i])
		}
	}
	if !chinese {
		return nil
	}
	if count <= maxVariants {
		return combine(choices)
	}
	return append([]string{usual(choices)}, windows(choices)...)
}

// combine returns every way to take one choice from each place.
func combine(choices [][]string) []string {
	out := []string{""}
	for _, c := range choices {
		next := make([]string, 0, len(out)*len(c))
		for _, head := range out {
			for _, x := range c {
				next = append(next, head+x)
			}
		}
		out = next
	}
	return out
}

// usual joins the first choices.
func usual(choices [][]string) string {
	var b strings.Builder
	for _, c := range choices {
		b.WriteString(c[0])
	}
	return b.String()
}

// windows returns, for every rarer choice, the stretch around it with the
// usual choices elsewhere.
func windows(choices [][]string) []string {
	var out []string
	for i, c := range choices {
		before := usual(choices[max(0, i-windowReach):i])
		after := usual(choices[i+1 : min(len(choices), i+1+windowReach)])
		for _, x := range c[1:] {
			out = append(out, before+x+after)
		}
	}
	return out
}
