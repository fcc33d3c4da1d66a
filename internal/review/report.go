// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package review turns plans into the answer to one question: who can call what after the apply
// that could not before? It reads plans of this provider and of auth0/auth0, computes access before
// and after with package access, and compares the two. It knows neither the provider nor the
// reference server.
//
// The parts: plan reads the JSON of plans; this package makes a Report of them; render writes
// reports as text, Markdown, JSON, SARIF and HTML; live reads a tenant for what the plans do not
// hold; and cmd/m2m-review is the command.
package review

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
)

// Verdict says what a plan does to access.
type Verdict string

// The verdicts. Of several that are true, the first one here counts.
const (
	Widens  Verdict = "WIDENS"  // Somebody gains access.
	Unknown Verdict = "UNKNOWN" // Somebody may gain or lose access; it is known after the apply.
	Narrows Verdict = "NARROWS" // Somebody loses access, and nobody gains any.
	Neutral Verdict = "NEUTRAL" // Nobody gains or loses access.
)

// Report is the result of a review. No text in it is sensitive, but texts from plans and tenants
// are as they came: they may hold control characters, markup and line breaks.
type Report struct {
	Verdict Verdict
	// Changes are ordered by client, API, subject type, effect, scope and organization.
	Changes []Change
	// Notes are ordered by verdict, most important first, then by address.
	Notes []Note
	// Relevant is the number of resources in the plans that decide about access. If it is 0, the
	// plans have nothing to do with access.
	Relevant int
	// Before and After are all access that the plans know of. Renderers draw pictures of them.
	Before, After []access.Row
	// Names are the names of clients, APIs and organizations, by id and identifier. Those without a
	// name are missing.
	Names map[string]string
}

// Change is access that somebody gains, loses, or may gain or lose.
type Change struct {
	Effect access.Effect
	// Client is a client ID, access.ThirdPartyClients or access.FirstPartyClients. The client of a
	// grant whose client is known only after the apply is the address of the client, or a text in
	// parentheses.
	Client      string
	API         string // The identifier.
	SubjectType string // access.Machine or access.User.
	// Scope is a scope, access.AllScopes, or access.NoScope for a token without scopes.
	Scope string
	// Organization is an id, access.NoOrganization or access.AnyOrganization.
	Organization string
	Addresses    []string // The resources that cause the change.
	// A sentence that says how, if it is not plain from the resources. May be empty.
	Reason string
	// TokensLast is how long a token of before the apply can still be used. 0 means unknown, and
	// for access that is gained.
	TokensLast time.Duration
	Risks      []Risk
}

// Note says something that matters to reviewers and is not a change of a single scope.
type Note struct {
	Verdict Verdict
	Address string // The resource; empty for the whole review.
	// Title is a short sentence without a full stop. Text may be empty.
	Title, Text string
	Risks       []Risk
}

// Risk is a label that a rule gives to a change.
type Risk struct {
	Rule     string // For example "destructive".
	Severity Severity
	Reason   string // A sentence.
	// Allowed is the reason for which an allow-list accepts the risk; empty if none does.
	Allowed string
}

// Severity is how much attention a risk needs.
type Severity string

// The severities.
const (
	High   Severity = "high"
	Medium Severity = "medium"
	Low    Severity = "low"
)

// Duration writes a duration with its two largest units.
func Duration(d time.Duration) string {
	var parts []string
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"days", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}} {
		n := d / unit.size
		if unit.name == "days" && n < 2 { // "24 h" is how settings say it.
			continue
		}
		if n > 0 && len(parts) < 2 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
		}
		d %= unit.size
	}
	return cmp.Or(strings.Join(parts, " "), "1 s")
}
