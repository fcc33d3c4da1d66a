// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
)

// removals returns the ids of the grants that an m2m_client_grants_exclusive removes: those that
// leave unmanaged_grant_ids, unless grant_ids lists them. certain is false if that is known only
// after the apply.
func removals(change plan.Change) (ids []string, certain bool) {
	kind, _ := kindOf(change.Type)
	if kind != typeExclusive || !change.Before.Exists() || !change.After.Exists() ||
		!changesAnything(change) || change.Creates() ||
		change.After.Text("on_unmanaged") == "report" {
		return nil, false
	}
	listed := change.After.Texts("grant_ids")
	for _, id := range change.Before.Texts("unmanaged_grant_ids") {
		if !slices.Contains(listed, id) {
			ids = append(ids, id)
		}
	}
	return ids, !change.After.Unknown("grant_ids") && !change.After.Unknown("on_unmanaged")
}

// exclude removes the grants that m2m_client_grants_exclusive resources remove. A tenant that is
// known completely has no other grants, so those that it lacks are gone already.
func (s *side) exclude(changes []plan.Change, complete bool) {
	for _, change := range changes {
		ids, certain := removals(change)
		if len(ids) == 0 {
			continue
		}
		described := set{}
		for key, g := range s.grants {
			if !slices.Contains(ids, g.id) {
				continue
			}
			described[g.id] = true
			if certain {
				delete(s.grants, key)
				continue
			}
			g.Unknown.Existence = true
			s.grants[key] = g
		}
		for _, id := range ids {
			if !described[id] && !complete {
				insert(s.undescribed, change.Address, id)
			}
		}
	}
}

// exclusiveNotes says what a review cannot show as rows.
func exclusiveNotes(change plan.Change, has *side, add addNote) {
	if ids := sortedKeys(has.undescribed[change.Address]); len(ids) > 0 {
		add(Unknown, "Removes grants that the plan does not describe", fmt.Sprintf(
			"The plan only holds their ids: %s. A review with -live knows what they allow.",
			strings.Join(ids, ", "),
		))
	}
	removed := change.Before.Text("on_unmanaged") == "remove"
	removes := change.After.Text("on_unmanaged") != "report" && change.After.Exists() &&
		!change.Forgets()
	if removed && !removes {
		add(Neutral, "Unmanaged grants are no longer removed",
			"Grants that somebody makes outside Terraform stay from this apply on.")
	}
}
