// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
)

// risk is a risk of some scopes of a row.
type risk struct {
	Severity review.Severity
	Rule     string
	Scopes   []string
	Reason   string
	Allowed  string
}

func newRisk(r review.Risk) risk {
	return risk{
		Severity: r.Severity, Rule: shown(r.Rule), Reason: sentence(r.Reason),
		Allowed: sentence(r.Allowed),
	}
}

func sortRisks(risks []risk) {
	slices.SortStableFunc(risks, func(a, b risk) int {
		return cmp.Or(
			cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Rule, b.Rule))
	})
}

// severities are in order of importance. Risks that are allowed come after all of them.
var severities = []review.Severity{review.High, review.Medium, review.Low}

func rank(severity review.Severity, allowed string) int {
	if allowed != "" {
		return len(severities)
	}
	return slices.Index(severities, severity)
}

func (r risk) rank() int { return rank(r.Severity, r.Allowed) }

// worst is the rank of the worst of some risks.
func worst(risks []review.Risk) int {
	found := len(severities)
	for _, r := range risks {
		found = min(found, rank(r.Severity, r.Allowed))
	}
	return found
}

// Label names a risk.
func (r risk) Label() string {
	label := string(r.Severity) + " risk, " + r.Rule
	if r.Allowed != "" {
		label = "accepted " + label
	}
	if len(r.Scopes) > 0 {
		label += " (" + strings.Join(r.Scopes, ", ") + ")"
	}
	return label
}

// Explanation says why a risk is one, and why it is accepted.
func (r risk) Explanation() string {
	if r.Allowed == "" {
		return r.Reason
	}
	return strings.TrimSpace(r.Reason + " Accepted: " + r.Allowed)
}
