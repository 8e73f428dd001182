package demo

import (
	"math"
	"math/rand/v2"
	"strings"

	"wardline/internal/platform/clock"
	"wardline/internal/sla"
	"wardline/internal/workorder"
)

// life is one order being lived. Steps after the end of the told time do not
// happen: the order stays as it then was.
type life struct {
	r    *rand.Rand
	past *workorder.Past
	book *sla.Book
	end  int64 // the present of the demonstration
	at   int64
}

// step moves on by some milliseconds; false means that the present has come.
func (l *life) step(ms int64) bool {
	l.at += ms
	if l.at < l.end {
		return true
	}
	l.at = l.end - 1
	return false
}

func (l *life) env(id, name string) workorder.Env {
	return workorder.Env{At: l.at, Now: l.at, ActorID: id, ActorName: name, Book: l.book}
}

// around returns a log-normal length of time in milliseconds with the given median
// in minutes; spread 0.5 is calm, 1 is wild.
func (l *life) around(minutes, spread float64) int64 {
	v := math.Exp(l.r.NormFloat64()*spread) * minutes
	return int64(max(v, 0.2) * float64(clock.Minute))
}

func (l *life) chance(p float64) bool { return l.r.Float64() < p }

// cast are the people of an order.
type cast struct {
	agent, worker workorder.Worker
	reporter      workorder.Worker
	team          workorder.Team
	code          string // the item's, for words
	remote        bool
	hands         map[string]workorder.Worker // who does the task of a team, by the team's id
	late          float64                     // how much slower than usual this day, item or place is
}

// live lets the order happen up to the present; an error is a mistake of this program.
func (l *life) live(c cast) error {
	o := &l.past.Order
	limit := float64(max(o.Limits.Respond, 5))
	pass := func() error { return l.past.Pass(l.env("system", "")) }
	if !l.step(l.around(limit*0.07, 0.6)) {
		return pass()
	}
	if l.chance(0.012) {
		return l.past.Cancel(l.env(c.agent.ID, c.agent.Name), "报修人撤回")
	}
	if err := l.past.Intake(l.env(c.agent.ID, c.agent.Name), c.team); err != nil {
		return err
	}
	accepted, err := l.hand(c, limit)
	if err != nil || !accepted {
		return err
	}
	if c.remote && l.chance(0.55) {
		return l.remote(c)
	}
	if c.remote {
		if !l.step(l.around(4, 0.5)) {
			return pass()
		}
		if err := l.past.Convert(l.env(c.worker.ID, c.worker.Name), "远程未解决,需现场处理"); err != nil {
			return err
		}
	}
	return l.visit(c)
}

// hand gives the order to the worker; false means that the present came first.
func (l *life) hand(c cast, limit float64) (bool, error) {
	if !l.step(l.around(limit*0.09, 0.7)) {
		return false, l.past.Pass(l.env("system", ""))
	}
	pooled := c.team.Pool && l.chance(0.45)
	var err error
	if pooled {
		err = l.past.Pool(l.env(c.agent.ID, c.agent.Name), c.team)
	} else {
		err = l.past.Dispatch(l.env(c.agent.ID, c.agent.Name), c.team, c.worker)
	}
	if err != nil {
		return false, err
	}
	if !l.step(l.around(limit*0.2*c.late, 0.7)) {
		return false, l.past.Pass(l.env("system", ""))
	}
	if err := l.past.Pass(l.env("system", "")); err != nil {
		return false, err
	}
	if pooled {
		return true, l.past.Grab(l.env(c.worker.ID, c.worker.Name))
	}
	if l.chance(0.02) {
		if err := l.past.Refuse(l.env(c.worker.ID, c.worker.Name), "正在处理其他工单"); err != nil {
			return false, err
		}
		if !l.step(l.around(3, 0.5)) {
			return false, l.past.Pass(l.env("system", ""))
		}
		if err := l.past.Dispatch(l.env(c.agent.ID, c.agent.Name), c.team, c.worker); err != nil {
			return false, err
		}
		if !l.step(l.around(2, 0.3)) {
			return false, l.past.Pass(l.env("system", ""))
		}
	}
	return true, l.past.Accept(l.env(c.worker.ID, c.worker.Name))
}

func (l *life) remote(c cast) error {
	if !l.step(l.around(8, 0.7)) {
		return l.past.Pass(l.env("system", ""))
	}
	if err := l.past.Pass(l.env("system", "")); err != nil {
		return err
	}
	if err := l.past.SolveRemotely(l.env(c.worker.ID, c.worker.Name), l.work(c)); err != nil {
		return err
	}
	return l.after(c)
}

func (l *life) visit(c cast) error {
	o := &l.past.Order
	travel := 0.28 * float64(max(o.Limits.Arrive-o.Limits.Respond, 6))
	if o.Limits.Arrive == 0 {
		travel = 180 // booked: some time in the next hours
	}
	if !l.step(l.around(travel*c.late, 0.6)) {
		return l.past.Pass(l.env("system", ""))
	}
	if c.late > 1.5 && l.chance(0.25) {
		if err := l.past.Urge(l.env(c.reporter.ID, c.reporter.Name), pick(l.r, urgeNotes)); err != nil {
			return err
		}
	}
	if err := l.past.Pass(l.env("system", "")); err != nil {
		return err
	}
	if err := l.past.Arrive(l.env(c.worker.ID, c.worker.Name), l.chance(0.8)); err != nil {
		return err
	}
	if stopped, err := l.tasks(c); err != nil || stopped {
		return err
	}
	if !carried(c.code) && l.chance(0.06) {
		stopped, err := l.wait(c)
		if err != nil || stopped {
			return err
		}
	}
	if !l.step(l.around(math.Min(18+float64(o.Limits.Finish)*0.06, 120), 0.7)) {
		return l.past.Pass(l.env("system", ""))
	}
	if err := l.past.Pass(l.env("system", "")); err != nil {
		return err
	}
	if err := l.past.Finish(l.env(c.worker.ID, c.worker.Name), l.work(c)); err != nil {
		return err
	}
	return l.after(c)
}

// tasks lets the other teams do their parts, those that wait for others after them; true
// means that the present came.
func (l *life) tasks(c cast) (bool, error) {
	for i := range l.past.Order.Tasks {
		k := l.past.Order.Tasks[i]
		if k.Status.Ended() {
			continue
		}
		who := c.hands[k.TeamID]
		for _, part := range []struct {
			minutes float64
			do      func(e workorder.Env) error
		}{
			{1.5, func(e workorder.Env) error { return l.past.GrabTask(e, k.ID) }},
			{4, func(e workorder.Env) error { return l.past.ArriveTask(e, k.ID) }},
			{6, func(e workorder.Env) error {
				return l.past.FinishTask(e, k.ID, workorder.Work{Remedy: taskRemedies[k.Key], Labour: 5 + l.r.IntN(15)})
			}},
		} {
			if !l.step(l.around(part.minutes, 0.4)) {
				return true, l.past.Pass(l.env("system", ""))
			}
			if err := l.past.Pass(l.env("system", "")); err != nil {
				return true, err
			}
			if err := part.do(l.env(who.ID, who.Name)); err != nil {
				return true, err
			}
		}
	}
	return false, nil
}

// taskRemedies are what was done, by the step of the template.
var taskRemedies = map[string]string{"power": "已切断受影响区域电源,测绝缘正常", "equipment": "已移开并擦干设备,自检通过", "cleaning": "积水已清理,已放警示牌"}

// wait holds the order, for parts more often than not; true means that the present came.
func (l *life) wait(c cast) (bool, error) {
	if !l.step(l.around(10, 0.5)) {
		return true, l.past.Pass(l.env("system", ""))
	}
	if err := l.past.Pass(l.env("system", "")); err != nil {
		return true, err
	}
	reason, note := "parts", "等待备件到货"
	if l.chance(0.35) {
		reason, note = "user_absent", "使用人不在,约定再来"
	}
	length := l.around(8*60, 0.9)
	if err := l.past.Hold(l.env(c.worker.ID, c.worker.Name), reason, note, 0); err != nil {
		return true, err
	}
	if !l.step(length) {
		return true, nil
	}
	return false, l.past.Resume(l.env(c.worker.ID, c.worker.Name))
}

func (l *life) work(c cast) workorder.Work {
	kind := c.code[:min(2, len(c.code))]
	list := remedies[kind]
	if list == nil {
		list = remedies["*"]
	}
	w := workorder.Work{Remedy: pick(l.r, list), Cause: pick(l.r, causes), Labour: int(max(l.around(20, 0.6)/clock.Minute, 1))}
	if parts := partNames[kind]; parts != nil && l.chance(0.3) {
		w.Parts = []workorder.Part{{Name: pick(l.r, parts), Quantity: float64(1 + l.r.IntN(2)), Unit: "个"}}
	}
	return w
}

// after is what follows the work: a word of the reporter, a rating, a call-back.
func (l *life) after(c cast) error {
	o := &l.past.Order
	start := l.at
	if !l.step(l.around(45, 1.2)) {
		return nil
	}
	if l.chance(0.018) && o.Reworks == 0 {
		if err := l.past.NotSolved(l.env(c.reporter.ID, c.reporter.Name), "问题又出现了"); err != nil {
			return err
		}
		return l.again(c)
	}
	if l.chance(0.12) || l.at > start+71*clock.Hour { // says nothing: filed after three days
		if l.at = start; !l.step(73 * clock.Hour) {
			return nil
		}
		return l.past.Pass(l.env("system", ""))
	}
	var s *workorder.Scores
	if l.chance(0.62) {
		s = l.scores(c)
	}
	if err := l.past.Confirm(l.env(c.reporter.ID, c.reporter.Name), s); err != nil {
		return err
	}
	if o.CallBack != "due" || !l.step(l.around(240, 0.9)) {
		return nil
	}
	return l.past.CallBack(l.env(c.agent.ID, c.agent.Name), workorder.CallSolved, l.scores(c), "")
}

// again is the second visit after the work did not hold.
func (l *life) again(c cast) error {
	if !l.step(l.around(6, 0.5)) {
		return l.past.Pass(l.env("system", ""))
	}
	if err := l.past.Accept(l.env(c.worker.ID, c.worker.Name)); err != nil {
		return err
	}
	return l.visit(c)
}

func (l *life) scores(c cast) *workorder.Scores {
	base := 4.75 - 0.5*(c.late-1)
	if l.past.Order.Overdue != "" {
		base -= 0.6
	}
	mark := func(noise float64) int {
		return int(math.Round(math.Max(1, math.Min(5, base+l.r.NormFloat64()*noise))))
	}
	return &workorder.Scores{Overall: mark(0.5), Speed: mark(0.7), Attitude: min(5, mark(0.5)+1), Quality: mark(0.6), Comment: pick(l.r, comments)}
}

func carried(code string) bool { return strings.HasPrefix(code, "T") }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
