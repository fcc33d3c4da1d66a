// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/render"
)

func TestJSON_matchesItsSchema(t *testing.T) {
	t.Parallel()
	schema := compiled(t, render.Schema)
	for name, report := range map[string]review.Report{
		"small": small(), "empty": empty(), "large": large(100), "hostile": hostile("\x1b<b>"),
	} {
		if err := schema.Validate(decoded(t, rendered(t, render.JSON, report))); err != nil {
			t.Errorf("the JSON of the %s report: %v", name, err)
		}
	}
}

// TestJSON_schemaIsComplete checks that the schema describes each property, and requires those that
// are always there.
func TestJSON_schemaIsComplete(t *testing.T) {
	t.Parallel()
	// With additional properties refused, a property that is not described is an error.
	var strict map[string]any
	if err := json.Unmarshal(render.Schema, &strict); err != nil {
		t.Fatal(err)
	}
	closed := func(object any) { object.(map[string]any)["unevaluatedProperties"] = false }
	closed(strict)
	definitions := strict["$defs"].(map[string]any)
	for _, name := range []string{"object", "change", "note", "access"} {
		closed(definitions[name])
	}
	closed(definitions["risks"].(map[string]any)["items"])
	text, err := json.Marshal(strict)
	if err != nil {
		t.Fatal(err)
	}
	schema := compiled(t, text)
	report := rendered(t, render.JSON, small())
	if err := schema.Validate(decoded(t, report)); err != nil {
		t.Error("the schema does not describe all of the JSON:", err)
	}
	for _, property := range []string{"verdict", "effect", "scope", "rule", "uncertain", "id", "title"} {
		broken := strings.ReplaceAll(report, `"`+property+`":`, `"other":`)
		if schema.Validate(decoded(t, broken)) == nil {
			t.Errorf("the schema accepts a report without %q", property)
		}
	}
}

func compiled(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("report.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// sarifLog is what SARIF and GitHub require.
type sarifLog struct {
	Schema  string `json:"$schema"`
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name  string
				Rules []struct {
					ID                   string
					ShortDescription     struct{ Text string }
					DefaultConfiguration struct{ Level string }
				}
			}
		}
		Results []struct {
			RuleID    string
			RuleIndex int
			Level     string
			Message   struct{ Text string }
			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine int }
				}
				LogicalLocations []struct{ FullyQualifiedName, Kind string }
			}
			PartialFingerprints map[string]string
			Properties          map[string]any
		}
	}
}

func TestSARIF_hasWhatWidensOrIsUnknown(t *testing.T) {
	t.Parallel()
	locate := func(address string) render.Source {
		if address == "m2m_client_grant.ci" {
			return render.Source{Path: "envs/prod eu/main.tf", Line: 12}
		}
		return render.Source{}
	}
	log := sarif(t, small(), locate)
	if log.Version != "2.1.0" || !strings.HasSuffix(log.Schema, "sarif-schema-2.1.0.json") ||
		len(log.Runs) != 1 {
		t.Fatalf("version %q, schema %q, %d runs", log.Version, log.Schema, len(log.Runs))
	}
	run := log.Runs[0]
	var got []string
	hashes := map[string]bool{}
	for _, result := range run.Results {
		place := result.Locations[0].PhysicalLocation
		logical := result.Locations[0].LogicalLocations[0]
		got = append(got, strings.Join([]string{
			result.RuleID, result.Level, place.ArtifactLocation.URI,
			string(rune('0'+place.Region.StartLine%10)) + " " + logical.FullyQualifiedName,
			logical.Kind, result.Message.Text,
		}, "\n"))
		if rule := run.Tool.Driver.Rules[result.RuleIndex]; rule.ID != result.RuleID ||
			rule.ShortDescription.Text == "" || rule.DefaultConfiguration.Level != result.Level {
			t.Errorf("the rule of %q is %+v", result.RuleID, rule)
		}
		hashes[result.PartialFingerprints["primaryLocationLineHash"]] = true
	}
	if len(hashes) != len(got) {
		t.Errorf("%d results have %d fingerprints: GitHub would merge them", len(got), len(hashes))
	}
	want := []string{
		"access-gained\nnote\nmain.tf\n1 m2m_resource_server.billing\nresource\n" +
			"All first-party clients, for their users gain a token without scopes of API Billing (https://billing.example.com/), in and outside organizations. The policy for users becomes allow_all.",
		"access-unknown\nwarning\nmain.tf\n1 m2m_client_grant.new[\"eu\"]\nresource\n" +
			"Client m2m_client.new may gain or lose (known only after the apply) all scopes of API Orders (https://orders.example.com/), outside organizations. Accepted medium risk, wildcard (all scopes): The client gets each scope that the API will define. Accepted: The nightly export needs all of them (until 2027-03-31).",
		"access-gained\nnote\nenvs/prod%20eu/main.tf\n2 m2m_client_grant.ci\nresource\n" +
			"Client CI runner (n3XkPq8aZr) gains a token without scopes of API Orders (https://orders.example.com/), outside organizations.",
		"access-gained/destructive/high\nerror\nenvs/prod%20eu/main.tf\n2 m2m_client_grant.ci\nresource\n" +
			"Client CI runner (n3XkPq8aZr) gains delete:orders of API Orders (https://orders.example.com/), outside organizations. High risk, destructive (delete:orders): The scope lets the client delete data.",
		"access-gained\nnote\nenvs/prod%20eu/main.tf\n2 m2m_client_grant.ci\nresource\n" +
			"Client CI runner (n3XkPq8aZr) gains read:orders of API Orders (https://orders.example.com/), outside organizations.",
		"access-gained/token-lifetime/low\nnote\nmain.tf\n1 m2m_resource_server.orders\nresource\n" +
			"Tokens live longer. Tokens for the API are valid for 24 h instead of 1 h. Low risk, token-lifetime: A stolen token can be used for longer.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

func TestSARIF_withoutResults(t *testing.T) {
	t.Parallel()
	// Arrays must not be null.
	text := rendered(t, formats["sarif"], empty())
	for _, want := range []string{`"results": []`, `"rules": []`} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s in %s", want, text)
		}
	}
}

func sarif(t *testing.T, r review.Report, locate func(string) render.Source) sarifLog {
	t.Helper()
	var log sarifLog
	text := rendered(t, func(w io.Writer, r review.Report) error {
		return render.SARIF(w, r, locate)
	}, r)
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	return log
}
