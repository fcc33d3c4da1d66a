// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
)

// A browser draws a table of this size without delay.
const (
	mostColumns = 200
	mostCells   = 60_000
)

// matrix is a picture of all access that a report knows: clients are rows, and APIs are columns.
type matrix struct {
	Columns []column
	Groups  []matrixGroup
	// Left says what is not in the picture. It holds no text of a plan.
	Left string
	// Same is the number of clients that do not change.
	Same int
}

// Width is the number of columns, with the one of the clients.
func (m matrix) Width() int { return len(m.Columns) + 1 }

type column struct {
	Name, ID string
	Same     bool // No access to the API changes.
}

// matrixGroup is a group of clients with the same effect.
type matrixGroup struct {
	Title string
	Same  bool
	Rows  []matrixRow
}

type matrixRow struct {
	Name, ID string
	Anchor   int // The number of the client in the page, from 1; 0 if it does not change.
	Cells    []cell
}

// cell is the access of a client to an API.
type cell struct {
	Column                *column
	Before, After         amount
	Gained, Lost, Unknown amount
	High                  bool // Has a high risk that is not accepted.
	Rects                 []rect
}

// amount is a number of scopes.
type amount struct {
	N     int
	all   bool // "All scopes" counts as one.
	token bool // Only a token without scopes, which counts as one.
}

// Words is the number for a person who does not see the cell.
func (a amount) Words() string {
	switch {
	case a.N == 0:
		return "no scopes"
	case a.all:
		return "all scopes"
	case a.token:
		return "a token without scopes"
	default:
		return count(a.N, "scope", "scopes")
	}
}

func (a amount) String() string {
	switch {
	case a.N == 0:
		return "0"
	case a.all:
		return "all"
	case a.token:
		return "token"
	default:
		return strconv.Itoa(a.N)
	}
}

// Same reports whether nothing changes.
func (c cell) Same() bool { return c.Gained.N+c.Lost.N+c.Unknown.N == 0 }

// Empty reports whether there is no access, before or after.
func (c cell) Empty() bool { return c.Before.N+c.After.N == 0 && c.Same() }

// Words describes the cell.
func (c cell) Words() string {
	var parts []string
	for _, part := range []struct {
		amount
		verb string
	}{{c.Gained, "gains"}, {c.Lost, "loses"}, {c.Unknown, "may gain or lose"}} {
		if part.N > 0 {
			parts = append(parts, part.verb+" "+part.Words())
		}
	}
	if c.High {
		parts = append(parts, "high risk")
	}
	if c.Same() {
		return "stays the same: " + c.After.Words()
	}
	after := c.After.Words()
	if c.Unknown.N > 0 {
		after = "not known"
	}
	return strings.Join(append(parts, "before: "+c.Before.Words(), "after: "+after), ", ")
}

// Totals is the numbers of scopes before and after.
func (c cell) Totals() string {
	switch {
	case c.Unknown.N > 0:
		return c.Before.String() + " → ?"
	case c.Same():
		return c.After.String()
	default:
		return c.Before.String() + " → " + c.After.String()
	}
}

// scopeSets are the scopes of a cell.
type scopeSets struct {
	before, after, gained, lost, unknown map[string]bool
	high                                 bool
}

// newMatrix returns the picture of a report. The page has the changed clients in order.
func newMatrix(r review.Report, p page) matrix {
	w := words{r.Names}
	cells := scopesOf(r)
	columns := matrixColumns(cells, w, p)
	var m matrix
	if len(columns) > mostColumns {
		m.Left = count(len(columns)-mostColumns, "API", "APIs")
		columns = columns[:mostColumns]
	}
	m.Columns = columns
	rows := matrixRows(cells, w, p)
	if most := mostCells / max(len(columns), 1); len(rows) > most {
		if m.Left != "" {
			m.Left += " and "
		}
		m.Left += count(len(rows)-most, "client", "clients")
		rows = rows[:most]
	}
	largest := 1
	for i := range rows {
		for j := range m.Columns {
			c := newCell(cells[rows[i].ID][m.Columns[j].ID])
			c.Column = &m.Columns[j]
			largest = max(largest, c.Before.N, c.After.N+c.Unknown.N)
			rows[i].Cells = append(rows[i].Cells, c)
		}
	}
	for _, row := range rows {
		for i := range row.Cells {
			row.Cells[i].Rects = row.Cells[i].bars(largest)
		}
	}
	m.Groups = grouped(rows, p)
	for _, group := range m.Groups {
		if group.Same {
			m.Same = len(group.Rows)
		}
		for i, row := range group.Rows {
			group.Rows[i].Name, group.Rows[i].ID = w.split(row.ID)
		}
	}
	for i, c := range m.Columns {
		m.Columns[i].Name, m.Columns[i].ID = w.split(c.ID)
	}
	return m
}

// split returns the name of an object and its id, which is empty if it is the name.
func (w words) split(id string) (name, rest string) {
	switch {
	case id == access.ThirdPartyClients, id == access.FirstPartyClients:
		return w.client(id), ""
	case w.names[id] == "":
		return shown(id), ""
	default:
		return shown(w.names[id]), shown(id)
	}
}

// scopesOf returns scopes by client and API.
func scopesOf(r review.Report) map[string]map[string]*scopeSets {
	cells := map[string]map[string]*scopeSets{}
	at := func(client, api string) *scopeSets {
		if cells[client] == nil {
			cells[client] = map[string]*scopeSets{}
		}
		if cells[client][api] == nil {
			cells[client][api] = &scopeSets{
				before: map[string]bool{}, after: map[string]bool{},
				gained: map[string]bool{}, lost: map[string]bool{}, unknown: map[string]bool{},
			}
		}
		return cells[client][api]
	}
	for _, row := range r.Before {
		at(row.Client, row.API).before[row.Scope] = true
	}
	for _, row := range r.After {
		at(row.Client, row.API).after[row.Scope] = true
	}
	for _, change := range r.Changes {
		sets := at(change.Client, change.API)
		switch change.Effect {
		case access.Gained:
			sets.gained[change.Scope], sets.after[change.Scope] = true, true
		case access.Lost:
			sets.lost[change.Scope], sets.before[change.Scope] = true, true
		case access.Undecided:
			sets.unknown[change.Scope] = true
		}
		sets.high = sets.high || worst(change.Risks) == 0
	}
	return cells
}

// changes reports whether the access changes.
func (s *scopeSets) changes() bool { return len(s.gained)+len(s.lost)+len(s.unknown) > 0 }

// matrixColumns returns the APIs. First are those that change, in the order of the clients, so that
// the most important changes are in the corner that a small screen shows.
func matrixColumns(cells map[string]map[string]*scopeSets, w words, p page) []column {
	byTitle := func(a, b string) int {
		return cmp.Or(cmp.Compare(w.named(a), w.named(b)), cmp.Compare(a, b))
	}
	var columns []column
	found := map[string]bool{}
	add := func(apis []string, same bool) {
		for _, id := range apis {
			if !found[id] {
				found[id] = true
				columns = append(columns, column{ID: id, Same: same})
			}
		}
	}
	for _, client := range p.Clients {
		apis := cells[client.ID]
		changed := slices.DeleteFunc(slices.SortedFunc(maps.Keys(apis), byTitle),
			func(id string) bool { return !apis[id].changes() })
		add(changed, false)
	}
	rest := map[string]bool{}
	for _, apis := range cells {
		for id := range apis {
			rest[id] = true
		}
	}
	add(slices.SortedFunc(maps.Keys(rest), byTitle), true)
	return columns
}

// matrixRows returns the clients in the order of the page, and then those that do not change.
func matrixRows(cells map[string]map[string]*scopeSets, w words, p page) []matrixRow {
	var rows []matrixRow
	changed := map[string]bool{}
	for i, client := range p.Clients {
		changed[client.ID] = true
		rows = append(rows, matrixRow{ID: client.ID, Anchor: i + 1})
	}
	rest := slices.SortedFunc(maps.Keys(cells), func(a, b string) int {
		return cmp.Or(cmp.Compare(w.client(a), w.client(b)), cmp.Compare(a, b))
	})
	for _, id := range rest {
		if !changed[id] {
			rows = append(rows, matrixRow{ID: id})
		}
	}
	return rows
}

func newCell(sets *scopeSets) cell {
	if sets == nil {
		return cell{}
	}
	return cell{
		Before: newAmount(sets.before), After: newAmount(sets.after),
		Gained: newAmount(sets.gained), Lost: newAmount(sets.lost),
		Unknown: newAmount(sets.unknown), High: sets.high,
	}
}

// newAmount counts scopes. A token without scopes counts only if there are no others.
func newAmount(scopes map[string]bool) amount {
	n := len(scopes)
	if scopes[access.NoScope] && n > 1 {
		n--
	}
	return amount{n, scopes[access.AllScopes], n == 1 && len(scopes) == 1 && scopes[access.NoScope]}
}

func grouped(rows []matrixRow, p page) []matrixGroup {
	titles := map[access.Effect]string{
		access.Gained: "+ Gain access", access.Undecided: "? Known only after the apply",
		access.Lost: "− Lose access", "": "= Stay the same",
	}
	var groups []matrixGroup
	for _, row := range rows {
		var effect access.Effect
		if row.Anchor > 0 {
			effect = p.Clients[row.Anchor-1].Effect
		}
		if len(groups) == 0 || groups[len(groups)-1].Title != titles[effect] {
			groups = append(groups, matrixGroup{Title: titles[effect], Same: effect == ""})
		}
		last := &groups[len(groups)-1]
		last.Rows = append(last.Rows, row)
	}
	return groups
}

// barWidth is the width of the longest bar.
const barWidth = 64

// bars draws a bar for before, and one for after below it. They share the scopes that stay.
func (c cell) bars(largest int) []rect {
	type part struct {
		class string
		n     int
	}
	var rects []rect
	for i, parts := range [][]part{
		{{"kept", c.Before.N - c.Lost.N}, {"lost", c.Lost.N}},
		{{"kept", c.After.N - c.Gained.N}, {"gained", c.Gained.N}, {"unknown", c.Unknown.N}},
	} {
		x := 0
		for _, part := range parts {
			if part.n > 0 {
				width := max(3, part.n*barWidth/largest)
				rects = append(rects, rect{Class: part.class, X: x, Y: i * 9, Width: width})
				x += width
			}
		}
	}
	return rects
}

// rect is a rectangle in a picture.
type rect struct {
	Class       string
	X, Y, Width int
}
