package config_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"wardline/internal/platform/config"
)

func load(env map[string]string, args ...string) (config.Config, error) {
	c, _, err := config.Load("serve", args, func(k string) string { return env[k] }, io.Discard)
	return c, err
}

func TestFlagsWinOverTheEnvironment(t *testing.T) {
	c, err := load(map[string]string{"WARDLINE_ADDRESS": ":9000", "WARDLINE_ZONE": "UTC"}, "-address", "127.0.0.1:7000")
	if err != nil || c.Address != "127.0.0.1:7000" || c.Zone.String() != "UTC" || c.BaseURL != "http://127.0.0.1:7000" {
		t.Fatalf("%+v %v", c, err)
	}
}

func TestEveryWrongSettingIsNamed(t *testing.T) {
	_, err := load(nil, "-address", "x", "-database-url", "mysql://", "-zone", "Mars", "-tls-cert", "a", "-secret", "short",
		"-smtp-security", "yes", "-log-level", "loud", "-trusted-proxies", "10.0.0.0/8,x", "-base-url", "ftp://x", "-smtp-address", "m:25")
	for _, name := range []string{"address", "database-url", "zone", "tls-cert", "secret", "smtp-security", "log-level", "trusted-proxies", "base-url", "smtp-from"} {
		if err == nil || !strings.Contains(err.Error(), "-"+name+":") {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
}

func TestHelpShowsNoSecret(t *testing.T) {
	var out bytes.Buffer
	_, _, err := config.Load("serve", []string{"-h"}, func(string) string { return "hunter2-hunter2-hunter2-hunter2-x" }, &out)
	if !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), "WARDLINE_SMTP_PASSWORD") {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, s := range config.Settings() {
		if s.Secret && strings.Contains(out.String(), s.Flag+" string") {
			line := out.String()[strings.Index(out.String(), "-"+s.Flag+" "):]
			if strings.Contains(strings.SplitN(line, "\n  -", 2)[0], "hunter2") {
				t.Errorf("-h shows %s", s.Flag)
			}
		}
	}
}

func TestSettingsAreDocumented(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/OPERATIONS.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range config.Settings() {
		row := "| `" + s.Env + "` | `-" + s.Flag + "` | " + map[bool]string{true: "", false: "`" + s.Default + "`"}[s.Default == ""] + " | " + s.Doc + " |"
		if !strings.Contains(string(raw), row) {
			t.Errorf("docs/OPERATIONS.md lacks the row\n%s", row)
		}
	}
}

func TestSecretIsMadeOnce(t *testing.T) {
	dir := t.TempDir()
	var mu sync.Mutex
	n := byte(0)
	var all sync.WaitGroup
	got := make([]string, 8)
	for i := range got {
		all.Go(func() {
			raw, err := config.Keep(dir, "secret", func() ([]byte, error) { mu.Lock(); defer mu.Unlock(); n++; return []byte{n}, nil })
			if err != nil {
				t.Error(err)
			}
			got[i] = string(raw)
		})
	}
	all.Wait()
	for _, g := range got {
		if g != got[0] {
			t.Fatalf("different secrets: %q", got)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
}
