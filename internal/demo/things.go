package demo

import (
	"context"
	"fmt"

	"wardline/internal/asset"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/platform/id"
)

// things registers the assets: every department gets its share by weight, a few of
// each class are bad and fail again and again.
func (b *builder) things(ctx context.Context, s *asset.Service, h *hospital, o Options) error {
	sum := 0
	for _, w := range assets {
		sum += w.weight
	}
	var list []asset.Fresh
	for i := range assets {
		w := &assets[i]
		n := o.Assets * w.weight / sum
		if i == 0 { // the rounding goes to the largest class
			n = o.Assets
			for j := 1; j < len(assets); j++ {
				n -= o.Assets * assets[j].weight / sum
			}
		}
		for k := range n {
			fresh, t := b.thing(h, w, k, o.Now)
			list = append(list, fresh)
			if k < 2+n/60 {
				t.trouble = 1.6
				h.bad[w.class] = append(h.bad[w.class], t)
			}
		}
	}
	for len(list) > 0 {
		n := min(500, len(list))
		if err := b.d.Write(ctx, func(tx *db.Tx) error { return s.Fill(ctx, tx, list[:n]) }); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

func (b *builder) thing(h *hospital, w *assetWords, k int, now int64) (asset.Fresh, *thing) {
	dep := &h.departments[weighted(b.r, h.departmentWeights)]
	place := pick(b.r, dep.places)
	bought := clock.Time(now).AddDate(0, -1-b.r.IntN(96), -b.r.IntN(28))
	number := fmt.Sprintf("%s%05d", prefixes[w.class], k+1)
	t := &thing{id: id.At(bought.UnixMilli(), b.r.Uint64), name: number + " " + w.name, class: w.class, place: place, trouble: 0.9 + 0.2*b.r.Float64()}
	dep.things[w.class] = append(dep.things[w.class], t)
	in := asset.Input{Facts: asset.Facts{Number: number, Name: w.name, Class: w.class, Model: pick(b.r, w.models), Serial: fmt.Sprintf("SN%08X", b.r.Uint32()),
		PurchasedOn: bought.Format("2006-01-02"), PriceFen: int64(30000 + b.r.IntN(900000)), WarrantyUntil: bought.AddDate(3, 0, 0).Format("2006-01-02")},
		Status: asset.InUse, PlaceID: place.id, DepartmentID: dep.id}
	if w.class == "pc" || w.class == "printer" || w.class == "label_printer" {
		in.IP = fmt.Sprintf("10.%d.%d.%d", 20+b.r.IntN(30), b.r.IntN(250), 2+b.r.IntN(250))
	}
	switch x := b.r.Float64(); {
	case x < 0.02:
		in.Status = asset.InRepair
	case x < 0.06:
		in.Status = asset.Idle
	}
	return asset.Fresh{ID: t.id, Input: in}, t
}

// prefixes begin the asset numbers of each class.
var prefixes = map[string]string{"pc": "PC", "monitor": "MO", "printer": "PR", "label_printer": "LP", "scanner": "SC", "mobile": "PD", "phone": "TE", "kiosk": "KI",
	"tv": "TV", "aircon": "AC", "bed": "BD"}
