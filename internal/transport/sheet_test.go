package transport

import (
	"testing"

	"pgregory.net/rapid"
)

func TestMask(t *testing.T) {
	for name, want := range map[string]string{"": "", "张": "张*", "张明": "张*", "张晓明": "张*明", "欧阳晓明": "欧**明", "John Smith": "J*** S***", " 李四 ": "李*"} {
		if got := Mask(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestWristbands(t *testing.T) {
	key := []byte("k")
	kept := wristbandKey(key, "ZY 123")
	if !matches(key, kept, "zy123") || matches(key, kept, "ZY124") || matches([]byte("other"), kept, "ZY123") || matches(key, "", "ZY123") {
		t.Error("a wristband is not told from another")
	}
	if wristbandKey(key, "ZY 123") == kept {
		t.Error("two requests for a patient have the same key")
	}
}

func TestKindOf(t *testing.T) {
	for code, want := range map[string]Kind{"TP01": Patients, "TS01": Specimens, "TS03": Blood, "TD01": Drugs, "TD03": Goods, "TD04": Papers, "TD05": Loans, "HW01": "", "TP": "", "": ""} {
		if got := KindOf(code); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}

func TestDetour(t *testing.T) {
	at := map[string]int64{"a": 0, "b": 100, "c": 20, "d": 60, "e": 150}
	way := func(x, y string) int64 { return max(at[x]-at[y], at[y]-at[x]) }
	for _, c := range []struct {
		from, to string
		want     int64
	}{{"c", "d", 0}, {"d", "c", 80}, {"c", "e", 50}, {"a", "b", 0}} {
		if got := detour(way, "a", "b", c.from, c.to); got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.from, c.to, got, c.want)
		}
	}
}

func TestRoomFor(t *testing.T) {
	patient, bed, tube := Sheet{Kind: Patients, Means: "walk"}, Sheet{Kind: Patients, Means: "bed"}, Sheet{Kind: Specimens}
	for i, c := range []struct {
		inHand []Sheet
		one    Sheet
		want   bool
	}{{nil, bed, true}, {[]Sheet{patient}, tube, true}, {[]Sheet{patient}, patient, false}, {[]Sheet{bed}, tube, false}, {[]Sheet{tube}, bed, false}, {[]Sheet{tube, tube, tube}, tube, false}} {
		if got := roomFor(c.inHand, &c.one, 3); got != c.want {
			t.Errorf("case %d: %v", i, got)
		}
	}
}

// However a move goes on, nothing that demands a second person changes hands without one,
// and nothing is delivered that was not picked up by whoever delivers it.
func TestNothingChangesHandsUnchecked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Sheet{Kind: Blood, Step: Waiting, DoubleCheck: rapid.Bool().Draw(t, "double"), Codes: rapid.SliceOfN(rapid.SampledFrom([]string{"1", "2", "3"}), 0, 3).Draw(t, "codes")}
		if rapid.Bool().Draw(t, "patient") {
			s.PatientKey = "k"
		}
		for i := range rapid.IntRange(1, 12).Draw(t, "steps") {
			who := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "who")
			h := Handover{At: int64(i + 1), ByID: who, SecondID: rapid.SampledFrom([]string{"", "n"}).Draw(t, "second")}
			in := Hand{Codes: rapid.SliceOfN(rapid.SampledFrom([]string{"1", "2", "3"}), 0, 3).Draw(t, "scanned")}
			before := s
			var err error
			switch rapid.SampledFrom([]string{"check", "take", "give"}).Draw(t, "act") {
			case "check":
				s.Checks = append(s.Checks, Check{End: rapid.SampledFrom([]string{AtPickUp, AtDelivery}).Draw(t, "end"), ByID: who,
					Outcome: rapid.SampledFrom([]string{Matched, Mismatch, Manual}).Draw(t, "outcome")})
				continue
			case "take":
				_, err = s.take(h, in)
			case "give":
				_, err = s.give(h, in)
			}
			if err != nil {
				if s.Step != before.Step || len(s.Handovers) != len(before.Handovers) {
					t.Fatal("refused and yet changed")
				}
				continue
			}
			last := s.Handovers[len(s.Handovers)-1]
			if s.DoubleCheck && last.SecondID == "" {
				t.Fatalf("%s without a second person", last.End)
			}
			if s.PatientKey != "" && last.End != AtTakeOver && !before.checked(last.End, who) {
				t.Fatalf("%s without a check of the patient", last.End)
			}
			if last.End == AtDelivery && before.CarrierID != who {
				t.Fatal("delivered by somebody who did not have it")
			}
		}
	})
}
