package dispatch

import (
	"slices"
	"strings"

	"wardline/internal/org"
	"wardline/internal/workorder"
)

// Floors is a hospital as a schematic: buildings of floors of rooms, with the open orders
// and the people that are there.
type Floors struct {
	Buildings []Block           `json:"buildings"`
	Elsewhere workorder.Figures `json:"elsewhere" doc:"Open orders that name no place, or one that is not drawn"`
	Crew      []Seen            `json:"crew"`
}

// Block is a building; without an id what stands on a campus outside of any.
type Block struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	CampusID   string   `json:"campusId"`
	CampusName string   `json:"campusName"`
	X          *float64 `json:"x,omitempty"`
	Y          *float64 `json:"y,omitempty"`
	workorder.Figures
	Floors []Storey `json:"floors" doc:"The highest first"`
}

// Storey is a floor; without an id what stands in a building outside of any.
type Storey struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Level *int64 `json:"level,omitempty"`
	workorder.Figures
	Cells []Cell `json:"cells"`
}

// Cell is a room or a service point with all that lies in it, or the floor itself.
type Cell struct {
	PlaceID string        `json:"placeId"`
	Name    string        `json:"name"`
	Kind    org.PlaceKind `json:"kind" enum:"building,floor,room,point"`
	X       *float64      `json:"x,omitempty"`
	Y       *float64      `json:"y,omitempty"`
	workorder.Figures
	Places []string `json:"places,omitempty" doc:"Those of the places in it that orders name"`
}

// Seen is somebody on duty and where they were last known to be.
type Seen struct {
	PersonID string `json:"personId"`
	Name     string `json:"name"`
	TeamID   string `json:"teamId"`
	PlaceID  string `json:"placeId,omitempty" doc:"Absent when not known"`
	CellID   string `json:"cellId,omitempty" doc:"The cell that the place lies in"`
	From     string `json:"from,omitempty" enum:",visit,check_in,duty" doc:"What tells so"`
	At       int64  `json:"at,omitempty"`
	Open     int64  `json:"open" doc:"Orders in hand that are not held"`
}

// draft collects a schematic.
type draft struct {
	blocks []*block
	byID   map[string]*block
	cellOf map[string]*Cell
}

type block struct {
	Block
	floors map[string]*floor
	order  []*floor
}

type floor struct {
	Storey
	cells []*Cell
}

// draw makes the schematic out of the places, buildings and floors first.
func draw(plots []org.Plot, campuses map[string]string) *draft {
	d := &draft{byID: map[string]*block{}, cellOf: map[string]*Cell{}}
	for i := range plots {
		p := &plots[i]
		ids := path(p.Ancestry)
		switch {
		case p.Kind == org.Building:
			b := d.block(p.ID, p.CampusID, campuses)
			b.Name, b.X, b.Y = p.Name, p.X, p.Y
		case p.Kind == org.Floor && len(ids) == 2 && d.byID[ids[0]] != nil:
			f := d.byID[ids[0]].floor(p.ID)
			f.Name, f.Level = p.Name, p.Level
		case p.Kind == org.Room || p.Kind == org.Point:
			d.cell(p, ids, campuses)
		}
	}
	return d
}

func path(ancestry string) []string {
	return strings.FieldsFunc(ancestry, func(r rune) bool { return r == '/' })
}

func (d *draft) block(id, campusID string, campuses map[string]string) *block {
	key := id
	if key == "" {
		key = "campus:" + campusID
	}
	b := d.byID[key]
	if b == nil {
		b = &block{Block: Block{ID: id, CampusID: campusID, CampusName: campuses[campusID]}, floors: map[string]*floor{}}
		d.byID[key], d.blocks = b, append(d.blocks, b)
	}
	return b
}

func (b *block) floor(id string) *floor {
	f := b.floors[id]
	if f == nil {
		f = &floor{Storey: Storey{ID: id}}
		b.floors[id], b.order = f, append(b.order, f)
	}
	return f
}

// cell adds a room unless it lies in another one, of which it is a part then.
func (d *draft) cell(p *org.Plot, ids []string, campuses map[string]string) {
	b, rest := d.byID[ids[0]], ids
	if b == nil || b.ID == "" {
		b = d.block("", p.CampusID, campuses)
	} else {
		rest = ids[1:]
	}
	f := b.floor("")
	if len(rest) > 1 && b.floors[rest[0]] != nil {
		f, rest = b.floors[rest[0]], rest[1:]
	}
	if len(rest) == 0 || rest[0] != p.ID {
		return
	}
	c := &Cell{PlaceID: p.ID, Name: p.Name, Kind: p.Kind, X: p.X, Y: p.Y}
	f.cells = append(f.cells, c)
	d.cellOf[p.ID] = c
}

// at returns the cell in which a place with these ids above it lies; orders of a floor or a
// building itself have a cell of their own. nil when it is not drawn.
func (d *draft) at(ids []string) *Cell {
	for _, id := range slices.Backward(ids) {
		if c := d.cellOf[id]; c != nil {
			return c
		}
	}
	if len(ids) == 0 || d.byID[ids[0]] == nil {
		return nil
	}
	b := d.byID[ids[0]]
	f, id, kind := b.floor(""), ids[0], org.Building
	if len(ids) > 1 && b.floors[ids[1]] != nil {
		f, id, kind = b.floors[ids[1]], ids[1], org.Floor
	}
	c := &Cell{PlaceID: id, Kind: kind}
	f.cells = slices.Insert(f.cells, 0, c)
	d.cellOf[id] = c
	return c
}

// blocksOut adds the figures up and returns the buildings.
func (d *draft) blocksOut() []Block {
	out := make([]Block, 0, len(d.blocks))
	for _, b := range d.blocks {
		b.Floors = []Storey{}
		for _, f := range b.order {
			f.Cells = make([]Cell, 0, len(f.cells))
			for _, c := range f.cells {
				f.Cells = append(f.Cells, *c)
				f.Figures = f.Plus(c.Figures)
			}
			b.Figures = b.Plus(f.Figures)
			if f.ID != "" || len(f.Cells) > 0 {
				b.Floors = append(b.Floors, f.Storey)
			}
		}
		slices.SortStableFunc(b.Floors, func(x, y Storey) int { return int(level(y.Level) - level(x.Level)) })
		out = append(out, b.Block)
	}
	return out
}

func level(l *int64) int64 {
	if l == nil {
		return 0
	}
	return *l
}
