package demo

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"wardline/internal/catalog"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/sla"
	"wardline/internal/workorder"
)

// hourly is how the reports of a working day spread over its hours: the outpatient
// peak from eight to ten stands out, nights are quiet.
var hourly = map[string][24]float64{
	"outpatient": {0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 1, 5, 11, 10.5, 8, 5, 2.5, 4, 6, 5.5, 4, 2, 0.6, 0.4, 0.3, 0.2, 0.2, 0.1},
	"":           {1, 0.8, 0.7, 0.6, 0.7, 1, 2, 4.5, 7.5, 7.5, 6.5, 4.5, 3, 4, 5.5, 5.5, 4.5, 3.5, 2.8, 2.4, 2, 1.8, 1.5, 1.2},
}

// weekly is the weight of each weekday, Sunday first.
var weekly = [7]float64{0.5, 1.2, 1.08, 1.05, 1.02, 1.05, 0.62}

// itemWeight says how often an item is asked for in a month, by the letters its code begins with.
func itemWeight(code string, month time.Month) float64 {
	weights := map[string]float64{"HW03": 9, "HW01": 6, "HW02": 5, "HW04": 4, "HW05": 3, "HW06": 3, "HW08": 6, "SW01": 6, "SW02": 4, "SW06": 5, "SW05": 2,
		"NET01": 3, "NET02": 2.5, "NET03": 0.2, "SW11": 0.05, "TP01": 14, "TP02": 6, "TS01": 7, "TS02": 10, "TD02": 6, "CL01": 3, "CL02": 5, "CL03": 5,
		"MW01": 1, "MW02": 2.5, "MW03": 2.5, "ME03": 4, "ME01": 0.5, "ME02": 0.8, "MA01": 1.5, "MA02": 0.8, "MD01": 2.5, "MD02": 2, "MB01": 1.5, "ML01": 0.05, "SE01": 0.1}
	w, ok := weights[code]
	if !ok {
		w = 0.7
	}
	summer := month >= time.June && month <= time.September
	winter := month == time.December || month <= time.February
	switch {
	case code == "MA01" || code == "MA02":
		if summer {
			w *= 4
		} else if winter {
			w *= 1.8
		}
	case code == "MW01" && month >= time.April && month <= time.July: // rain
		w *= 2
	case code == "MW03" && winter: // hot water
		w *= 2
	case code == "ME03" && winter: // long nights
		w *= 1.4
	}
	return w
}

// teller tells the history of a built hospital.
type teller struct {
	h      *hospital
	orders *workorder.Service
	book   *sla.Book
	zone   *time.Location
	r      *rand.Rand
	now    int64
	items  []catalog.Item

	weights [13][]float64 // of the items, by month
}

// told is one order to be, before it is lived.
type told struct {
	leak   bool // water drips on something
	at     int64
	number string
	seed   uint64
	live   bool // one of those that enliven the present
}

// portion is how many orders are written in one transaction.
const portion = 500

// tell writes n orders spread over the months before now and reports progress.
func (t *teller) tell(ctx context.Context, d *db.DB, n int, months int, progress func(done, of int)) error {
	fresh := min(liveliness, n/10)
	days := t.spread(n-fresh, months)
	days = t.enliven(days, fresh)
	lives := make(chan []*workorder.Past, 4)
	failed := make(chan error, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer close(lives)
		var batch []*workorder.Past
		for _, day := range days {
			for _, one := range day {
				p, err := t.one(one)
				if err != nil {
					failed <- fmt.Errorf("order %s: %w", one.number, err)
					return
				}
				batch = append(batch, p)
				if len(batch) == portion {
					select {
					case lives <- batch:
					case <-ctx.Done():
						return
					}
					batch = nil
				}
			}
		}
		if len(batch) > 0 {
			lives <- batch
		}
	}()
	done := 0
	for batch := range lives {
		err := d.Write(ctx, func(tx *db.Tx) error { return t.orders.StorePast(ctx, tx, batch) })
		if err != nil {
			return err
		}
		done += len(batch)
		progress(done, n)
	}
	select {
	case err := <-failed:
		return err
	default:
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		for _, day := range days {
			if len(day) > 0 {
				key := clock.Time(day[0].at).In(t.zone).Format("060102")
				if _, err := t.orders.ReserveNumbers(ctx, tx, key, int64(len(day))); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// spread decides when each of n orders is reported: by weekday, season and hour.
func (t *teller) spread(n, months int) [][]told {
	end := clock.Time(t.now).In(t.zone)
	first := time.Date(end.Year(), end.Month()-time.Month(months), end.Day(), 0, 0, 0, 0, t.zone)
	var weights []float64
	var starts []time.Time
	sum := 0.0
	for day := first; day.UnixMilli() <= t.now; day = day.AddDate(0, 0, 1) {
		w := weekly[day.Weekday()] * (1 + 0.1*math.Sin(2*math.Pi*float64(day.YearDay())/365)) * (0.94 + 0.12*t.r.Float64())
		if day.Year() == end.Year() && day.YearDay() == end.YearDay() {
			w *= float64(end.Hour()+1) / 24
		}
		starts, weights, sum = append(starts, day), append(weights, w), sum+w
	}
	var out [][]told
	given := 0
	acc := 0.0
	for i, day := range starts {
		acc += weights[i]
		want := int(math.Round(float64(n) * acc / sum))
		list := make([]told, 0, want-given)
		for ; given < want; given++ {
			at := day.UnixMilli() + t.hour()*clock.Hour + t.r.Int64N(clock.Hour)
			if at >= t.now {
				at = t.now - 1 - t.r.Int64N(4*clock.Hour)
				at = max(at, day.UnixMilli())
			}
			list = append(list, told{at: at, seed: t.r.Uint64()})
		}
		slices.SortFunc(list, func(a, b told) int { return int(a.at - b.at) })
		for j := range list {
			list[j].number = fmt.Sprintf("%s-%04d", day.Format("060102"), j+1)
		}
		out = append(out, list)
	}
	return out
}

// liveliness is how many orders of the last hours are added, so that a newcomer
// finds work in every state whatever the hour.
const liveliness = 60

// enliven adds n orders reported shortly before now, most of them in the last hour.
func (t *teller) enliven(days [][]told, n int) [][]told {
	midnight := clock.Time(t.now).In(t.zone)
	midnight = time.Date(midnight.Year(), midnight.Month(), midnight.Day(), 0, 0, 0, 0, t.zone)
	last := len(days) - 1
	for i := range n {
		ago := int64(t.r.ExpFloat64() * 40 * float64(clock.Minute))
		at := max(t.now-1-min(ago, 8*clock.Hour), midnight.UnixMilli())
		if i == 0 { // one is sure to be a leak on which several teams are at work
			at = max(t.now-14*clock.Minute, midnight.UnixMilli())
		}
		days[last] = append(days[last], told{at: at, seed: t.r.Uint64(), live: true, leak: i == 0})
	}
	slices.SortStableFunc(days[last], func(a, b told) int { return int(a.at - b.at) })
	for i := range days[last] {
		days[last][i].number = fmt.Sprintf("%s-%04d", midnight.Format("060102"), i+1)
	}
	return days
}

func (t *teller) hour() int64 {
	class := ""
	if t.r.Float64() < 0.45 {
		class = "outpatient"
	}
	hours := hourly[class]
	return int64(weighted(t.r, hours[:]))
}

func weighted(r *rand.Rand, w []float64) int {
	sum := 0.0
	for _, v := range w {
		sum += v
	}
	x := r.Float64() * sum
	for i, v := range w {
		if x -= v; x < 0 {
			return i
		}
	}
	return len(w) - 1
}

// one lives one order.
func (t *teller) one(o told) (*workorder.Past, error) {
	r := rand.New(rand.NewPCG(o.seed, 1))
	local := clock.Time(o.at).In(t.zone)
	item := t.item(r, local.Month())
	if o.leak {
		if i := slices.IndexFunc(t.items, func(it catalog.Item) bool { return it.Code == leakCode }); i >= 0 {
			item = &t.items[i]
		}
	}
	c, order := t.cast(r, item, local)
	if o.leak {
		order.Form = map[string]any{"place": order.PlaceID, "waterForce": "drip", "equipmentBelow": "yes"}
	}
	if team := t.h.byTeam[order.TeamID]; o.live && len(team.people) > 1 && r.Float64() < 0.4 {
		c.worker = team.people[1].worker() // whose account is shown to newcomers
	}
	if o.live && r.Float64() < 0.15 { // some of today's work is behind
		c.late *= 6
	}
	order.Number = o.number
	l := &life{r: r, book: t.book, end: t.now, at: o.at}
	begin := l.env(c.reporter.ID, c.reporter.Name)
	past, err := workorder.NewPast(order, begin, r.Uint64)
	if err != nil {
		return nil, err
	}
	l.past = past
	if item.Code == leakCode && item.Tasks != nil {
		teams := map[string]workorder.Team{}
		c.hands = map[string]workorder.Worker{}
		for _, step := range item.Tasks.Steps {
			if x := t.h.byTeam[step.TeamID]; x != nil {
				teams[x.id] = workorder.Team{ID: x.id, Name: x.name, VendorID: x.vendorID, Pool: x.pool}
				c.hands[x.id] = x.people[min(1, len(x.people)-1)].worker()
			}
		}
		if err := past.Plan(l.env("system", ""), item.Tasks, teams); err != nil {
			return nil, err
		}
	}
	return past, l.live(c)
}

// leakCode is the item whose orders are worked on by several teams.
const leakCode = "MW01"

func (t *teller) item(r *rand.Rand, m time.Month) *catalog.Item {
	if t.weights[m] == nil {
		for i := range t.items {
			t.weights[m] = append(t.weights[m], itemWeight(t.items[i].Code, m))
		}
	}
	return &t.items[weighted(r, t.weights[m])]
}

// cast chooses who and what an order is about.
func (t *teller) cast(r *rand.Rand, item *catalog.Item, local time.Time) (cast, workorder.Order) {
	h := t.h
	dep := &h.departments[weighted(r, h.departmentWeights)]
	place := pick(r, dep.places)
	reporter := pick(r, dep.people)
	team := h.byTeam[item.TeamID]
	if team == nil {
		team = h.byTeam[h.callCenter]
	}
	worker := pick(r, team.people)
	agent := pick(r, h.byTeam[h.callCenter].people)
	order := workorder.Order{ItemID: item.ID, ItemVersion: item.Version, ItemCode: item.Code, ItemName: item.NameZh, ItemNameEn: item.NameEn,
		Priority: string(item.Priority), Mode: workorder.Onsite, CampusID: dep.campusID, DepartmentID: dep.id, DepartmentName: dep.name,
		PlaceID: place.id, PlaceName: place.name, ContactName: reporter.name, ContactPhone: reporter.phone,
		ReporterID: reporter.id, CreatorID: reporter.id, TeamID: team.id, TeamName: team.name, VendorID: team.vendorID}
	if len(item.Symptoms) > 0 {
		order.Symptom = pick(r, item.Symptoms).Label
	}
	order.Words = strings.NewReplacer("%p", place.short, "%i", plain(item.NameZh), "%s", order.Symptom).Replace(pick(r, says))
	order.Limits = workorder.PriorityLimits(order.Priority)
	c := cast{agent: agent.worker(), worker: worker.worker(), reporter: reporter.worker(), code: item.Code, late: 1,
		team: workorder.Team{ID: team.id, Name: team.name, VendorID: team.vendorID, Pool: team.pool}}
	switch x := r.Float64(); {
	case x < 0.46:
		order.Channel = workorder.ByScan
	case x < 0.6:
		order.Channel = workorder.ByWeb
	default:
		order.Channel, order.CreatorID = workorder.ByPhone, agent.id
	}
	if item.Mode == catalog.RemoteFirst || item.Mode == catalog.RemoteThenOnsite {
		order.Mode, c.remote = workorder.Remote, true
	}
	if thing := t.thing(r, dep, item); thing != nil {
		order.AssetID, order.AssetName = thing.id, thing.name
		order.PlaceID, order.PlaceName = thing.place.id, thing.place.name
		c.late *= thing.trouble
	}
	if local.Hour() >= 8 && local.Hour() < 10 {
		c.late *= 1.3
	}
	c.late *= team.slow
	return c, order
}

// thing chooses the asset; a few bad ones fail again and again.
func (t *teller) thing(r *rand.Rand, dep *department, item *catalog.Item) *thing {
	if len(item.AssetClasses) == 0 || r.Float64() > 0.8 {
		return nil
	}
	class := pick(r, item.AssetClasses)
	if bad := t.h.bad[class]; len(bad) > 0 && r.Float64() < 0.12 {
		return pick(r, bad)
	}
	if list := dep.things[class]; len(list) > 0 {
		return pick(r, list)
	}
	return nil
}

// plain shortens "打印机(激光/针式)" to what people say.
func plain(name string) string {
	if i := strings.IndexAny(name, "((/"); i > 0 {
		return name[:i]
	}
	return name
}
