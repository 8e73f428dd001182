package history

import (
	"wardline/internal/catalog"
	"wardline/internal/org"
	"wardline/internal/workorder"
)

// directory is what the values of a file are looked up in, as it was when a
// reading began.
type directory struct {
	items       book[catalog.Item]
	departments book[org.Department]
	places      book[org.Place]
	teams       book[org.Team]
}

// book finds things by id and by the words people use for them.
type book[T any] struct {
	byID   map[string]*T
	byWord map[string]*T // nil where a word stands for several
}

func newBook[T any]() book[T] { return book[T]{map[string]*T{}, map[string]*T{}} }

// add enters a thing under its words; the first words are the strongest: a word that
// is the code of one thing and the name of another stands for the former.
func (b book[T]) add(id string, x *T) { b.byID[id] = x }

func (b book[T]) word(w string, x *T) {
	if w = fold(w); w == "" {
		return
	}
	if other, taken := b.byWord[w]; taken && other != x {
		b.byWord[w] = nil
		return
	}
	b.byWord[w] = x
}

func newDirectory() *directory {
	return &directory{newBook[catalog.Item](), newBook[org.Department](), newBook[org.Place](), newBook[org.Team]()}
}

func (d *directory) addItem(it catalog.Item) {
	d.items.add(it.ID, &it)
	for _, w := range append([]string{it.Code, it.NameZh, it.NameEn}, it.Aliases...) {
		d.items.word(w, &it)
	}
}

func (d *directory) addDepartment(x org.Department) {
	d.departments.add(x.ID, &x)
	d.departments.word(x.Code, &x)
	d.departments.word(x.FullName, &x)
	if x.Name != x.FullName {
		d.departments.word(x.Name, &x)
	}
}

func (d *directory) addPlace(x org.Place) {
	d.places.add(x.ID, &x)
	d.places.word(x.Code, &x)
	d.places.word(x.FullName, &x)
	if x.Name != x.FullName {
		d.places.word(x.Name, &x)
	}
}

func (d *directory) addTeam(x org.Team) {
	d.teams.add(x.ID, &x)
	d.teams.word(x.Code, &x)
	d.teams.word(x.Name, &x)
}

// exists tells whether a mapping may name the target for a field.
func (d *directory) exists(f Field, target string) bool {
	return f == FieldStatus || f == FieldPriority || d.name(f, target) != ""
}

// name returns what people call a target, or "".
func (d *directory) name(f Field, target string) string {
	switch f {
	case FieldItem:
		if x := d.items.byID[target]; x != nil {
			return x.NameZh
		}
	case FieldDepartment:
		if x := d.departments.byID[target]; x != nil {
			return x.FullName
		}
	case FieldPlace:
		if x := d.places.byID[target]; x != nil {
			return x.FullName
		}
	case FieldTeam:
		if x := d.teams.byID[target]; x != nil {
			return x.Name
		}
	case FieldPriority, FieldStatus:
		return target
	}
	return ""
}

// find returns the id of what a word, already folded, stands for by itself, or "".
func (d *directory) find(f Field, word string) string {
	switch f {
	case FieldItem:
		if x := d.items.byWord[word]; x != nil {
			return x.ID
		}
	case FieldDepartment:
		if x := d.departments.byWord[word]; x != nil {
			return x.ID
		}
	case FieldPlace:
		if x := d.places.byWord[word]; x != nil {
			return x.ID
		}
	case FieldTeam:
		if x := d.teams.byWord[word]; x != nil {
			return x.ID
		}
	case FieldPriority:
		for _, p := range priorities() {
			if fold(p) == word {
				return p
			}
		}
	case FieldStatus:
		return statusWords[word]
	}
	return ""
}

func priorities() []string {
	var out []string
	for _, p := range catalog.Priorities() {
		if workorder.KnownPriority(string(p)) {
			out = append(out, string(p))
		}
	}
	return out
}

// statusWords are words that say by themselves how an order stands.
var statusWords = map[string]string{
	"open": StatusOpen, "new": StatusOpen, "pending": StatusOpen, "in progress": StatusOpen, "assigned": StatusOpen, "started": StatusOpen,
	"未完成": StatusOpen, "处理中": StatusOpen, "待处理": StatusOpen, "待受理": StatusOpen, "待派单": StatusOpen, "待接单": StatusOpen, "已接单": StatusOpen, "已派单": StatusOpen, "进行中": StatusOpen, "挂起": StatusOpen,
	"closed": StatusClosed, "done": StatusClosed, "resolved": StatusClosed, "completed": StatusClosed, "complete": StatusClosed, "finished": StatusClosed, "solved": StatusClosed,
	"已完成": StatusClosed, "完成": StatusClosed, "已关闭": StatusClosed, "关闭": StatusClosed, "已归档": StatusClosed, "归档": StatusClosed, "已解决": StatusClosed, "已办结": StatusClosed, "办结": StatusClosed, "已评价": StatusClosed, "完工": StatusClosed, "已完工": StatusClosed,
	"cancelled": StatusCancelled, "canceled": StatusCancelled, "withdrawn": StatusCancelled, "rejected": StatusCancelled, "void": StatusCancelled,
	"已取消": StatusCancelled, "取消": StatusCancelled, "作废": StatusCancelled, "已作废": StatusCancelled, "撤销": StatusCancelled, "已撤销": StatusCancelled, "撤回": StatusCancelled, "已撤回": StatusCancelled,
}
