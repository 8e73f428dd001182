package identity

import (
	"bytes"
	"strings"
	"testing"
)

func TestSealedSecretsOpenOnlyForTheirOwnerAndKey(t *testing.T) {
	s := &Service{deps: Deps{Key: bytes.Repeat([]byte("k"), 32)}}
	stored, err := s.seal("anna", "JBSWY3DPEHPK3PXP")
	if err != nil || strings.Contains(stored, "JBSWY3DPEHPK3PXP") {
		t.Fatalf("%q %v", stored, err)
	}
	if got := s.open("anna", stored); got != "JBSWY3DPEHPK3PXP" {
		t.Fatalf("got %q", got)
	}
	if got := s.open("berta", stored); got != "" {
		t.Fatalf("opened for another: %q", got)
	}
	other := &Service{deps: Deps{Key: bytes.Repeat([]byte("x"), 32)}}
	if got := other.open("anna", stored); got != "" {
		t.Fatalf("opened with another key: %q", got)
	}
	for _, bad := range []string{sealed, sealed + "!!", sealed + "AAAA", stored[:len(stored)-2]} {
		if got := s.open("anna", bad); got != "" {
			t.Fatalf("%q opened as %q", bad, got)
		}
	}
	plain := &Service{}
	if stored, err := plain.seal("anna", "S"); err != nil || stored != "S" || plain.open("anna", "S") != "S" {
		t.Fatal("without a key a secret is stored as it is")
	}
}
