// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package review

import (
	"cmp"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
)

// Plan is a plan with the name that its addresses get in a report of several plans.
type Plan struct {
	Name string
	plan.Plan
}

// Review compares access before and after the apply of all plans together. Plans of different root
// modules of one tenant make one review.
func Review(plans []Plan, known Tenant, rules Rules) Report {
	changes := merge(plans)
	known = known.with(plans)
	had, has := newSides(changes, known)
	report := Report{
		Relevant: relevant(changes),
		Before:   access.Effective(had.tenant()),
		After:    access.Effective(has.tenant()),
		Names:    names(changes, known),
	}
	c := newCauses(changes, had, has)
	for _, change := range access.Compare(report.Before, report.After) {
		report.Changes = append(report.Changes, c.describe(change))
	}
	report.Notes = append(planNotes(plans), notes(changes, has)...)
	rules.label(&report)
	slices.SortStableFunc(report.Notes, func(a, b Note) int {
		return cmp.Or(
			cmp.Compare(rank[a.Verdict], rank[b.Verdict]),
			cmp.Compare(a.Address, b.Address),
		)
	})
	slices.SortStableFunc(report.Changes, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(a.Client, b.Client), cmp.Compare(a.API, b.API),
			cmp.Compare(a.SubjectType, b.SubjectType), cmp.Compare(a.Effect, b.Effect),
			cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Organization, b.Organization),
		)
	})
	report.Verdict = report.verdict()
	report.hide(plans)
	return report
}

// rank orders verdicts, most important first.
var rank = map[Verdict]int{Widens: 0, Unknown: 1, Narrows: 2, Neutral: 3}

var verdicts = map[access.Effect]Verdict{
	access.Gained: Widens, access.Undecided: Unknown, access.Lost: Narrows,
}

func (r Report) verdict() Verdict {
	verdict := Neutral
	worse := func(v Verdict) {
		if rank[v] < rank[verdict] {
			verdict = v
		}
	}
	for _, change := range r.Changes {
		worse(verdicts[change.Effect])
	}
	for _, note := range r.Notes {
		worse(note.Verdict)
	}
	return verdict
}

// relevant counts the resources that decide about access.
func relevant(changes []plan.Change) (n int) {
	for _, change := range changes {
		if kind, _ := kindOf(change.Type); slices.Contains(types, kind) {
			n++
		}
	}
	return n
}

// merge returns the changes of all plans. If there are several plans, their names tell equal
// addresses apart.
func merge(plans []Plan) []plan.Change {
	var changes []plan.Change
	for _, p := range plans {
		for _, change := range p.Changes {
			if len(plans) > 1 {
				change.Module = p.Name + ": " + change.Module
				change.Address = p.Name + ": " + change.Address
			}
			changes = append(changes, change)
		}
	}
	return changes
}

// hide replaces what the plans mark as sensitive. Equal values get equal replacements.
func (r *Report) hide(plans []Plan) {
	h := hidden{texts: map[string]string{}}
	for _, p := range plans {
		for text := range p.Sensitive {
			h.texts[text] = ""
		}
	}
	if len(h.texts) == 0 {
		return
	}
	for i := range r.Changes {
		c := &r.Changes[i]
		c.Client, c.API = h.text(c.Client), h.text(c.API)
		c.Scope, c.Organization = h.text(c.Scope), h.text(c.Organization)
	}
	for _, rows := range [][]access.Row{r.Before, r.After} {
		for i := range rows {
			row := &rows[i]
			row.Client, row.API = h.text(row.Client), h.text(row.API)
			row.Scope, row.Organization = h.text(row.Scope), h.text(row.Organization)
		}
	}
	names := map[string]string{}
	for _, id := range sortedKeys(r.Names) {
		names[h.text(id)] = h.text(r.Names[id])
	}
	r.Names = names
}
