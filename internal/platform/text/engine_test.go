package text_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"wardline/internal/platform/db"
	"wardline/internal/platform/db/dbtest"
	"wardline/internal/platform/text"
)

// index is a searchable table in the database under test.
type index struct {
	t *testing.T
	d *db.DB
}

func newIndex(t *testing.T, d *db.DB, docs []string) index {
	t.Helper()
	ddl, insert := `CREATE VIRTUAL TABLE doc USING fts5(words, tokenize = 'unicode61')`,
		`INSERT INTO doc (rowid, words) VALUES ($1, $2)`
	if d.Engine() == db.Postgres {
		ddl, insert = `CREATE TABLE doc (rowid BIGINT, words TSVECTOR)`,
			`INSERT INTO doc (rowid, words) VALUES ($1, to_tsvector('simple', $2))`
	}
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := db.Exec(t.Context(), tx, ddl); err != nil {
			return err
		}
		for i, doc := range docs {
			if _, err := db.Exec(t.Context(), tx, insert, i, text.IndexText(doc)); err != nil {
				return fmt.Errorf("document %q: %w", doc, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return index{t, d}
}

// find returns the numbers of the documents that match.
func (x index) find(query string) []int64 {
	x.t.Helper()
	stmt, arg := `SELECT rowid FROM doc WHERE doc MATCH $1 ORDER BY rowid`, text.FTS5Query(query)
	if x.d.Engine() == db.Postgres {
		stmt, arg = `SELECT rowid FROM doc WHERE words @@ to_tsquery('simple', $1) ORDER BY rowid`, text.TSQuery(query)
	}
	if arg == "" {
		return nil
	}
	var out []int64
	err := x.d.Read(x.t.Context(), func(tx *db.Tx) (err error) {
		out, err = db.All[int64](x.t.Context(), tx, stmt, arg)
		return err
	})
	if err != nil {
		x.t.Fatalf("query %q as %q: %v", query, arg, err)
	}
	return out
}

func TestSearchOnBothEngines(t *testing.T) {
	docs := []string{
		0: "三楼东区空调漏水",
		1: "CT 机房空调不制冷,温度 28 度",
		2: "13号楼2层打印机卡纸 HP LaserJet M404",
		3: "3号楼12层 水管爆裂",
		4: "血透室 B超 探头故障",
		5: "空,调整床位",
		6: "资产 ZC-2024-0031 ＣＴ３号机",
		7: "𠮷野家送餐",
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newIndex(t, d, docs)
		for query, want := range map[string][]int64{
			"空调":            {0, 1},
			"水":             {0, 3},
			"区":             {0},
			"空":             {0, 1, 5},
			"三楼东区":          {0},
			"楼区":            nil,
			"3号楼":           {3},
			"13号楼":          {2},
			"ct机房":          {1},
			"CT 机":          {1, 6},
			"laser":         {2},
			"m4":            {2},
			"m":             nil,
			"b超":            {4},
			"空调 漏水":         {0},
			"zc-2024":       {6},
			"2024 0031":     {6},
			"３号机":           nil, // "CT3" is one word
			"ct3":           {6},
			"𠮷":             {7},
			"𠮷野":            {7},
			"野 OR 家":        nil,
			"*":             nil,
			`"空调" OR '水':*`: nil,
		} {
			if got := x.find(query); !slices.Equal(got, want) {
				t.Errorf("%q finds %v, want %v", query, got, want)
			}
		}
	})
}

// Random documents and queries over a small alphabet: the engines must agree
// with a plain reading of the rules. (Words like 1e5x are left out, see TSQuery.)
func TestSearchAgreesWithReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	pieces := []string{"空", "调", "水", "楼", "a", "ab", "3", "31", "z5", "0x1f", " ", " ", ",", "-", "、", "é", "々"}
	random := func(n int) string {
		var b strings.Builder
		for range 1 + rng.IntN(n) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		return b.String()
	}
	docs := make([]string, 300)
	for i := range docs {
		docs[i] = random(12)
	}
	queries := make([]string, 400)
	for i := range queries {
		queries[i] = random(5)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newIndex(t, d, docs)
		hits := 0
		for _, q := range queries {
			var want []int64
			for i, doc := range docs {
				if matches(doc, q) {
					want = append(want, int64(i))
				}
			}
			if got := x.find(q); !slices.Equal(got, want) {
				t.Fatalf("%q finds %q, want %q", q, pick(docs, got), pick(docs, want))
			}
			hits += len(want)
		}
		if hits < 1000 {
			t.Errorf("only %d hits: the comparison says little", hits)
		}
	})
}

// pick returns some of the documents named by their numbers.
func pick(docs []string, at []int64) []string {
	var out []string
	for _, i := range at[:min(len(at), 20)] {
		out = append(out, docs[i])
	}
	return out
}

var (
	ideo   = `[\p{Han}]`
	word   = `[^\p{Han}\s,、-]`
	bridge = regexp.MustCompile(`(` + ideo + `)[ -]+(` + word + `)|(` + word + `)[ -]+(` + ideo + `)`)
	parts  = regexp.MustCompile(`[^ ,、-]+`)
)

// matches says in terms of regular expressions what the package promises.
func matches(doc, query string) bool {
	doc = text.Fold(doc)
	for last := ""; last != doc; {
		last, doc = doc, bridge.ReplaceAllString(doc, "$1$3$2$4")
	}
	all := parts.FindAllString(text.Fold(query), -1)
	for _, p := range all {
		first, _ := utf8.DecodeRuneInString(p)
		final, _ := utf8.DecodeLastRuneInString(p)
		re := regexp.QuoteMeta(p)
		if !unicode.Is(unicode.Han, first) {
			re = `(^|` + ideo + `|[ ,、-])` + re
		}
		if !unicode.Is(unicode.Han, final) && utf8.RuneCountInString(p) == 1 {
			re += `($|` + ideo + `|[ ,、-])`
		}
		if !regexp.MustCompile(re).MatchString(doc) {
			return false
		}
	}
	return len(all) > 0
}

// Whatever is typed or stored, neither engine may answer with an error.
func TestEnginesAcceptAnyBytes(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 2))
	docs := make([]string, 400)
	for i := range docs {
		raw := make([]rune, rng.IntN(60))
		for j := range raw {
			switch rng.IntN(4) {
			case 0:
				raw[j] = rune(rng.IntN(0x80))
			case 1:
				raw[j] = rune(rng.IntN(0x3000))
			case 2:
				raw[j] = 0x3000 + rune(rng.IntN(0x7000))
			default:
				raw[j] = rune(rng.IntN(0x110000))
			}
		}
		docs[i] = string(raw) + string([]byte{byte(rng.IntN(256))})
	}
	docs = append(docs, strings.Repeat(strings.Repeat("é漢", 40)+" ", 3000), strings.Repeat("𠮷", 50_000))
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newIndex(t, d, docs)
		for i, doc := range docs {
			hits := x.find(doc)
			if simple(doc) && len(text.Tokens(doc)) < 32 && !slices.Contains(hits, int64(i)) {
				t.Errorf("%q does not find itself", doc)
			}
		}
	})
}

// simple reports whether doc keeps to characters every engine's tables know.
func simple(doc string) bool {
	for _, r := range doc {
		if r > 0x24F && !(r >= 0x4E00 && r <= 0x9FA5) {
			return false
		}
	}
	return true
}
