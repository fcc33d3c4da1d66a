// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ActionRule is a declarative action for seed files. It matches an exchange if all conditions that
// it sets match.
type ActionRule struct {
	ClientID     string `json:"client_id,omitzero"`
	Audience     string `json:"audience,omitzero"`
	Organization string `json:"organization,omitzero"` // An id.
	// Space-separated; the token must have all.
	Scope string `json:"scope,omitzero"`

	Deny   *Denial        `json:"deny,omitzero"`
	Claims map[string]any `json:"claims,omitzero"`
}

// actionOf combines rules into one action. The first matching rule that denies decides. Otherwise
// the claims of all matching rules are added, and later rules take precedence.
func actionOf(rules []ActionRule) func(Exchange) Verdict {
	return func(e Exchange) Verdict {
		claims := map[string]any{}
		for _, rule := range rules {
			switch {
			case !rule.fits(e):
				continue
			case rule.Deny != nil:
				return Verdict{Deny: rule.Deny}
			}
			maps.Copy(claims, rule.Claims)
		}
		return Verdict{Claims: claims}
	}
}

func (r ActionRule) fits(e Exchange) bool {
	lacking := func(value string) bool { return !slices.Contains(e.Scopes, value) }
	return (r.ClientID == "" || r.ClientID == e.ClientID) &&
		(r.Audience == "" || r.Audience == e.Audience) &&
		(r.Organization == "" || r.Organization == e.OrganizationID) &&
		!slices.ContainsFunc(strings.Fields(r.Scope), lacking)
}

// validate refuses a rule that has no effect or would fail at every request.
func (r ActionRule) validate() error {
	switch {
	case r.Deny == nil && len(r.Claims) == 0:
		return errors.New("an action must have `deny` or `claims`")
	case r.Deny != nil && len(r.Claims) > 0:
		return errors.New("an action cannot have both `deny` and `claims`: a token that is " +
			"denied has no claims")
	case r.Deny != nil && denials[r.Deny.Code] == nil:
		return fmt.Errorf("the `code` of `deny` must be one of %s, not %q",
			strings.Join(slices.Sorted(maps.Keys(denials)), ", "), r.Deny.Code)
	case r.Deny != nil && r.Deny.Reason == "":
		return errors.New("`deny` must have a `reason`")
	}
	if _, err := json.Marshal(r.Claims); err != nil {
		return fmt.Errorf("`claims` cannot be written as JSON: %w", err)
	}
	return nil
}

// SetActionRules makes the rules the tenant's action.
func (s *Service) SetActionRules(rules []ActionRule) error {
	for i, rule := range rules {
		if err := rule.validate(); err != nil {
			return fmt.Errorf("actions[%d]: %w", i, err)
		}
	}
	switch {
	case len(rules) == 0:
		return nil
	case s.action != nil:
		return errors.New("actions: the server has an action already")
	}
	s.action = actionOf(rules)
	return nil
}
