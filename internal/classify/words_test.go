package classify

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func shippedWords(t *testing.T) []Word {
	t.Helper()
	list, err := starterWords()
	if err != nil {
		t.Fatal(err)
	}
	if err := checkWords(list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWordsOfDangerAndWhatIsNone(t *testing.T) {
	list := shippedWords(t)
	for words, want := range map[string]string{
		"电梯困人了":         "困人",
		"三号梯里有人被困":      "被困",
		"配电间着火了":        "着火",
		"机房　冒 烟":        "冒烟",
		"垃圾桶有火":         "火",
		"病人大出血要转":       "大出血",
		"手术室停电了":        "手术室停电",
		"楼上漏水到设备上了":     "漏水到设备",
		"没有氧气了":         "没有氧气",
		"氧气没了快来":        "氧气没",
		"有没有着火看一下":      "着火",
		"插座冒火花":         "火花",
		"没电了着火":         "着火",
		"不是电脑坏了,是机房进水":  "机房进水",
		"喂你好,有家属持刀":     "持刀",
		"全院系统都登不上":      "全院系统",
		"没有着火,但是电梯里关了人": "电梯里关了",
	} {
		if got := alarms(list, words); len(got) == 0 || got[0].Word != want {
			t.Errorf("%s: %v, want %s", words, got, want)
		}
	}
	for _, words := range []string{"没有着火", "没着火,就是想问一下", "不是火", "未见明火", "接病人去火车站", "病人上火嗓子疼", "他发火了", "灭火器过期", "要打火机", "订火锅",
		"消火栓的门坏了", "没有人被困扰", "没有发生火灾", "漏电保护器要换", "什么时候停电", "停电通知发一下", "没有冒烟", "抢救室打印机卡纸", "打印机卡纸", "", "  "} {
		if got := alarms(list, words); len(got) > 0 {
			t.Errorf("%q: %v", words, got)
		}
	}
}

func TestTheMostUrgentAndLongestWordComesFirst(t *testing.T) {
	list := shippedWords(t)
	got := alarms(list, "抢救病人大出血,手术室停电")
	if len(got) < 3 || got[0].Priority != "P1" || got[0].Word != "手术室停电" {
		t.Fatalf("%v", got)
	}
	runes := []rune("抢救病人大出血,手术室停电")
	for _, a := range got {
		if string(runes[a.From:a.To]) != a.Word {
			t.Errorf("%s stands at %d–%d: %s", a.Word, a.From, a.To, string(runes[a.From:a.To]))
		}
	}
}

func TestWordsThatCannotBeKept(t *testing.T) {
	for name, list := range map[string][]Word{
		"items[0].word":     {{Word: " ", Priority: "P1"}},
		"items[1].word":     {{Word: "着火", Priority: "P1"}, {Word: "着 火", Priority: "P2"}},
		"items[0].priority": {{Word: "着火", Priority: "P9"}},
		"items[0].except":   {{Word: "火", Priority: "P1", Except: []string{"汽车"}}},
	} {
		if err := checkWords(list); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnitsAreOneForWideAndNarrow(t *testing.T) {
	text := func(words string) string {
		var out []string
		for _, u := range units(words) {
			out = append(out, u.text)
		}
		return strings.Join(out, "|")
	}
	if a, b := text("ＨＩＳ打不开１２楼"), text("his打不开3楼"); a != b || a != "his|打|不|开|0|楼" {
		t.Fatalf("%s, %s", a, b)
	}
	for _, g := range grams("HP打印机,卡纸") {
		if strings.Contains(g.text, "机卡") {
			t.Errorf("%s crosses the comma", g.text)
		}
	}
}

func FuzzUnits(f *testing.F) {
	for _, s := range []string{"打印机卡纸", "ＨＩＳ 打不开 12楼", "é́漢\x00\xff", strings.Repeat("a", 5000), "ﷺﷺ", "①②③", "𠮷野家123abc"} {
		f.Add(s)
	}
	list, err := starterWords()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := utf8.RuneCountInString(s)
		last := 0
		for _, u := range units(s) {
			if u.text == "" || u.from < last || u.to <= u.from || u.to > n || u.to > maxRunes {
				t.Fatalf("%q: %+v", s, u)
			}
			last = u.to
		}
		for _, g := range grams(s) {
			if g.hash >= 1<<hashBits || g.from < 0 || g.to > n || !utf8.ValidString(g.text) {
				t.Fatalf("%q: %+v", s, g)
			}
		}
		for _, a := range alarms(list, s) {
			if a.From < 0 || a.To > n || a.From >= a.To {
				t.Fatalf("%q: %+v", s, a)
			}
		}
	})
}

// taughtBy makes orders of three items whose words never repeat: the noise around the
// fault is different each time.
func taughtBy(n int) []Sample {
	faults := map[string][]string{"printer": {"打印机卡纸", "打印机不出纸", "打印有黑道"}, "lamp": {"灯不亮", "灯管一直闪", "走廊灯坏了"}, "net": {"上不了网", "网络红叉", "网线松了"}}
	places := []string{"内科", "外科", "儿科", "急诊", "药房", "手术室", "检验科", "血库"}
	tails := []string{"请来看看", "很急", "病人在等", "麻烦快点", "上午就这样了", "师傅什么时候来"}
	ids := []string{"printer", "lamp", "net"}
	var out []Sample
	for i := range n {
		item := ids[i%3]
		words := places[i%8] + string(rune('一'+i%200)) + "室" + faults[item][i/3%3] + "," + tails[i/9%6]
		out = append(out, Sample{Words: words, ItemID: item, OrderID: "o" + string(rune('a'+i%26)) + string(rune('一'+i)), At: int64(i), Priority: "P3"})
	}
	return out
}

func TestBothKindsOfModelLearn(t *testing.T) {
	for kind, n := range map[string]int{Bayes: 90, Logistic: 900} {
		p := part(taughtBy(n))
		m, err := fit(t.Context(), p.learn, nil)
		if err != nil {
			t.Fatal(err)
		}
		if m.kind != kind {
			t.Fatalf("%d orders make a %s model", n, m.kind)
		}
		m.heat = m.cool(p.balanced())
		got := judge{model: m, priority: map[string]string{"printer": "P3", "lamp": "P3", "net": "P2"}}.measure(p.later)
		if got.Count < n/10 || got.Top1 < 0.95 {
			t.Errorf("%s: %+v", kind, got)
		}
		if want := 2.0 / 3; math.Abs(got.Priority-want) > 0.1 {
			t.Errorf("%s: priority %v", kind, got.Priority)
		}
		why := m.reasons("骨科打印机又卡纸了", m.Predict("骨科打印机又卡纸了")[0].class, 5)
		if len(why) == 0 || !slices.ContainsFunc(why, func(r Reason) bool { return strings.ContainsAny(r.Text, "打印卡纸") }) {
			t.Errorf("%s: %v", kind, why)
		}
		if len(m.Predict("qqqq zzzz")) != 0 {
			t.Error("words nobody has said before are about nothing")
		}
	}
}

func TestHeldOrdersAreLaterAndNotRemembered(t *testing.T) {
	all := taughtBy(400)
	all = append(all, Sample{Words: all[0].Words, ItemID: "printer", OrderID: "again", At: 1000})
	p := part(all)
	last := int64(0)
	for _, s := range p.learn {
		last = max(last, s.At)
	}
	if len(p.later) < 40 {
		t.Fatalf("%d held", len(p.later))
	}
	for _, s := range p.later {
		if s.At <= last || s.OrderID == "again" {
			t.Errorf("%+v was held, and %d learned from", s, last)
		}
	}
}

func TestAStoredModelSaysTheSame(t *testing.T) {
	m, err := fit(t.Context(), taughtBy(900), nil)
	if err != nil {
		t.Fatal(err)
	}
	m.heat = 1.7
	text, err := m.encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := decode(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range taughtBy(60) {
		a, b := m.Predict(s.Words), back.Predict(s.Words)
		if a[0].ItemID != b[0].ItemID || math.Abs(a[0].Confidence-b[0].Confidence) > 0.002 {
			t.Fatalf("%s: %v, %v", s.Words, a[0], b[0])
		}
	}
	for _, bad := range []string{"", "x", "H4sI", text[:len(text)/2]} {
		if _, err := decode(bad); err == nil {
			t.Errorf("%.10q was taken", bad)
		}
	}
}

// A model that is too sure is cooled: what it says it knows to nine tenths comes true
// about as often.
func TestConfidenceTellsTheTruth(t *testing.T) {
	samples := taughtBy(1200)
	for i := range samples { // every fourth order was put down as something else
		if i%4 == 0 {
			samples[i].ItemID = []string{"printer", "lamp", "net"}[(i+1)%3]
		}
	}
	p := part(samples)
	m, err := fit(t.Context(), p.learn, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.heat = 0.2
	before := judge{model: m}.measure(p.later)
	m.heat = m.cool(p.later)
	after := judge{model: m}.measure(p.later)
	if after.Gap > before.Gap/2 || before.Top1 != after.Top1 {
		t.Errorf("before %v, after %v at heat %v", before.Gap, after.Gap, m.heat)
	}
}

func TestTrainingEndsWhenItIsToldTo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fit(ctx, taughtBy(900), nil); err == nil {
		t.Error("it went on")
	}
}

func BenchmarkPredict(b *testing.B) {
	m, err := fit(b.Context(), taughtBy(900), nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		m.Predict("外科楼三楼护士站打印机又卡纸了,重启也没有用,病人都在等,请快点来人")
	}
}
