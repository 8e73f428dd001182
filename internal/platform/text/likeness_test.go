package text_test

import (
	"testing"

	"wardline/internal/platform/text"
)

func TestLikeness(t *testing.T) {
	for _, c := range []struct {
		a, b       string
		from, upTo float64
	}{
		{"打印机卡纸", "打印机卡纸", 1, 1},
		{"护士站打印机又卡纸", "打印机卡纸了打不出来", 0.3, 0.6},
		{"打印机卡纸", "ＨＩＳ密码忘了", 0, 0},
		{"ＨＩＳ打不开", "his 打不开", 0.7, 1},
		{"", "打印机", 0, 0}, {"水", "水", 0, 0},
	} {
		if got := text.Likeness(c.a, c.b); got < c.from || got > c.upTo || got != text.Likeness(c.b, c.a) {
			t.Errorf("%s, %s: %v", c.a, c.b, got)
		}
	}
}
