// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
)

// Rules give labels to access that somebody gains or may gain.
type Rules struct {
	own   []ownRule
	allow []allowance
	now   time.Time
}

// ownRule is a rule of a team.
type ownRule struct {
	Name     string   `yaml:"name"`
	Severity Severity `yaml:"severity"`
	Reason   string   `yaml:"reason"`
	Match    match    `yaml:",inline"`
}

// allowance accepts a risk until a day.
type allowance struct {
	Rule    string `yaml:"rule"`
	Reason  string `yaml:"reason"`
	Expires string `yaml:"expires"`
	Match   match  `yaml:",inline"`
	until   time.Time
}

// match says which changes are meant.
type match struct {
	Client pattern `yaml:"client"`
	API    pattern `yaml:"api"`
	Scope  pattern `yaml:"scope"`
}

func (m match) matches(c Change) bool {
	return m.Client.matches(c.Client) && m.API.matches(c.API) && m.Scope.matches(c.Scope)
}

// pattern matches a text. In it, * matches any text. Nil matches everything.
type pattern struct{ *regexp.Regexp }

// UnmarshalYAML reads a pattern.
func (p *pattern) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil || text == "" {
		return err
	}
	parts := strings.Split(text, "*")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	p.Regexp = regexp.MustCompile(`(?s)\A` + strings.Join(parts, ".*") + `\z`)
	return nil
}

func (p pattern) matches(text string) bool { return p.Regexp == nil || p.MatchString(text) }

// BuiltIn returns the rules that need no file. The time decides whether an allowance has expired.
func BuiltIn(now time.Time) Rules { return Rules{now: now} }

// ReadRules reads a team's own rules and allowances, in addition to the rules that are built in:
//
//	rules:
//	  - name: refunds
//	    severity: high
//	    api: https://payments.example.com/*
//	    scope: refund:*
//	    reason: Refunds move money.
//	allow:
//	  - rule: destructive
//	    client: CleanupClientID
//	    scope: delete:carts
//	    reason: The nightly cleanup deletes carts.
//	    expires: 2027-01-31
func ReadRules(file []byte, now time.Time) (Rules, error) {
	var read struct {
		Rules []ownRule   `yaml:"rules"`
		Allow []allowance `yaml:"allow"`
	}
	if err := yaml.UnmarshalWithOptions(file, &read, yaml.Strict()); err != nil {
		return Rules{}, err
	}
	names := []string{destructive, wildcard, management, selfWidening, thirdParty}
	for i, rule := range read.Rules {
		where := fmt.Sprintf("rules: entry %d (%s)", i+1, rule.Name)
		switch {
		case rule.Name == "" || rule.Reason == "":
			return Rules{}, fmt.Errorf("%s needs a name and a reason", where)
		case slices.Contains(names, rule.Name):
			return Rules{}, fmt.Errorf("%s: there is a rule of this name already", where)
		case rule.Severity != High && rule.Severity != Medium && rule.Severity != Low:
			return Rules{}, fmt.Errorf("%s: the severity must be high, medium or low", where)
		case rule.Match == match{}:
			return Rules{}, fmt.Errorf("%s needs a client, an api or a scope", where)
		}
		names = append(names, rule.Name)
	}
	for i := range read.Allow {
		allowed := &read.Allow[i]
		where := fmt.Sprintf("allow: entry %d", i+1)
		if allowed.Reason == "" || !slices.Contains(names, allowed.Rule) {
			return Rules{}, fmt.Errorf(
				"%s needs a reason, and a rule that is one of %s", where, strings.Join(names, ", "))
		}
		day, err := time.Parse(time.DateOnly, allowed.Expires)
		if err != nil {
			return Rules{}, fmt.Errorf("%s: expires must be a day such as 2027-01-31", where)
		}
		allowed.until = day.AddDate(0, 0, 1)
	}
	return Rules{own: read.Rules, allow: read.Allow, now: now}, nil
}

// The names of the rules that are built in.
const (
	destructive  = "destructive"
	wildcard     = "wildcard"
	management   = "management-api"
	selfWidening = "self-widening"
	thirdParty   = "third-party"
)

var (
	destroys = regexp.MustCompile(
		`(?i)(^|[^a-z])(delete|destroy|remove|purge|erase|wipe|drop|revoke)([^a-z]|$)`)
	// widensItself matches scopes of the Management API with which a client can give itself, or a
	// client that it controls, more access (API contract 2).
	widensItself = regexp.MustCompile(
		`^(create|update):(client_grants|clients|client_keys|client_credentials|resource_servers|` +
			`organization_client_grants|roles|role_members|users|users_app_metadata|actions|` +
			`hooks|rules|tenant_settings|signing_keys)$|^read:(client_keys|user_idp_tokens)$`)
)

// label adds the risks of a report's changes, and a note for each allowance that has expired.
func (r Rules) label(report *Report) {
	for i := range report.Changes {
		change := &report.Changes[i]
		if change.Effect == access.Lost {
			continue
		}
		for _, risk := range r.risks(*change) {
			risk.Allowed = r.allowed(risk, *change)
			change.Risks = append(change.Risks, risk)
		}
	}
	for _, allowed := range r.allow {
		if r.now.Before(allowed.until) {
			continue
		}
		report.Notes = append(report.Notes, Note{
			Verdict: Neutral, Title: "An allowance of the rule " + allowed.Rule + " has expired",
			Text: "It was valid until " + allowed.Expires + ": " + allowed.Reason,
		})
	}
}

func (r Rules) risks(c Change) (found []Risk) {
	if c.Scope == access.NoScope {
		return nil // What the token can be used for counts.
	}
	add := func(rule string, severity Severity, reason string) {
		found = append(found, Risk{Rule: rule, Severity: severity, Reason: reason})
	}
	if destroys.MatchString(c.Scope) {
		add(destructive, High, "The scope destroys data.")
	}
	switch {
	case strings.Contains(c.Scope, "*"):
		add(wildcard, High, "The scope stands for many scopes.")
	case c.Organization == access.AnyOrganization:
		add(wildcard, Medium, "Tokens can be for any organization.")
	}
	if strings.HasPrefix(c.API, "https://") && strings.HasSuffix(c.API, "/api/v2/") {
		add(management, Medium, "The Management API controls the tenant.")
		if widensItself.MatchString(c.Scope) || c.Scope == access.AllScopes {
			add(selfWidening, High, "With this scope a client can give itself more access.")
		}
	}
	if c.Client == access.ThirdPartyClients {
		add(thirdParty, Medium, "Other companies operate these clients.")
	}
	for _, rule := range r.own {
		if rule.Match.matches(c) {
			add(rule.Name, rule.Severity, rule.Reason)
		}
	}
	return found
}

// allowed returns the reason for which a risk is accepted.
func (r Rules) allowed(risk Risk, c Change) string {
	for _, allowed := range r.allow {
		if allowed.Rule == risk.Rule && allowed.Match.matches(c) && r.now.Before(allowed.until) {
			return allowed.Reason
		}
	}
	return ""
}
