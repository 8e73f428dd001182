package text

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/encoding/simplifiedchinese"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":                 "",
		"plain text-1":     "plain text-1",
		"ＣＴ室１２３":           "ct室123",
		"ICU":              "icu",
		"Café Müller":      "cafe muller",
		"㎏":                "kg",
		"①号":               "1号",
		"ﾊﾞ":               "ハ",
		"a\x00b\tc":        "a b c",
		"bad\xff\xfebytes": "bad bytes",
		"𠮷野家":              "𠮷野家",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestKeys(t *testing.T) {
	for in, want := range map[string]string{
		"":          "",
		"  ":        "",
		"重庆路":       "重庆路 chongqinglu cql",
		"重症监护室":     "重症监护室 zhongzhengjianhushi zzjhs",
		"护士长":       "护士长 hushizhang hsz",
		"长海":        "长海 changhai zhanghai ch zh",
		"ＣＴ室":       "ct室 ctshi cts",
		"3号楼 2层":    "3号楼2层 3haolou2ceng 3hl2c",
		"信息-软件组":    "信息-软件组 xinxiruanjianzu xxrjz",
		"吕布":        "吕布 lvbu lb",
		"战略":        "战略 zhanlve zhanlue zl",
		"Ward 3":    "ward3",
		"呼吸内科":      "呼吸内科 huxineike hxnk",
		"(一)病区":     "(一)病区 yibingqu yibingou ybq ybo",
		"重庆\n\x00市": "重庆市 chongqingshi cqs",
	} {
		if got := Keys(in); got != want {
			t.Errorf("Keys(%q)\n got %q\nwant %q", in, got, want)
		}
	}
}

// found says whether the stored keys match the query the way the SQL does.
func found(keys, query string) bool {
	terms := KeyTerms(query)
	for _, term := range terms {
		if !strings.Contains(keys, term) {
			return false
		}
	}
	return len(terms) > 0
}

func TestKeysAreFoundAsTyped(t *testing.T) {
	for _, c := range []struct{ name, queries string }{
		{"曾乐", "曾乐|曾|zengle|cengyue|zl|cy|ZL|Zeng le"},
		{"单雄信", "shanxiongxin|dxx|sxx"},
		{"查良镛", "zhaliangyong|chaliang"},
		{"血液透析中心 2号楼", "xytx|xueye|透析|２号楼|中心2号楼|透析 2号|xueyetouxi 2h"},
		{"中国银行自助区", "zgyh|zhongguoyinhang"},
		{"长兴岛调乐单重行会", "changxing|zhangxing|cxd|diaole|tiaole|diaoyue|leshan|zhonghang|chongxing|hanghui|xingkuai"},
	} {
		keys := Keys(c.name)
		for q := range strings.SplitSeq(c.queries, "|") {
			if !found(keys, q) {
				t.Errorf("%q is not found by %q in %q", c.name, q, keys)
			}
		}
	}
	if found(Keys("重庆路"), "zhongqing") {
		t.Error("重庆 is found under a wrong reading")
	}
	// A query must not match across two spellings.
	if k := Keys("吕布"); found(k, "lvbulb") || found(k, "布lv") {
		t.Errorf("%q matches across spellings", k)
	}
}

// A long name full of polyphones must not blow up the column.
func TestKeysStaySmall(t *testing.T) {
	name := strings.Repeat("重长行乐单都参差", 40)
	keys := Keys(name)
	if len(keys) > 20_000 {
		t.Fatalf("%d bytes of keys for %d characters", len(keys), utf8.RuneCountInString(name))
	}
	if !strings.HasPrefix(keys, name+" ") {
		t.Fatal("the name itself is missing from its keys")
	}
}

// The lists are written by hand: a slip would make a name unfindable.
func TestReadingListsAgreeWithDictionary(t *testing.T) {
	known := func(r rune) []string {
		var out []string
		for p := range strings.SplitSeq(pinyin.PinyinDict[int(r)], ",") {
			p = toneless(p)
			out = append(out, p)
			if strings.HasSuffix(p, "ve") {
				out = append(out, strings.TrimSuffix(p, "ve")+"ue")
			}
		}
		return out
	}
	// Readings in use that the dictionary gives only with another spelling or not at all.
	extra := map[rune]string{'咖': "ga"}
	tables := readings()
	if len(tables.chars) < 150 || len(tables.phrases) < 150 {
		t.Fatalf("only %d characters and %d phrases were read", len(tables.chars), len(tables.phrases))
	}
	for r, list := range tables.chars {
		for _, p := range list {
			if !slices.Contains(known(r), p) && extra[r] != p {
				t.Errorf("%c is not read %q but %v", r, p, known(r))
			}
		}
	}
	for phrase, list := range tables.phrases {
		rs := []rune(phrase)
		if len(rs) != len(list) {
			t.Errorf("%s has %d characters and %d syllables", phrase, len(rs), len(list))
			continue
		}
		for i, r := range rs {
			if !slices.Contains(known(r), list[i]) {
				t.Errorf("%s: %c is not read %q but %v", phrase, r, list[i], known(r))
			}
		}
	}
}

// GB 2312 sorts its 3,755 everyday characters by pinyin, which makes it an
// independent witness: each must have a reading that fits its place.
func TestEverydayReadingsFollowGB2312(t *testing.T) {
	moved := "掺藉傀肋潦咋帧" // their reading has changed since 1980
	decoder := simplifiedchinese.GBK.NewDecoder()
	last, count := "", 0
	for hi := byte(0xB0); hi <= 0xD7; hi++ {
		for lo := byte(0xA1); lo <= 0xFE; lo++ {
			if hi == 0xD7 && lo > 0xF9 {
				break
			}
			s, err := decoder.String(string([]byte{hi, lo}))
			if err != nil {
				t.Fatal(err)
			}
			r, _ := utf8.DecodeRuneInString(s)
			count++
			if strings.ContainsRune(moved, r) {
				continue
			}
			fit := ""
			for _, p := range readings().of(r) {
				p = strings.Replace(p, "v", "u", 1)
				if p >= last && (fit == "" || p < fit) {
					fit = p
				}
			}
			if fit == "" || last != "" && fit[0] > last[0]+3 {
				// lü and nü stand after lu and nu, before luan and nuan.
				if v := readings().of(r)[0]; !strings.HasPrefix(v, "luan") && !strings.HasPrefix(v, "nuan") {
					t.Errorf("%c is read %v, but stands after %q", r, readings().of(r), last)
				}
				continue
			}
			last = fit
		}
	}
	if count != 3755 {
		t.Fatalf("looked at %d characters", count)
	}
}

func TestTokens(t *testing.T) {
	for in, want := range map[string]string{
		"":               "",
		"，。!?":           "",
		"水":              "水",
		"空调":             "空调 空 调",
		"三楼东区":           "三楼 楼东 东区 三 楼 东 区",
		"3号楼":            "3号 号楼 3 号 楼",
		"CT 机房":          "ct机 机房 ct 机 房",
		"B-超":            "b超 b 超",
		"空调,漏水":          "空调 空 调 漏水 漏 水",
		"空调 漏水":          "空调 空 调 漏水 漏 水",
		"HP LaserJet":    "hp laserjet",
		"ZC-2024-0031":   "zc 2024 0031",
		"１０．２０":          "10 20",
		"it's 5° C":      "it s 5 c",
		"\x00\xff\"*':&": "",
	} {
		if got := IndexText(in); got != want {
			t.Errorf("IndexText(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTokensAreBounded(t *testing.T) {
	for _, s := range []string{
		strings.Repeat("空调", 100_000),
		strings.Repeat("a ", 100_000),
		strings.Repeat("𠮷", 100_000),
		strings.Repeat(strings.Repeat("w", 60)+" ", 50_000),
		strings.Repeat("x", 1_000_000),
	} {
		tokens := Tokens(s)
		if n := len(IndexText(s)); len(tokens) == 0 || len(tokens) > maxIndexTokens || n > maxIndexBytes {
			t.Errorf("%d tokens, %d bytes", len(tokens), n)
		}
	}
	if q := FTS5Query(strings.Repeat("x", 1_000_000)); q != `"`+strings.Repeat("x", 64)+`"*` {
		t.Errorf("over-long word asks for %q", q)
	}
	if n := len(strings.Fields(QueryText(strings.Repeat("空调 ", 1000)))); n != maxQueryTokens {
		t.Errorf("a long query asks for %d tokens", n)
	}
}

func TestQueries(t *testing.T) {
	for _, c := range []struct{ in, fts, ts string }{
		{"", ``, ``},
		{" \"*' ", ``, ``},
		{"水", `"水"`, `'水'`},
		{"空调", `"空调"`, `'空调'`},
		{"三楼东", `"三楼 楼东"`, `'三楼' <-> '楼东'`},
		{"3号楼", `"3号 号楼"`, `'3号' <-> '号楼'`},
		{"空调 301", `"空调" AND "301"*`, `'空调' & '301':*`},
		{"空调301", `"空调 调301"*`, `'空调' <-> '调301':*`},
		{"b", `"b"`, `'b'`},
		{"HP", `"hp"*`, `'hp':*`},
		{"a:* | !b", `"a" AND "b"`, `'a' & 'b'`},
		{"x OR NEAR(y)", `"x" AND "or"* AND "near"* AND "y"`, `'x' & 'or':* & 'near':* & 'y'`},
	} {
		if got := FTS5Query(c.in); got != c.fts {
			t.Errorf("FTS5Query(%q) = %q, want %q", c.in, got, c.fts)
		}
		if got := TSQuery(c.in); got != c.ts {
			t.Errorf("TSQuery(%q) = %q, want %q", c.in, got, c.ts)
		}
	}
}

func TestLike(t *testing.T) {
	for in, want := range map[string]string{
		"":       `%%`,
		"空调":     `%空调%`,
		"50%":    `%50\%%`,
		`a_b\c%`: `%a\_b\\c\%%`,
	} {
		if got := LikeContains(in); got != want {
			t.Errorf("LikeContains(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "空调漏水", "ＣＴ-3号楼", "a\x00\xff", "é́", "ﾊﾞ㎏①", `"' OR 1:* <->`, "𠮷😀", "ǅİı", "重庆 Ward 3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := Fold(s)
		if Fold(folded) != folded {
			t.Fatalf("folding %q twice changes it", folded)
		}
		for _, out := range []string{folded, Keys(s), IndexText(s), QueryText(s), FTS5Query(s), TSQuery(s), strings.Join(KeyTerms(s), " ")} {
			if !utf8.ValidString(out) || strings.ContainsRune(out, 0) {
				t.Fatalf("%q yields %q, which a database refuses", s, out)
			}
		}
		for _, token := range append(Tokens(s), strings.Fields(QueryText(s))...) {
			for _, r := range token {
				if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
					t.Fatalf("%q yields the token %q", s, token)
				}
			}
		}
		if (QueryText(s) == "") != (FTS5Query(s) == "") || (QueryText(s) == "") != (TSQuery(s) == "") {
			t.Fatalf("the queries for %q disagree on whether there is anything to find", s)
		}
		if name := strings.Join(KeyTerms(s), ""); name != "" && !strings.Contains(Keys(s), name) {
			t.Fatalf("%q is not found under its own name: %q", s, Keys(s))
		}
		if unescape := strings.NewReplacer(`\\`, `\`, `\%`, `%`, `\_`, `_`); unescape.Replace(LikeEscape(s)) != s {
			t.Fatalf("LikeEscape(%q) = %q", s, LikeEscape(s))
		}
	})
}
