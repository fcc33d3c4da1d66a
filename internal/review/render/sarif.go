// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/" +
	"sarif-schema-2.1.0.json"

// Source is a place in the configuration: a path with slashes, relative to the root of the
// repository, and a line from 1.
type Source struct {
	Path string
	Line int
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
	Properties struct {
		Verdict review.Verdict `json:"verdict"`
		Summary string         `json:"summary"`
	} `json:"properties"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string    `json:"id"`
	ShortDescription sarifText `json:"shortDescription"`
	Default          struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
	Properties struct {
		Tags     []string `json:"tags"`
		Severity string   `json:"security-severity"`
	} `json:"properties"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   any               `json:"properties"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine int `json:"startLine"`
		} `json:"region"`
	} `json:"physicalLocation"`
	Logical []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifLogical struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}

// SARIF writes what widens access, and what is unknown, in SARIF 2.1.0.
//
// GitHub shows a result only if it has a place in a file, and a plan does not say where a resource
// is written. So locate says where a resource is. It may be nil, and it returns the zero Source for
// a resource that it does not find: such results are at the first line of main.tf.
func SARIF(w io.Writer, r review.Report, locate func(address string) Source) error {
	results := sarifResults{
		words: words{r.Names}, locate: locate, rules: map[string]sarifRule{},
		results: []sarifResult{},
	}
	for _, change := range r.Changes {
		if change.Effect != access.Lost {
			results.change(change)
		}
	}
	for _, note := range r.Notes {
		if note.Verdict == review.Widens || note.Verdict == review.Unknown {
			results.note(note)
		}
	}
	var run sarifRun
	run.Tool.Driver = sarifDriver{
		Name:           "m2m-review",
		InformationURI: "https://github.com/terraform-m2m/terraform-provider-m2m",
		Rules:          []sarifRule{},
	}
	ids := slices.Sorted(maps.Keys(results.rules))
	for _, id := range ids {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, results.rules[id])
	}
	for i := range results.results {
		results.results[i].RuleIndex = slices.Index(ids, results.results[i].RuleID)
	}
	run.ColumnKind = "utf16CodeUnits"
	run.Results = results.results
	run.Properties.Verdict, run.Properties.Summary = r.Verdict, newPage(r).Summary
	return writeJSON(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{run}})
}

type sarifResults struct {
	words   words
	locate  func(address string) Source
	rules   map[string]sarifRule
	results []sarifResult
}

func (s *sarifResults) change(c review.Change) {
	row := s.words.row([]review.Change{c})
	does := "gains"
	if c.Client == access.FirstPartyClients || c.Client == access.ThirdPartyClients {
		does = "gain"
	}
	if c.Effect == access.Undecided {
		does = "may gain or lose (known only after the apply)"
	}
	sentences := []string{
		s.words.client(c.Client) + " " + does + " " + strings.Join(row.Scopes, ", ") + " of API " +
			s.words.named(c.API) + ", " + row.Tokens + ".", row.Reason,
	}
	s.add(string(c.Effect), sentences, row.Risks, c.Risks, c.Addresses, []string{
		c.Client, c.API, c.SubjectType, c.Scope, c.Organization,
	}, map[string]any{
		"client": c.Client, "api": c.API, "subject_type": c.SubjectType, "scope": c.Scope,
		"organization": c.Organization,
	})
}

func (s *sarifResults) note(n review.Note) {
	shown := s.words.notes([]review.Note{n})[0]
	var addresses []string
	if n.Address != "" {
		addresses = []string{n.Address}
	}
	s.add(string(shown.Effect()), []string{shown.Title + ".", shown.Text}, shown.Risks, n.Risks,
		addresses, []string{n.Address, n.Title}, map[string]any{"title": n.Title})
}

func (s *sarifResults) add(
	effect string, sentences []string, shownRisks []risk, risks []review.Risk,
	addresses, identity []string, properties map[string]any,
) {
	for _, r := range shownRisks {
		label := r.Label()
		sentences = append(sentences, strings.ToUpper(label[:1])+label[1:]+": "+r.Explanation())
	}
	rule := s.rule(effect, risks)
	properties["effect"], properties["risks"] = effect, jsonRisks(risks)
	hash := sha256.Sum256([]byte(strings.Join(append(identity, effect), "\x00")))
	s.results = append(s.results, sarifResult{
		RuleID: rule.ID, Level: rule.Default.Level,
		Message: sarifText{message(sentences)}, Locations: s.locations(addresses),
		// GitHub takes results of one rule, place and hash for one.
		Fingerprints: map[string]string{
			"primaryLocationLineHash": hex.EncodeToString(hash[:8]) + ":1",
		},
		Properties: properties,
	})
}

// rule returns the rule for an effect with its worst risk.
func (s *sarifResults) rule(effect string, risks []review.Risk) sarifRule {
	rule := sarifRule{ID: "access-" + effect}
	rule.ShortDescription.Text = "A client gains access."
	level, severity := "note", "2.0"
	if effect == string(access.Undecided) {
		rule.ShortDescription.Text = "Access depends on values that are known only after the apply."
		level, severity = "warning", "5.0"
	}
	open := slices.DeleteFunc(slices.Clone(risks), func(r review.Risk) bool {
		return r.Allowed != ""
	})
	slices.SortStableFunc(open, func(a, b review.Risk) int {
		return cmp.Or(
			cmp.Compare(rank(a.Severity, a.Allowed), rank(b.Severity, b.Allowed)),
			cmp.Compare(a.Rule, b.Rule))
	})
	if len(open) > 0 {
		rule.ID += "/" + open[0].Rule + "/" + string(open[0].Severity)
		rule.ShortDescription.Text = strings.TrimSuffix(rule.ShortDescription.Text, ".") +
			": " + plain(newRisk(open[0]).Label()) + "."
		switch open[0].Severity {
		case review.High:
			level, severity = "error", "8.0"
		case review.Medium:
			level, severity = "warning", "5.0"
		case review.Low:
		}
	}
	rule.Default.Level = level
	rule.Properties.Tags = []string{"security", "access"}
	rule.Properties.Severity = severity
	s.rules[rule.ID] = rule
	return rule
}

func (s *sarifResults) locations(addresses []string) []sarifLocation {
	var found []sarifLocation
	for _, address := range append(slices.Clone(addresses), "")[:max(1, len(addresses))] {
		var source Source
		if s.locate != nil && address != "" {
			source = s.locate(address)
		}
		uri := url.URL{Path: cmp.Or(source.Path, "main.tf")}
		var l sarifLocation
		l.Physical.Artifact.URI = uri.String()
		l.Physical.Region.StartLine = max(source.Line, 1)
		if address != "" {
			l.Logical = []sarifLogical{{address, "resource"}}
		}
		found = append(found, l)
	}
	return found
}

func message(sentences []string) string {
	sentences = slices.DeleteFunc(sentences, func(s string) bool { return s == "" })
	return plain(strings.Join(sentences, " "))
}

// plain escapes what makes a link in a message (SARIF 2.1.0, 3.11.6).
func plain(text string) string { return brackets.Replace(text) }

var brackets = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`)
