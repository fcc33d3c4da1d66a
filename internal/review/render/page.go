// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package render writes the report of a review as text, Markdown, JSON, SARIF and HTML.
//
// The texts in a report come from plans and tenants and may be hostile. Formats for people share
// the words of a page, in which each such text is one short line without control characters. Each
// format then escapes its own markup in it. Formats for machines keep the texts as they came.
package render

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
)

// page is a report in words.
type page struct {
	Verdict review.Verdict
	// Parts say what the verdict means, and Summary says it in one line. They hold no text of a
	// plan.
	Parts   []string
	Summary string
	Clients []client // Those whose access changes, the most important first.
	Notes   []note
}

// client is a client whose access changes.
type client struct {
	ID      string // As in the report.
	Title   string
	Summary string // What it gains and loses. It holds no text of a plan.
	Effect  access.Effect
	APIs    []api
	Anchor  int // The number of the client in the page, from 1.
	worst   int
}

// api is an API to which the access of a client changes.
type api struct {
	Title string
	Rows  []row
}

// row is a set of scopes that change for the same reason.
type row struct {
	Effect    access.Effect
	Scopes    []string
	Tokens    string // Which tokens can have the scopes.
	Addresses []string
	Reason    string
	Lasts     string // How long tokens of before the apply stay valid.
	Risks     []risk
}

// note is a note of the report.
type note struct {
	Verdict review.Verdict
	Address string
	Title   string
	Text    string
	Risks   []risk
}

// mostScopes is the number of scopes in a row. Those with risks come first.
const mostScopes = 100

func newPage(r review.Report) page {
	w := words{r.Names}
	p := page{Verdict: r.Verdict, Notes: w.notes(r.Notes)}
	byClient := map[string][]review.Change{}
	for _, change := range r.Changes {
		byClient[change.Client] = append(byClient[change.Client], change)
	}
	for id, changes := range byClient {
		p.Clients = append(p.Clients, w.changed(id, changes))
	}
	slices.SortFunc(p.Clients, func(a, b client) int {
		return cmp.Or(
			cmp.Compare(importance(a.Effect), importance(b.Effect)), cmp.Compare(a.worst, b.worst),
			cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID),
		)
	})
	for i := range p.Clients {
		p.Clients[i].Anchor = i + 1
	}
	p.Parts = p.parts(r)
	p.Summary = string(r.Verdict) + ": " + strings.Join(p.Parts, "; ")
	return p
}

// parts says what the verdict means.
func (p page) parts(r review.Report) []string {
	parts := effects(r.Changes)
	if n := p.highRisks(); n > 0 {
		parts = slices.Insert(parts, min(1, len(parts)), count(n, "high risk", "high risks"))
	}
	for _, kind := range []struct {
		verdict review.Verdict
		does    string
	}{
		{review.Widens, " access"}, {review.Unknown, ""}, {review.Narrows, " access"},
	} {
		n := 0
		for _, note := range p.Notes {
			if note.Verdict == kind.verdict {
				n++
			}
		}
		switch {
		case n > 0 && kind.verdict == review.Unknown:
			parts = append(parts, count(n, "other effect is", "other effects are")+" unclear")
		case n > 0:
			verb := strings.ToLower(string(kind.verdict))
			parts = append(parts, count(n, "other effect "+verb, "other effects "+
				strings.TrimSuffix(verb, "s"))+kind.does)
		}
	}
	switch {
	case len(parts) > 0:
		return parts
	case r.Relevant == 0:
		return []string{"the plans hold nothing that decides about access"}
	default:
		return []string{"nobody gains or loses access"}
	}
}

// highRisks is the number of high risks that no allow-list accepts.
func (p page) highRisks() int {
	n := 0
	add := func(risks []risk) {
		for _, risk := range risks {
			if risk.Severity == review.High && risk.Allowed == "" {
				n++
			}
		}
	}
	for _, client := range p.Clients {
		for _, api := range client.APIs {
			for _, row := range api.Rows {
				add(row.Risks)
			}
		}
	}
	for _, note := range p.Notes {
		add(note.Risks)
	}
	return n
}

// effects says who gains and loses what.
func effects(changes []review.Change) []string {
	var parts []string
	for _, kind := range []struct {
		effect    access.Effect
		one, many string
		rest      string
	}{
		{access.Gained, "gains", "gain", ""},
		{access.Undecided, "may gain or lose", "may gain or lose", ", known only after the apply"},
		{access.Lost, "loses", "lose", ""},
	} {
		clients, apis := map[string]bool{}, map[string]bool{}
		scopes, all := map[[2]string]bool{}, map[string]bool{}
		for _, change := range changes {
			if change.Effect != kind.effect {
				continue
			}
			clients[change.Client], apis[change.API] = true, true
			switch change.Scope {
			case access.NoScope:
			case access.AllScopes:
				all[change.API] = true
			default:
				scopes[[2]string{change.API, change.Scope}] = true
			}
		}
		if len(clients) == 0 {
			continue
		}
		var what []string
		if len(all) > 0 {
			what = append(what, "all scopes of "+count(len(all), "API", "APIs"))
		}
		named := map[string]bool{}
		for scope := range scopes {
			named[scope[0]] = true
		}
		if len(scopes) > 0 {
			what = append(what, count(len(scopes), "scope", "scopes")+
				" at "+count(len(named), "API", "APIs"))
		}
		if len(what) == 0 {
			what = []string{"tokens without scopes for " + count(len(apis), "API", "APIs")}
		}
		who, verb := subject(clients), kind.many
		if len(clients) == 1 && strings.HasPrefix(who, "1 ") {
			verb = kind.one
		}
		parts = append(parts, who+" "+verb+" "+strings.Join(what, " and ")+kind.rest)
	}
	return parts
}

func (w words) changed(id string, changes []review.Change) client {
	c := client{ID: id, Title: w.client(id), Effect: access.Lost, worst: len(severities)}
	// The title of a single client is the subject.
	for _, part := range effects(changes) {
		_, does, _ := strings.Cut(part, subject(map[string]bool{id: true})+" ")
		c.Summary += "; " + does
	}
	c.Summary = strings.TrimPrefix(c.Summary, "; ")
	byAPI := map[string][]review.Change{}
	for _, change := range changes {
		byAPI[change.API] = append(byAPI[change.API], change)
		if importance(change.Effect) < importance(c.Effect) {
			c.Effect = change.Effect
		}
		c.worst = min(c.worst, worst(change.Risks))
	}
	for _, identifier := range slices.Sorted(maps.Keys(byAPI)) {
		c.APIs = append(c.APIs, api{w.named(identifier), w.rows(byAPI[identifier])})
	}
	slices.SortStableFunc(c.APIs, func(a, b api) int { // Each has a row, the most important first.
		return cmp.Compare(importance(a.Rows[0].Effect), importance(b.Rows[0].Effect))
	})
	return c
}

// rows collapses changes that differ in their scopes only.
func (w words) rows(changes []review.Change) []row {
	type group struct{ effect, subject, organization, addresses, reason, lasts string }
	groups := map[group][]review.Change{}
	var order []group
	for _, change := range changes {
		key := group{
			string(change.Effect), change.SubjectType, change.Organization,
			strings.Join(change.Addresses, "\x00"), change.Reason, change.TokensLast.String(),
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], change)
	}
	slices.SortStableFunc(order, func(a, b group) int {
		return cmp.Compare(
			importance(access.Effect(a.effect)), importance(access.Effect(b.effect)))
	})
	var rows []row
	for _, key := range order {
		for part := range slices.Chunk(scoped(groups[key]), mostScopes) {
			rows = append(rows, w.row(part))
		}
	}
	return rows
}

// scoped returns changes with the worst risks first, and without the token itself if it can have
// scopes.
func scoped(changes []review.Change) []review.Change {
	found := slices.Clone(changes)
	slices.SortStableFunc(found, func(a, b review.Change) int {
		return cmp.Or(
			cmp.Compare(worst(a.Risks), worst(b.Risks)), cmp.Compare(a.Scope, b.Scope))
	})
	if len(found) == 1 {
		return found
	}
	return slices.DeleteFunc(found, func(c review.Change) bool {
		return c.Scope == access.NoScope && len(c.Risks) == 0
	})
}

// row returns the row of changes that differ in their scopes only.
func (w words) row(changes []review.Change) row {
	first := changes[0]
	r := row{
		Effect: first.Effect, Tokens: w.tokens(first), Reason: sentence(first.Reason),
		Lasts: lasts(first), Addresses: shownAll(first.Addresses),
	}
	for _, change := range changes {
		r.Scopes = append(r.Scopes, scope(change.Scope))
		for _, found := range change.Risks {
			label := newRisk(found)
			i := slices.IndexFunc(r.Risks, func(other risk) bool {
				return other.Severity == label.Severity && other.Rule == label.Rule &&
					other.Reason == label.Reason && other.Allowed == label.Allowed
			})
			if i < 0 {
				i, r.Risks = len(r.Risks), append(r.Risks, label)
			}
			r.Risks[i].Scopes = append(r.Risks[i].Scopes, scope(change.Scope))
		}
	}
	sortRisks(r.Risks)
	return r
}

func (w words) notes(notes []review.Note) []note {
	var found []note
	for _, n := range notes {
		shownNote := note{
			Verdict: n.Verdict, Address: shown(n.Address),
			Title: sentence(n.Title), Text: sentence(n.Text),
		}
		for _, r := range n.Risks {
			shownNote.Risks = append(shownNote.Risks, newRisk(r))
		}
		sortRisks(shownNote.Risks)
		found = append(found, shownNote)
	}
	return found
}

// symbol marks a row in text, with the meaning that it has in a diff.
func symbol(e access.Effect) string {
	switch e {
	case access.Gained:
		return "+"
	case access.Lost:
		return "-"
	case access.Undecided:
		return "?"
	default:
		return " "
	}
}

// importance orders effects. The most important is first.
func importance(e access.Effect) int {
	return slices.Index([]access.Effect{access.Gained, access.Undecided, access.Lost}, e)
}

// Effect is the effect of a note on access; empty if it has none.
func (n note) Effect() access.Effect {
	switch n.Verdict {
	case review.Widens:
		return access.Gained
	case review.Narrows:
		return access.Lost
	case review.Unknown:
		return access.Undecided
	default:
		return ""
	}
}
