package escalation

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"wardline/internal/notify"
	"wardline/internal/platform/clock"
	"wardline/internal/platform/db"
	"wardline/internal/workorder"
)

func itoa(i int) string { return strconv.Itoa(i) }

// sight is an order with everything its reminders follow from.
type sight struct {
	workorder.Standing
	ladder  *Ladder
	set     *SettingRow
	had     map[slot]state
	reports []Report
	watch   *Watch
}

// sights reads orders; those that are gone are left out.
func (s *Service) sights(ctx context.Context, tx *db.Tx, ids ...string) ([]sight, error) {
	standing, err := s.Orders.StandingsOf(ctx, tx, ids...)
	if err != nil || len(standing) == 0 {
		return nil, err
	}
	all, err := ladders(ctx, tx, true)
	if err != nil {
		return nil, err
	}
	set, err := settings(ctx, tx, false)
	if err != nil {
		return nil, err
	}
	byCategory := slices.ContainsFunc(all, func(l Ladder) bool { return l.Body.CategoryID != "" })
	out := make([]sight, len(standing))
	at := map[string]int{}
	for i, st := range standing {
		category := ""
		if byCategory {
			category, err = s.CategoryOf(ctx, tx, st.Order.ItemID)
			if err != nil && !db.IsMissing(err) {
				return nil, err
			}
		}
		out[i] = sight{Standing: st, ladder: choose(all, &st.Order, category), set: &set, had: map[slot]state{}}
		at[st.Order.ID] = i
	}
	return out, s.recall(ctx, tx, out, at, ids)
}

// recall adds what has happened to the orders so far.
func (s *Service) recall(ctx context.Context, tx *db.Tx, out []sight, at map[string]int, ids []string) error {
	fired, err := firedOf(ctx, tx, ids...)
	if err != nil {
		return err
	}
	for _, f := range fired {
		if i, ok := at[f.OrderID]; ok && out[i].ladder != nil && out[i].ladder.ID == f.LadderID {
			k := slot{f.Step, f.Base}
			was := out[i].had[k]
			out[i].had[k] = state{max(was.n, f.N), was.acked || f.AckedAt > 0}
		}
	}
	owed, err := reportsOf(ctx, tx, ids...)
	if err != nil {
		return err
	}
	for _, r := range owed {
		if i, ok := at[r.OrderID]; ok {
			out[i].reports = append(out[i].reports, r)
		}
	}
	seen, err := openWatches(ctx, tx, ids...)
	for j := range seen {
		if i, ok := at[seen[j].OrderID]; ok {
			out[i].watch = &seen[j]
		}
	}
	return err
}

func (v *sight) asked(k ReportKind, base int64) bool {
	return slices.ContainsFunc(v.reports, func(r Report) bool { return r.Kind == k && r.Base == base })
}

// turn is what time wants of an order now.
type turn struct {
	fire []moment
	owed []owed
	next int64
}

func (s *Service) turn(v *sight, now int64) turn {
	var t turn
	if v.ladder != nil {
		t.fire, t.next = climb(v.ladder, &v.Order, v.Since, v.had, now)
	}
	owed, next := v.set.owes(&v.Order, v.asked, s.Zone, now)
	t.owed = owed
	if next > 0 && (t.next == 0 || next < t.next) {
		t.next = next
	}
	return t
}

// call is whom a turn concerns, looked up before the transaction that acts.
type call struct {
	told   map[string][]string // by step
	pages  map[string]string   // where the message leads each of them
	owners map[ReportKind][]string
}

// lookOrder lets time act on one order, as it was seen a moment ago or else as it is.
func (s *Service) lookOrder(ctx context.Context, orderID string, v *sight, known *known) error {
	const tries = 3
	for range tries {
		if v == nil {
			var list []sight
			err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { list, err = s.sights(ctx, tx, orderID); return err })
			if err != nil {
				return err
			}
			if len(list) == 0 { // an import that was undone
				return s.DB.Write(ctx, func(tx *db.Tx) error { return setVersioned(ctx, tx, orderTimer, orderID, 0, math.MaxInt64) })
			}
			v = &list[0]
		}
		now := s.Clock.Now()
		t := s.turn(v, now)
		c, err := s.call(ctx, v, &t, known)
		if err != nil {
			return err
		}
		settled := false
		err = s.DB.Write(ctx, func(tx *db.Tx) (err error) { settled, err = s.settle(ctx, tx, v, &t, &c, now); return err })
		if err != nil || settled {
			return err
		}
		v = nil
	}
	return nil // it changes faster than it can be looked at: the next look is due still
}

// known keeps who plays a part in orders that belong to the same people, within one look
// at many.
type known struct {
	mu   sync.Mutex
	list map[string][]string
}

// recipients is Deps.Recipients, asked once for orders that belong to the same people.
func (s *Service) recipients(ctx context.Context, k *known, part, who string, o *workorder.Order) ([]string, error) {
	if k == nil {
		return s.Recipients(ctx, part, who, o)
	}
	key := strings.Join([]string{part, who, o.CampusID, o.DepartmentID, o.TeamID, o.VendorID, o.ReporterID, o.CreatorID, o.AssigneeID, fmt.Sprint(o.Tasks)}, "\x00")
	k.mu.Lock()
	people, ok := k.list[key]
	k.mu.Unlock()
	if ok {
		return people, nil
	}
	people, err := s.Recipients(ctx, part, who, o)
	if err == nil {
		k.mu.Lock()
		k.list[key] = people
		k.mu.Unlock()
	}
	return people, err
}

// call finds who is to be told.
func (s *Service) call(ctx context.Context, v *sight, t *turn, k *known) (call, error) {
	c := call{told: map[string][]string{}, pages: map[string]string{}, owners: map[ReportKind][]string{}}
	for _, m := range t.fire {
		people, err := s.whom(ctx, v, m.step, c.pages, k)
		if err != nil {
			return c, err
		}
		c.told[m.step.ID] = people
	}
	for _, o := range t.owed {
		people, err := s.owners(ctx, v, o.kind)
		if err != nil {
			return c, err
		}
		c.owners[o.kind] = people
	}
	return c, nil
}

// whom returns the people a step reminds: those who take in and dispatch when it would
// be nobody.
func (s *Service) whom(ctx context.Context, v *sight, st *Step, pages map[string]string, k *known) ([]string, error) {
	var out []string
	add := func(part, who string) error {
		some, err := s.recipients(ctx, k, part, who, &v.Order)
		for _, p := range some {
			if p == "" || slices.Contains(out, p) {
				continue
			}
			out = append(out, p)
			if _, ok := pages[p]; !ok {
				pages[p] = pageFor(part, v.Order.ID)
			}
		}
		return err
	}
	for _, part := range st.To {
		var err error
		switch part {
		case ToRole:
			err = add(part, st.RoleID)
		case ToPerson:
			err = add(part, st.PersonID)
		case ToWatcher:
			if v.watch != nil {
				err = add(ToPerson, v.watch.FollowerID)
				if err == nil {
					err = add(ToPerson, v.watch.ByID)
				}
			}
		default:
			err = add(part, "")
		}
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return out, add(ToAgents, "")
	}
	return out, nil
}

// pageFor is where a reminder leads: those who do the work to the phone's page.
func pageFor(part, orderID string) string {
	if part == ToAssignee || part == ToTeam {
		return "/m/work/o/" + orderID
	}
	return "/desk/orders/" + orderID
}

// settle acts on an order, unless another replica does or it has changed since it was
// read, which false tells.
func (s *Service) settle(ctx context.Context, tx *db.Tx, v *sight, t *turn, c *call, now int64) (bool, error) {
	mine, err := takeTimer(ctx, tx, orderTimer, v.Order.ID, now)
	if err != nil || !mine {
		return true, err
	}
	if err := s.freshen(ctx, tx, v); err != nil {
		return false, err
	}
	o, err := s.Orders.Lock(ctx, tx, v.Order.ID)
	if err != nil {
		return false, err
	}
	if o.Version != v.Order.Version {
		return false, nil
	}
	if err := s.fire(ctx, tx, v, t, c, now); err != nil {
		return false, err
	}
	for _, w := range t.owed {
		if err := s.open(ctx, tx, v, w, c.owners[w.kind], now); err != nil {
			return false, err
		}
	}
	return true, setVersioned(ctx, tx, orderTimer, v.Order.ID, t.next, v.Order.Version)
}

// freshen keeps what reports and the watch say of their order as the order says it.
func (s *Service) freshen(ctx context.Context, tx *db.Tx, v *sight) error {
	for i := range v.reports {
		if r := v.reports[i]; !r.about(&v.Order) {
			continue
		}
		r, err := reportByID(ctx, tx, v.reports[i].ID, true)
		if err != nil {
			return err
		}
		r.about(&v.Order)
		if err := updateReport(ctx, tx, &r); err != nil {
			return err
		}
	}
	if v.watch == nil {
		return nil
	}
	if w := *v.watch; !w.about(&v.Order) {
		return nil
	}
	w, err := watchByID(ctx, tx, v.watch.ID, true)
	if err != nil {
		return err
	}
	w.about(&v.Order)
	return updateWatch(ctx, tx, &w)
}

// fire writes the steps that are due with one entry on the timeline and one message for
// each person.
func (s *Service) fire(ctx context.Context, tx *db.Tx, v *sight, t *turn, c *call, now int64) error {
	var fresh []Fired
	var people, texts []string
	var channels []string
	urgent, escalate, anyway, first := false, false, false, int64(0)
	for _, m := range t.fire {
		f := Fired{OrderID: v.Order.ID, LadderID: v.ladder.ID, Step: m.step.ID, Base: m.base, N: m.n, NameZh: v.ladder.Body.NameZh, NameEn: v.ladder.Body.NameEn,
			Note: m.step.Text, At: m.at, FiredAt: now, Told: c.told[m.step.ID]}
		ok, err := insertFired(ctx, tx, &f)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		fresh = append(fresh, f)
		for _, p := range f.Told {
			if !slices.Contains(people, p) {
				people = append(people, p)
			}
		}
		if m.step.Text != "" && !slices.Contains(texts, m.step.Text) {
			texts = append(texts, m.step.Text)
		}
		_, before := v.had[slot{m.step.ID, m.base}]
		escalate = escalate || m.step.Escalate && !before
		urgent = urgent || m.step.Urgent
		anyway = anyway || len(m.step.Channels) == 0
		channels = append(channels, m.step.Channels...)
		if !before {
			first = max(first, m.at)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	note := strings.Join(texts, ";")
	if first > 0 { // repetitions stand in the list of reminders, not on the timeline
		if note == "" {
			note = v.ladder.Body.NameZh
		}
		if _, err := s.Orders.Remind(ctx, tx, v.Order.ID, workorder.Reminder{Note: note, At: first, Escalate: escalate}); err != nil {
			return err
		}
	}
	if anyway {
		channels = nil
	}
	var list []notify.Notice
	for _, p := range people {
		list = append(list, notify.Notice{PersonID: p, Template: "order.reminder", Subject: v.Order.ID, Version: newsVersion(&fresh[0]), Urgent: urgent,
			Page: c.pages[p], Channels: channels, Params: params(&v.Order, map[string]any{"note": strings.Join(texts, ";"),
				"ladder": v.ladder.Body.NameZh, "ladder_en": v.ladder.Body.NameEn, "open": openFor(now - v.Order.ReportedAt)})})
	}
	_, err := s.Notify.Tell(ctx, tx, list...)
	return err
}

// params are what templates may say of an order.
func params(o *workorder.Order, more map[string]any) map[string]any {
	out := map[string]any{"number": o.Number, "item": o.ItemName, "item_en": o.ItemNameEn, "place": o.PlaceName, "team": o.TeamName, "priority": o.Priority}
	for k, v := range more {
		out[k] = v
	}
	return out
}

// openFor words a span in hours and minutes, alike in both languages.
func openFor(span int64) string {
	m := span / clock.Minute
	if m < 60 {
		return fmt.Sprintf("%d min", m)
	}
	return fmt.Sprintf("%d h %02d min", m/60, m%60)
}

// newsVersion tells the news of one firing from those of others.
func newsVersion(f *Fired) int64 {
	return hash(fmt.Sprintf("%s:%s:%d:%d", f.LadderID, f.Step, f.Base, f.N))
}

func hash(key string) int64 {
	sum := sha256.Sum256([]byte(key))
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 2) //nolint:gosec // two bits less than fit
}
