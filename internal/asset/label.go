package asset

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"sync"

	"wardline/internal/identity"
	"wardline/internal/platform/db"
	"wardline/internal/platform/fault"
	"wardline/internal/platform/qr"
)

// maxLabels is how many labels are printed at once.
const maxLabels = 500

// Wanted says what labels are wanted: of assets and places by id, of the assets of a
// list, and of the places below one.
type Wanted struct {
	Assets      []string
	Places      []string
	List        *Filter
	PlacesBelow string
}

// Label is one label.
type Label struct {
	URL     string // what the code says
	Title   string // number of the asset, or name of the place
	Name    string
	Where   string
	Head    string // printed on every label
	Picture template.HTML
}

// Labels returns the labels of assets the caller may change, and of places whose
// assets or directory the caller may change. Nothing is printed when one is missing.
func (s *Service) Labels(ctx context.Context, w Wanted) ([]Label, error) {
	actor := identity.Of(ctx)
	if !actor.Can(identity.OrgWrite) {
		if err := actor.Need(identity.AssetWrite); err != nil {
			return nil, err
		}
	}
	var out []Label
	// Printing is written down, so that a label that turns up where it should not has a past.
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		things, err := s.assetLabels(ctx, tx, actor, w)
		if err != nil {
			return err
		}
		places, err := s.placeLabels(ctx, tx, actor, w)
		if err != nil {
			return err
		}
		out = append(things, places...)
		switch {
		case len(out) == 0:
			return fault.New(fault.NotFound, "asset.no_labels")
		case len(out) > maxLabels:
			return fault.New(fault.Invalid, "asset.too_many_labels", "max", maxLabels)
		}
		return s.Trail.Record(ctx, tx, actor.Who(), "asset.label.print", "asset", "",
			map[string]any{"assets": len(things), "places": len(places)})
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Picture, err = qr.SVG(out[i].URL); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) assetLabels(ctx context.Context, tx *db.Tx, actor *identity.Actor, w Wanted) ([]Label, error) {
	var list []Asset
	if len(w.Assets) > maxLabels {
		return nil, fault.New(fault.Invalid, "asset.too_many_labels", "max", maxLabels)
	}
	if len(w.Assets) > 0 {
		q := db.NewQuery().In("id", w.Assets...)
		actor.Scope(identity.AssetWrite).Limit(q, scopeColumns())
		var err error
		if list, err = listBy(ctx, tx, q); err != nil {
			return nil, err
		}
		slices.SortFunc(list, func(a, b Asset) int { return slices.Index(w.Assets, a.ID) - slices.Index(w.Assets, b.ID) })
		if len(list) != len(unique(w.Assets)) {
			return nil, fault.Missing()
		}
	}
	if w.List != nil {
		q, err := s.query(ctx, tx, actor.Scope(identity.AssetWrite), *w.List)
		if err != nil {
			return nil, err
		}
		more, err := listBy(ctx, tx, q.OrderBy(db.Order{Column: "number", Text: true}).Limit(maxLabels+1))
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	codes, err := s.Codes(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	views, err := s.views(ctx, tx, list)
	if err != nil {
		return nil, err
	}
	out := make([]Label, len(views))
	for i, v := range views {
		where := v.PlaceName
		if where == "" {
			where = v.DepartmentName
		}
		out[i] = s.label(codes[v.ID], v.Number, strings.TrimSpace(v.Name+" "+v.Model), where)
	}
	return out, nil
}

func (s *Service) placeLabels(ctx context.Context, tx *db.Tx, actor *identity.Actor, w Wanted) ([]Label, error) {
	ids := slices.Clone(w.Places)
	if w.PlacesBelow != "" {
		below, err := s.Org.PlacesBelow(ctx, tx, w.PlacesBelow)
		if err != nil {
			return nil, err
		}
		ids = append(append(ids, w.PlacesBelow), below...)
	}
	if ids = unique(ids); len(ids) > maxLabels {
		return nil, fault.New(fault.Invalid, "asset.too_many_labels", "max", maxLabels)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	places, err := s.Org.Places(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	codes, err := s.Org.PlaceCodes(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var out []Label
	for _, id := range ids {
		p, ok := places[id]
		k := identity.Keys{Campus: p.CampusID, Department: p.DepartmentID}
		if !ok || !actor.May(identity.OrgWrite, k) && !actor.May(identity.AssetWrite, k) {
			return nil, fault.Missing()
		}
		if p.Active {
			out = append(out, s.label(codes[id], p.Name, p.Code, p.FullName))
		}
	}
	return out, nil
}

func (s *Service) label(code, title, name, where string) Label {
	return Label{URL: s.BaseURL + "/m/s/" + url.PathEscape(code), Title: title, Name: name, Where: short(where), Head: s.LabelHead}
}

// short leaves the campus out of a place's full name: labels are small.
func short(fullName string) string {
	if _, rest, ok := strings.Cut(fullName, "/"); ok {
		return rest
	}
	return fullName
}

func unique(ids []string) []string {
	var out []string
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// Format is a kind of paper.
type Format struct {
	Page    string // CSS size of the page
	Name    string // CSS class
	PerPage int
}

// formatOf returns the paper by its name: a sheet of A4 with 3 × 8 labels of
// 70 × 37 mm, or rolls of 40 × 30 and 60 × 40 mm.
func formatOf(name string) (Format, error) {
	switch name {
	case "", "a4":
		return Format{Page: "A4", Name: "a4", PerPage: 24}, nil
	case "40x30":
		return Format{Page: "40mm 30mm", Name: "small", PerPage: 1}, nil
	case "60x40":
		return Format{Page: "60mm 40mm", Name: "large", PerPage: 1}, nil
	}
	return Format{}, fault.Field("format", "bad_value")
}

//go:embed label.html
var labelFiles embed.FS

var labelPage = sync.OnceValues(func() (*template.Template, error) {
	return template.ParseFS(labelFiles, "label.html")
})

// printScript lets the page's own button print; the page allows this script and no other.
const printScript = `document.getElementById('print').addEventListener('click',function(){window.print()})`

func printPolicy() string {
	sum := sha256.Sum256([]byte(printScript))
	return "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// page writes labels as a page that prints right on the paper.
func page(labels []Label, f Format, lang fault.Language) ([]byte, error) {
	t, err := labelPage()
	if err != nil {
		return nil, err
	}
	words := map[fault.Language]map[string]string{
		fault.Chinese: {"title": "标签打印", "print": "打印", "scan": "扫码报修", "hint": "打印时缩放选 100%,边距选“无”"},
		fault.English: {"title": "Labels", "print": "Print", "scan": "Scan to report", "hint": "Print at 100 %, without margins"},
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{"Pages": slices.Collect(slices.Chunk(labels, f.PerPage)), "Format": f, "Page": template.CSS(f.Page),
		"Lang": lang, "Words": words[lang], "Count": len(labels), "Script": template.JS(printScript)})
	return b.Bytes(), err
}
