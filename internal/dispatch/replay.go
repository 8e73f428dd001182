package dispatch

import (
	"container/heap"
	"slices"

	"wardline/internal/platform/clock"
	"wardline/internal/workorder"
)

// Replay lets recorded orders happen again as if the program had given them out. What
// people did is taken from the record: how long they took to answer, how long they
// worked, whether the first of them refused. Only who got the order when is new.
type Replay struct {
	Settings     Settings
	Items        map[string]ItemWants
	People       map[string][]Recruit // by team
	OnDuty       func(teamID string, at int64) []string
	Midnight     func(at int64) int64
	AcceptWithin int64 // as in a mode, in milliseconds
	Patience     int64 // an order that waits longer is left to a dispatcher
}

// Recruit is a member of a team in a replay.
type Recruit struct {
	ID, Name string
	Lead     bool
	Skills   map[string]int64
}

// Recorded is what the record says of an order.
type Recorded struct {
	ID         string
	TeamID     string
	ItemID     string
	Priority   string
	Place      *Spot
	Tools      []string
	ReportedAt int64
	Answer     int64 // from being given to being accepted
	Work       int64 // from being there to the end
	Refused    bool  // whoever had it first did not take it
	Response   int64 // from the report to the acceptance, as it was
}

// Replayed says what came of it.
type Replayed struct {
	Orders    int
	Automatic int     // given without a dispatcher
	Kept      int     // of these, accepted by the first one they were given to
	Response  []int64 // from the report to the acceptance, in milliseconds
}

// moment is something that happens in the replay.
type moment struct {
	at    int64
	order *Recorded // arrives; or
	who   *recruit  // has done one
	done  *Recorded
	n     int // equal moments stand as they came
}

type moments []moment

func (m moments) Len() int { return len(m) }
func (m moments) Less(i, j int) bool {
	return m[i].at < m[j].at || m[i].at == m[j].at && m[i].n < m[j].n
}
func (m moments) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *moments) Push(x any)   { *m = append(*m, x.(moment)) }
func (m *moments) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}

// recruit is a person as the replay goes on.
type recruit struct {
	Recruit
	open   []*Recorded
	busy   int64 // until when at work
	spot   *Spot
	since  int64 // when that was
	today  int64
	todays int64 // midnight that today counts from
}

type replaying struct {
	*Replay
	crews  map[string][]*recruit
	queue  moments
	n      int
	waits  map[string][]*Recorded // by team, those nobody was free for
	result Replayed
}

// Run replays orders; the same input has the same outcome.
func (r *Replay) Run(orders []Recorded) Replayed {
	p := &replaying{Replay: r, crews: map[string][]*recruit{}, waits: map[string][]*Recorded{}}
	for team, list := range r.People {
		for _, one := range list {
			p.crews[team] = append(p.crews[team], &recruit{Recruit: one})
		}
	}
	for i := range orders {
		p.add(moment{at: orders[i].ReportedAt, order: &orders[i]})
	}
	for p.queue.Len() > 0 {
		m := heap.Pop(&p.queue).(moment)
		if m.order != nil {
			p.result.Orders++
			if !p.give(m.order, m.at) {
				p.waits[m.order.TeamID] = append(p.waits[m.order.TeamID], m.order)
			}
			continue
		}
		m.who.open = slices.DeleteFunc(m.who.open, func(o *Recorded) bool { return o == m.done })
		p.drain(m.done.TeamID, m.at)
	}
	for _, list := range p.waits { // nobody came for them
		for _, o := range list {
			p.result.Response = append(p.result.Response, o.Response)
		}
	}
	return p.result
}

func (p *replaying) add(m moment) {
	p.n++
	m.n = p.n
	heap.Push(&p.queue, m)
}

// drain gives out what waits for the team, the most urgent and oldest first.
func (p *replaying) drain(team string, at int64) {
	slices.SortStableFunc(p.waits[team], func(a, b *Recorded) int {
		return pressing(workorder.Order{Priority: a.Priority, ReportedAt: a.ReportedAt, ID: a.ID}, workorder.Order{Priority: b.Priority, ReportedAt: b.ReportedAt, ID: b.ID})
	})
	p.waits[team] = slices.DeleteFunc(p.waits[team], func(o *Recorded) bool {
		if at-o.ReportedAt > p.Patience {
			p.result.Response = append(p.result.Response, o.Response)
			return true
		}
		return p.give(o, at)
	})
}

// give gives an order to the best; false is that there is nobody now.
func (p *replaying) give(o *Recorded, at int64) bool {
	first := p.best(o, at, nil)
	if first == nil {
		return false
	}
	p.result.Automatic++
	who, answer := first, o.Answer
	silent := p.AcceptWithin > 0 && answer > p.AcceptWithin
	if o.Refused || silent {
		after := at + min(answer, p.AcceptWithin)
		if next := p.best(o, after, first); next != nil {
			who, at, answer = next, after, min(answer, p.AcceptWithin)
		}
	} else {
		p.result.Kept++
	}
	accepted := at + answer
	p.result.Response = append(p.result.Response, accepted-o.ReportedAt)
	p.work(o, who, at, accepted)
	return true
}

// work lets the person do the order after what is in hand already.
func (p *replaying) work(o *Recorded, who *recruit, at, accepted int64) {
	if day := p.Midnight(at); day != who.todays {
		who.today, who.todays = 0, day
	}
	who.today++
	way := int64(0)
	if who.spot != nil && o.Place != nil {
		way = p.Settings.Travel.Seconds(*who.spot, *o.Place) * clock.Second
	}
	there := max(accepted, who.busy) + way
	who.busy = there + o.Work
	if o.Place != nil {
		who.spot, who.since = o.Place, there
	}
	who.open = append(who.open, o)
	p.add(moment{at: who.busy, who: who, done: o})
}

// best returns who would be given the order, other than somebody.
func (p *replaying) best(o *Recorded, at int64, not *recruit) *recruit {
	duty := p.OnDuty(o.TeamID, at)
	crew := p.crews[o.TeamID]
	index := make(map[string]*recruit, len(crew))
	list := make([]Candidate, 0, len(crew))
	day := p.Midnight(at)
	for _, one := range crew {
		if one == not || !slices.Contains(duty, one.ID) {
			continue
		}
		c := Candidate{PersonID: one.ID, Name: one.Name, Lead: one.Lead, OnDuty: true, Able: true, WalkSeconds: -1, skills: one.Skills, Open: int64(len(one.open))}
		if one.todays == day {
			c.Today = one.today
		}
		for _, had := range one.open {
			c.Load += p.Settings.points(p.Items, had.ItemID, had.Priority)
			if workorder.Urgent(had.Priority) {
				c.Urgent++
			}
		}
		if one.spot != nil && o.Place != nil && at-one.since < placeLife {
			c.WalkSeconds = p.Settings.Travel.Seconds(*one.spot, *o.Place)
		}
		index[one.ID] = one
		list = append(list, c)
	}
	w := want{tools: o.Tools}
	for _, s := range p.Items[o.ItemID].Skills {
		w.skills = append(w.skills, wantedSkill{id: s.SkillID, level: s.Level})
	}
	rank(list, w, p.Settings.Weights)
	q := &squad{settings: p.Settings}
	n := needs{order: &workorder.Order{Priority: o.Priority}, points: p.Settings.points(p.Items, o.ItemID, o.Priority)}
	for i := range list {
		if q.eligible(&list[i], n) {
			return index[list[i].PersonID]
		}
	}
	return nil
}
