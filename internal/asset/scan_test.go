package asset_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"wardline/internal/asset"
	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
)

// nurse may scan anything and see none of the register.
func nurse() context.Context { return as("zhang", "reporter", identity.ScopeOwn) }

func TestScanPrefills(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.add("P1", at("r2"))
		got, err := k.Scan(nurse(), k.code(v.ID))
		wants(t, err, "")
		if got.AssetID != v.ID || got.AssetName != "激光打印机" || got.PlaceName != "东院/1号楼/3层/候诊厅" || got.DepartmentName != "急诊科" || got.AssetStatus != asset.InUse ||
			got.ContactName != "张护士" || got.ContactPhone != "8001" || !got.PublicReport || len(got.Usual) != 1 || got.Usual[0].Code != "HW03" {
			t.Fatalf("got %+v", got)
		}
		got, err = k.Scan(context.Background(), k.code(v.ID))
		wants(t, err, "")
		if got.AssetID != v.ID || got.PlaceID != "r2" || got.AssetStatus != "" || got.ContactName != "" || got.Usual == nil || len(got.Usual) != 0 {
			t.Fatalf("the public is told %+v", got)
		}
		got, err = k.Scan(nurse(), "coder1")
		wants(t, err, "")
		if got.Kind != "place" || got.PlaceID != "r1" || got.AssetID != "" || got.PublicReport {
			t.Fatalf("got %+v", got)
		}
		got, err = k.Scan(context.Background(), "coder3")
		wants(t, err, "")
		if got.PlaceID != "r3" || !got.PublicReport {
			t.Fatalf("the department allows it: %+v", got)
		}
		code := k.code(v.ID)
		k.write(func(tx *db.Tx) error {
			f, err := k.Resolve(t.Context(), tx, code)
			if f != (asset.Found{AssetID: v.ID, PlaceID: "r2", DepartmentID: "er"}) {
				t.Errorf("resolved %+v", f)
			}
			return err
		})
	})
}

// Whatever someone outside tries, the answer is the same.
func TestFalseCodesTellNothing(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		hidden, open := k.add("H1"), k.add("O1", at("r2"))
		good, other := k.code(hidden.ID), k.code(open.ID)
		false_ := []string{"", "x", "a", strings.Repeat("a", 25), strings.Repeat("z", 25), "coder9", "../../x", "a\x00b", "%", "' OR 1=1 --", strings.Repeat("a", 300),
			good[:len(good)-1], good + "0", other[:17] + good[17:], good[:17] + other[17:], hidden.ID, "H1"}
		for i := range good {
			c := byte('0')
			if good[i] == c {
				c = '1'
			}
			false_ = append(false_, good[:i]+string(c)+good[i+1:])
		}
		for _, code := range append(false_, good, "coder1") {
			_, err := k.Scan(context.Background(), code)
			if fault.CodeOf(err) != "unauthorized" {
				t.Errorf("%q tells the public %v", code, err)
			}
			if err := k.PublicReport(t.Context(), code); fault.CodeOf(err) != "unauthorized" {
				t.Errorf("%q lets the public in: %v", code, err)
			}
		}
		for _, code := range false_ {
			for _, who := range []context.Context{nurse(), keeper()} {
				_, err := k.Scan(who, code)
				if fault.CodeOf(err) != "not_found" {
					t.Errorf("%q tells %s %v", code, identity.Of(who).Name, err)
				}
			}
			err := k.db.Read(t.Context(), func(tx *db.Tx) error { _, err := k.Resolve(t.Context(), tx, code); return err })
			if fault.CodeOf(err) != "not_found" {
				t.Errorf("%q resolves: %v", code, err)
			}
		}
		if err := k.PublicReport(t.Context(), other); err != nil {
			t.Error(err)
		}
		if _, err := k.Scan(nurse(), strings.ToUpper(good)); err != nil {
			t.Errorf("typed in capitals: %v", err)
		}
	})
}

func TestAnotherKeyVoidsEveryCode(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		code := k.code(k.add("P1").ID)
		k.Key = []byte("another key of thirty-two bytes!")
		_, err := k.Scan(nurse(), code)
		wants(t, err, "not_found")
	})
}

func TestOldLabels(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.add("P1", at("r2"))
		old := k.code(v.ID)
		v, err := k.Relabel(keeper(), v.ID, v.Version, "标签破损")
		wants(t, err, "")
		if k.code(v.ID) == old {
			t.Fatal("the code stayed")
		}
		_, err = k.Scan(keeper(), old)
		wants(t, err, "asset.old_label")
		f, _ := fault.Of(err)
		if f.Params["number"] != "P1" || f.Params["assetId"] != v.ID {
			t.Errorf("told %v", f.Params)
		}
		for name, who := range map[string]context.Context{"nurse": nurse(), "keeper of elsewhere": as("x", "asset_keeper", identity.ScopeDepartment, "icu"),
			"manager": as("x", "manager", identity.ScopeAll)} {
			_, err = k.Scan(who, old)
			if fault.CodeOf(err) != "not_found" {
				t.Errorf("%s is told %v", name, err)
			}
		}
		_, err = k.Scan(context.Background(), old)
		wants(t, err, "unauthorized")
		err = k.db.Read(t.Context(), func(tx *db.Tx) error { _, err := k.Resolve(t.Context(), tx, old); return err })
		wants(t, err, "not_found")
		if _, err := k.Scan(context.Background(), k.code(v.ID)); err != nil {
			t.Errorf("the new label does not open: %v", err)
		}
		_, err = k.Relabel(keeper(), v.ID, v.Version-1, "")
		wants(t, err, "conflict")
	})
}

func TestScanOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.add("P1", at("r2"))
		s := k.serve(map[string]context.Context{"nurse": nurse()})
		res, body := call(t, s, "GET", "/api/v1/scan/"+k.code(v.ID), "", "")
		if res.StatusCode != 200 || strings.Contains(body, "in_use") || strings.Contains(body, "M403d") {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "GET", "/api/v1/scan/coder1", "", ""); res.StatusCode != 401 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body = call(t, s, "GET", "/api/v1/scan/coder9", "", ""); res.StatusCode != 401 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, _ = call(t, s, "GET", "/api/v1/scan/coder9", "", ""); res.StatusCode != 429 {
			t.Errorf("the fourth try: %d", res.StatusCode)
		}
		res, body = call(t, s, "GET", "/api/v1/scan/coder1", "nurse", "")
		var got asset.Target
		if err := json.Unmarshal([]byte(body), &got); err != nil || res.StatusCode != 200 || got.PlaceID != "r1" {
			t.Errorf("the public's limit stopped a nurse: %d %s", res.StatusCode, body)
		}
	})
}

func TestResolveOfNothing(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.write(func(tx *db.Tx) error {
			if _, err := k.Resolve(t.Context(), tx, "none"); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("got %v", err)
			}
			return nil
		})
	})
}
