// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/printable"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
)

// FormatVersion is the version of the JSON. Additions raise the minor number; a reader of 1.0 must
// ignore properties that it does not know.
const FormatVersion = "1.0"

// Schema is the JSON Schema of the JSON.
//
//go:embed report.schema.json
var Schema []byte

type jsonReport struct {
	FormatVersion     string         `json:"format_version"`
	Verdict           review.Verdict `json:"verdict"`
	Summary           string         `json:"summary"`
	RelevantResources int            `json:"relevant_resources"`
	Changes           []jsonChange   `json:"changes"`
	Notes             []jsonNote     `json:"notes"`
	Before            []jsonAccess   `json:"before"`
	After             []jsonAccess   `json:"after"`
}

type jsonObject struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

type jsonKey struct {
	Client       jsonObject `json:"client"`
	API          jsonObject `json:"api"`
	SubjectType  string     `json:"subject_type"`
	Scope        string     `json:"scope"`
	Organization jsonObject `json:"organization"`
}

type jsonChange struct {
	Effect access.Effect `json:"effect"`
	jsonKey
	Addresses         []string   `json:"addresses"`
	Reason            string     `json:"reason,omitempty"`
	TokensLastSeconds int64      `json:"tokens_last_seconds,omitempty"`
	Risks             []jsonRisk `json:"risks"`
}

type jsonNote struct {
	Verdict review.Verdict `json:"verdict"`
	Address string         `json:"address,omitempty"`
	Title   string         `json:"title"`
	Text    string         `json:"text,omitempty"`
	Risks   []jsonRisk     `json:"risks"`
}

type jsonRisk struct {
	Rule     string          `json:"rule"`
	Severity review.Severity `json:"severity"`
	Reason   string          `json:"reason"`
	Allowed  string          `json:"allowed,omitempty"`
}

type jsonAccess struct {
	jsonKey
	NeedsRole bool              `json:"needs_role"`
	Uncertain bool              `json:"uncertain"`
	Kind      access.ReasonKind `json:"reason_kind"`
	Source    string            `json:"reason_source"`
}

// JSON writes a report for programs. Schema describes it. Texts are as they came.
func JSON(w io.Writer, r review.Report) error {
	name := func(id string) jsonObject { return jsonObject{id, r.Names[id]} }
	key := func(client, api, subjectType, scope, organization string) jsonKey {
		return jsonKey{name(client), name(api), subjectType, scope, name(organization)}
	}
	report := jsonReport{
		FormatVersion: FormatVersion, Verdict: r.Verdict, Summary: newPage(r).Summary,
		RelevantResources: r.Relevant,
		Changes:           []jsonChange{}, Notes: []jsonNote{},
	}
	for _, c := range r.Changes {
		report.Changes = append(report.Changes, jsonChange{
			Effect:    c.Effect,
			jsonKey:   key(c.Client, c.API, c.SubjectType, c.Scope, c.Organization),
			Addresses: append([]string{}, c.Addresses...), Reason: c.Reason,
			TokensLastSeconds: int64(c.TokensLast / time.Second), Risks: jsonRisks(c.Risks),
		})
	}
	for _, n := range r.Notes {
		report.Notes = append(report.Notes, jsonNote{
			n.Verdict, n.Address, n.Title, n.Text, jsonRisks(n.Risks),
		})
	}
	rows := func(rows []access.Row) []jsonAccess {
		found := []jsonAccess{}
		for _, row := range rows {
			found = append(found, jsonAccess{
				key(row.Client, row.API, row.SubjectType, row.Scope, row.Organization),
				row.Roles, row.Uncertain, row.Reason.Kind, row.Reason.Source,
			})
		}
		return found
	}
	report.Before, report.After = rows(r.Before), rows(r.After)
	return writeJSON(w, report)
}

func jsonRisks(risks []review.Risk) []jsonRisk {
	found := []jsonRisk{}
	for _, r := range risks {
		found = append(found, jsonRisk(r))
	}
	return found
}

// writeJSON writes a value so that a terminal can show it. The escape sequences for control
// characters are the ones of JSON.
func writeJSON(w io.Writer, value any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	_, err := io.WriteString(w, printable.Text(b.String()))
	return err
}
