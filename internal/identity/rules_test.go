package identity

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wardline/internal/platform/clock"
	"wardline/internal/platform/fault"
)

func TestPasswordRules(t *testing.T) {
	p := &Person{Name: "张伟民", Login: "zwm", StaffNo: "A10086", Phone: "13800138000"}
	for password, want := range map[string]string{
		"correct horse battery":    "",
		"Tr1cky-9":                 "",
		"Tr1cky9":                  "identity.password_short", // seven characters
		"trickyone":                "identity.password_short", // nine of one kind
		"tricky99":                 "identity.password_short", // eight of two kinds
		"trickyones":               "",
		"春眠不觉晓处处闻啼鸟":               "",
		"春眠不觉晓处处闻":                 "identity.password_short",
		"xx-ZWM-2024-yy":           "identity.password_own",
		"mya10086secret":           "identity.password_own",
		"Zhangweimin!77":           "identity.password_own",
		"我是张伟民没错的呀哈":               "identity.password_own",
		"call13800138000":          "identity.password_own",
		"P@ssw0rd2024!":            "identity.password_common",
		"1qaz2wsx3edc":             "identity.password_common",
		"Hospital@2025":            "identity.password_common",
		"woaini1314":               "identity.password_common",
		"aaaabbbbcccc":             "identity.password_common", // three different characters
		"abcdefghijkl":             "identity.password_common", // a row
		"98765432101":              "identity.password_common",
		"with\x00control-chars":    "bad_format",
		strings.Repeat("aB3-", 33): "identity.password_long",
	} {
		if got := CheckPassword(password, p); got != want {
			t.Errorf("%q: got %q, want %q", password, got, want)
		}
	}
}

func TestHashes(t *testing.T) {
	ctx := t.Context()
	h := newHasher()
	hash, err := h.hash(ctx, "Ｃorrect horse")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%s %v", hash, err)
	}
	for password, want := range map[string]bool{"Ｃorrect horse": true, "Correct horse": true, "correct horse": false, "": false} {
		if ok, old, err := h.check(ctx, hash, password); ok != want || old || err != nil {
			t.Errorf("%q: %v %v %v", password, ok, old, err)
		}
	}
	// Made with less work, as by an earlier program: still good, and known as old.
	weak := "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21l$" + "eA"
	if _, _, _, _, _, err := decodeHash(weak); err == nil {
		t.Error("a sum of one byte was taken for a hash")
	}
	before := h.runs.Load()
	for _, damaged := range []string{"", "x", weak, "$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$" + strings.Repeat("A", 43), "$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$" + strings.Repeat("A", 43)} {
		if ok, _, err := h.check(ctx, damaged, "x"); ok || err != nil {
			t.Errorf("%q: %v %v", damaged, ok, err)
		}
	}
	if n := h.runs.Load() - before; n != 5 {
		t.Errorf("%d of 5 hashes were worked on", n)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	h.slots <- struct{}{}
	h.slots <- struct{}{}
	if _, _, err := h.check(gone, hash, "x"); err == nil {
		t.Error("who has gone was still served")
	}
}

// Whoever waits for another's try to be counted has read the clock before it.
func TestTriesAtTheSameMomentAreFree(t *testing.T) {
	f := failures{}
	for i := range int64(20) {
		if w := f.try(1_000_000-i, byAddress); w != 0 {
			t.Fatalf("try %d had to wait %d ms", i+1, w)
		}
	}
}

func TestLockout(t *testing.T) {
	f := failures{}
	now := int64(1_000_000)
	for i := range 4 {
		if w := f.try(now, byName); w != 0 {
			t.Fatalf("try %d had to wait %d", i+1, w)
		}
	}
	// From the fifth on the wait doubles until its limit, and refused tries do not count.
	want := []int64{10, 20, 40, 80, 160, 320, 640, 900, 900}
	for i, sec := range want {
		if w := f.try(now, byName); w != 0 {
			t.Fatalf("wait %d too long: %d", i, w)
		}
		if w := f.try(now, byName); w != sec*clock.Second {
			t.Fatalf("wait %d is %d ms, want %d s", i, w, sec)
		}
		now += sec * clock.Second
	}
	// Time forgives one try after the other.
	now += 20 * byName.forget
	for i := range 4 {
		if w := f.try(now, byName); w != 0 {
			t.Fatalf("after a long time try %d waits %d", i+1, w)
		}
	}
	if f.try(now, byName); f.try(now, byName) == 0 {
		t.Fatal("the fifth try was not followed by a wait")
	}
	f.undo()
	if w := f.try(now, byName); w != 0 {
		t.Fatalf("a success did not lift the wait: %d", w)
	}
}

func TestAddressesOfOneCustomerCountAsOne(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"10.0.0.1", "10.0.0.1", true}, {"10.0.0.1", "10.0.0.2", false}, {"::ffff:10.0.0.1", "10.0.0.1", true},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true}, {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"fe80::1%eth0", "fe80::2", true}, {"not an address", "10.0.0.1", false},
	} {
		if got := addressKey(c.a) == addressKey(c.b); got != c.same {
			t.Errorf("%s and %s: same is %v", c.a, c.b, got)
		}
	}
}

func TestCodesWorkOnce(t *testing.T) {
	secret := "JBSWY3DPEHPK3PXP"
	now := int64(1_764_000_010_000)
	code := CodeAt(secret, now)
	step, ok := codeStep(secret, code, now, 0)
	if !ok || step != now/stepLength {
		t.Fatalf("the present code: %d %v", step, ok)
	}
	if _, ok := codeStep(secret, code, now, step); ok {
		t.Fatal("the same code was taken twice")
	}
	if _, ok := codeStep(secret, CodeAt(secret, now-stepLength), now, step); ok {
		t.Fatal("a code older than the last one used was taken")
	}
	if _, ok := codeStep(secret, CodeAt(secret, now+stepLength), now, step); !ok {
		t.Fatal("a clock half a minute ahead is not forgiven")
	}
	for _, bad := range []string{"", "12345", "1234567", "abcdef", CodeAt(secret, now-2*stepLength), CodeAt(secret, now+2*stepLength)} {
		if _, ok := codeStep(secret, bad, now, 0); ok {
			t.Errorf("%q was taken", bad)
		}
	}
	if _, ok := codeStep("", CodeAt(secret, now), now, 0); ok {
		t.Error("a code was taken without a secret")
	}
}

func TestFactsAreCleaned(t *testing.T) {
	f := Facts{Name: " 李雷 ", StaffNo: " ａ０１ ", Login: " LiLei ", Phone: "0571-8801 2345", Email: "a@b.cn"}
	if err := f.Clean(); err != nil {
		t.Fatal(err)
	}
	if f.Name != "李雷" || f.StaffNo != "A01" || f.Login != "lilei" {
		t.Errorf("got %+v", f)
	}
	bad := Facts{Name: " ", StaffNo: "a b", Login: "x", Phone: "phone", Email: "李 <a@b.cn>", Language: "fr",
		Title: strings.Repeat("长", 61), CampusID: "a\x00b"}
	ft, ok := fault.Of(bad.Clean())
	if !ok {
		t.Fatal("bad facts were taken")
	}
	var fields []string
	for _, x := range ft.Fields {
		fields = append(fields, x.Field)
	}
	slices.Sort(fields)
	if got := strings.Join(fields, " "); got != "campusId email language login name phone staffNo title" {
		t.Errorf("blamed %s", got)
	}
}

// scopes makes scopes over few ids, so that they meet often.
func scopes() *rapid.Generator[Scope] {
	return rapid.Custom(func(t *rapid.T) Scope {
		var s Scope
		for range rapid.IntRange(0, 4).Draw(t, "grants") {
			kind := rapid.SampledFrom([]ScopeKind{ScopeAll, ScopeCampus, ScopeDepartment, ScopeTeam, ScopeVendor, ScopeOwn}).Draw(t, "kind")
			if kind == ScopeAll && rapid.IntRange(0, 3).Draw(t, "really") > 0 {
				kind = ScopeTeam
			}
			s = s.with(kind, rapid.SliceOfN(rapid.SampledFrom([]string{"", "1", "2", "3"}), 1, 3).Draw(t, "ids"))
		}
		return s
	})
}

func keys() *rapid.Generator[Keys] {
	one := rapid.SampledFrom([]string{"", "1", "2", "3"})
	return rapid.Custom(func(t *rapid.T) Keys {
		return Keys{Campus: one.Draw(t, "campus"), Department: one.Draw(t, "department"), Vendor: one.Draw(t, "vendor"),
			Teams: rapid.SliceOfN(one, 0, 2).Draw(t, "teams"), People: rapid.SliceOfN(one, 0, 2).Draw(t, "people")}
	})
}

func TestWhatIsGainedIsNeverLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, o, k := scopes().Draw(t, "s"), scopes().Draw(t, "o"), keys().Draw(t, "k")
		if s.Match(k) && !o.Match(k) && !s.minus(o).Match(k) {
			t.Fatalf("%+v is in %+v, not in %+v, nor in the difference", k, s, o)
		}
		if !s.minus(s).None() {
			t.Fatalf("%+v minus itself is %+v", s, s.minus(s))
		}
		// Covering speaks of things that are not somebody's own.
		k.People = nil
		if s.covers(o) && o.Match(k) && !s.Match(k) {
			t.Fatalf("%+v covers %+v, but only the latter has %+v", s, o, k)
		}
	})
}

func TestNobodyGrantsBeyondThemselves(t *testing.T) {
	actor := NewActor(Actor{PersonID: "a"}, []Grant{
		{Permissions: []Permission{OrderRead, RoleWrite}, Kind: ScopeAll},
		{Permissions: []Permission{OrderDispatch}, Kind: ScopeTeam, IDs: []string{"t1", "t2"}},
		{Permissions: []Permission{OrderWork}, Kind: ScopeOwn, IDs: []string{"a"}},
	}, nil)
	for _, c := range []struct {
		name string
		p    Permission
		kind ScopeKind
		ids  []string
		ok   bool
	}{
		{"all of what is held everywhere", OrderRead, ScopeAll, nil, true},
		{"a part of what is held everywhere", OrderRead, ScopeDepartment, []string{"d"}, true},
		{"a team that is held", OrderDispatch, ScopeTeam, []string{"t2"}, true},
		{"a team that is not", OrderDispatch, ScopeTeam, []string{"t2", "t3"}, false},
		{"everything of what is held for teams", OrderDispatch, ScopeAll, nil, false},
		{"another line than the one held", OrderDispatch, ScopeDepartment, []string{"t1"}, false},
		{"someone's own of what is held", OrderDispatch, ScopeOwn, []string{"b"}, true},
		{"more than one's own", OrderWork, ScopeTeam, []string{"t1"}, false},
		{"nothing held at all", AssetRead, ScopeOwn, []string{"b"}, false},
	} {
		got := actor.refused(powerOf(Actor{PersonID: "b"}, []Grant{{Permissions: []Permission{c.p}, Kind: c.kind, IDs: c.ids}}))
		if (got == "") != c.ok {
			t.Errorf("%s: refused %q", c.name, got)
		}
	}
}

func TestTokensOnlyNarrow(t *testing.T) {
	a := NewActor(Actor{PersonID: "a"}, []Grant{{Permissions: []Permission{OrderRead, AssetRead}, Kind: ScopeTeam, IDs: []string{"t"}}}, nil)
	b := a.narrow("tok", []Permission{OrderRead, OrgWrite})
	if !b.May(OrderRead, Keys{Teams: []string{"t"}}) || b.May(OrderRead, Keys{Teams: []string{"u"}}) || b.Can(AssetRead) || b.Can(OrgWrite) || b.Token != "tok" {
		t.Fatalf("held %v", b.Held())
	}
	if !a.Can(AssetRead) {
		t.Fatal("narrowing changed the person's own actor")
	}
}
