package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"wardline/internal/platform/fault"
)

func TestEveryCodeHasBothLanguages(t *testing.T) {
	for _, code := range fault.Codes() {
		for _, lang := range []fault.Language{fault.Chinese, fault.English} {
			if fault.Message(lang, code, nil) == code {
				t.Errorf("code %q has no message in %s", code, lang)
			}
		}
	}
}

func TestFieldsGatherAll(t *testing.T) {
	var f fault.Fields
	f.Add("name", "required")
	if err := f.Merge("form.", fault.Field("bed", "too_long", "max", 5)); err != nil {
		t.Fatal(err)
	}
	ft, ok := fault.Of(fmt.Errorf("wrapped: %w", f.Err()))
	if !ok || ft.Status() != 422 || len(ft.Fields) != 2 || ft.Fields[1].Field != "form.bed" {
		t.Fatalf("got %#v", ft)
	}
	if got := fault.Message(fault.English, "too_long", ft.Fields[1].Params); got != "At most 5 characters" {
		t.Fatalf("got %q", got)
	}
	other := errors.New("x")
	if f.Merge("", other) != other {
		t.Fatal("an error that is no field fault must come back")
	}
}

func TestParseLanguage(t *testing.T) {
	for header, want := range map[string]fault.Language{"": "zh", "en-GB,zh;q=0.5": "en", "fr, zh-TW": "zh", "de": "zh"} {
		if got := fault.ParseLanguage(header); got != want {
			t.Errorf("%q: got %s, want %s", header, got, want)
		}
	}
}
