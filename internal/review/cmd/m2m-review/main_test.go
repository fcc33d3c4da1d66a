// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/release"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing them")

// output is what the command says and returns.
type output struct {
	stdout, stderr string
	code           int
}

func reviewed(t *testing.T, stdin string, args ...string) output {
	t.Helper()
	return reviewedIn(t, nil, stdin, args...)
}

func reviewedIn(t *testing.T, env map[string]string, stdin string, args ...string) output {
	t.Helper()
	var stdout, stderr strings.Builder
	code := run(t.Context(), args, world{
		stdin: strings.NewReader(stdin), stdout: &stdout, stderr: &stderr,
		getenv: func(name string) string { return env[name] },
		now:    time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC),
	})
	return output{stdout.String(), stderr.String(), code}
}

const plans = "../../testdata/plans"

// TestPlans reviews plans of a real Terraform: see the target plans of the makefile.
func TestPlans(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(plans, "*", "plan.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			got := reviewed(t, "", file)
			if got.stderr != "" {
				t.Fatal(got.stderr)
			}
			text := fmt.Sprintf("%s\nexit code %d\n", got.stdout, got.code)
			golden := filepath.Join(filepath.Dir(file), "review.txt")
			if *update {
				if err := os.WriteFile(golden, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), text); diff != "" {
				t.Errorf("the review has changed (-want +got):\n%s", diff)
			}
		})
	}
}

// The guide shows a review of a real plan.
func TestGuide_showsAReview(t *testing.T) {
	page, err := os.ReadFile("../../../../templates/guides/review-access.md")
	if err != nil {
		t.Fatal(err)
	}
	got := reviewed(t, "", filepath.Join(plans, "scope_granted", "plan.json"))
	block := "```text\n" + strings.TrimRight(got.stdout, "\n") + "\n```"
	if !strings.Contains(string(page), block) {
		t.Errorf("the guide lacks:\n%s", block)
	}
}

// Several plans are one review: the API in one root module decides about the grant in another.
func TestReview_severalPlans(t *testing.T) {
	dir := t.TempDir()
	write := func(name, typeName, action, before, after string) string {
		file := filepath.Join(dir, name)
		plan := fmt.Sprintf(`{"format_version":"1.2","resource_changes":[{"address":"%[1]s.x",
			"mode":"managed","type":%[1]q,"name":"x","change":{"actions":[%[2]q],
			"before":%[3]s,"after":%[4]s,"after_unknown":{}}}]}`, typeName, action, before, after)
		if err := os.WriteFile(file, []byte(plan), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	const policy = `"subject_type_authorization":{"user":{"policy":"deny_all"}}`
	apis := write("apis.json", "m2m_resource_server", "update",
		`{"identifier":"urn:a","scopes":{"r":null},`+policy+`}`,
		`{"identifier":"urn:a","scopes":{"r":null,"w":null},`+policy+`}`)
	const grant = `{"id":"cgr_1","client_id":"ci","audience":"urn:a","allow_all_scopes":true}`
	grants := write("grants.json", "m2m_client_grant", "no-op", grant, grant)
	got := reviewed(t, "", apis, grants)
	for _, want := range []string{
		"WIDENS: 1 client gains 1 scope at 1 API", "+   w\n", "by apis.json: m2m_resource_server.x\n",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q is missing in:\n%s%s", want, got.stdout, got.stderr)
		}
	}
}

// A value that is sensitive in one place is shown in none.
func TestReview_sensitive(t *testing.T) {
	const plan = `{"format_version":"1.2","resource_changes":[{"address":"m2m_client_grant.x",
		"mode":"managed","type":"m2m_client_grant","name":"x","change":{"actions":["update"],
		"before":{"id":"cgr_1","client_id":"s3cret","audience":"urn:a","scopes":["r"]},
		"after":{"id":"cgr_1","client_id":"s3cret","audience":"urn:a","scopes":["r","top-s3cret"]},
		"after_unknown":{},"before_sensitive":false,
		"after_sensitive":{"client_id":true,"scopes":[false,true]}}}]}`
	for _, format := range formatNames {
		got := reviewed(t, plan, "-format", format)
		if got.code != exitWidens || strings.Contains(got.stdout+got.stderr, "s3cret") ||
			!strings.Contains(got.stdout, "(sensitive value 1)") {
			t.Errorf("%s: %+v", format, got)
		}
	}
}

// -live finds the grant that the plan does not hold.
func TestReview_live(t *testing.T) {
	server, err := testserver.Listen(testserver.Config{
		Addr: "127.0.0.1:0", SigningKeys: testkeys.Signing(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	create := func(path, body string) {
		if status, answer := server.Dashboard("POST", "/api/v2/"+path, body); status != 201 {
			t.Fatal(string(answer))
		}
	}
	create("resource-servers", `{"identifier":"urn:a","scopes":[{"value":"r"}],
		"subject_type_authorization":{"user":{"policy":"deny_all"}}}`)
	create("client-grants", fmt.Sprintf(
		`{"client_id":%q,"audience":"urn:a","allow_all_scopes":true}`, testserver.MachineClientID,
	))
	const plan = `{"format_version":"1.2","resource_changes":[{
		"address":"m2m_resource_server_scope.w","mode":"managed","type":"m2m_resource_server_scope",
		"name":"w","change":{"actions":["create"],"before":null,
		"after":{"resource_server_identifier":"urn:a","scope":"w"},"after_unknown":{}}}]}`
	env := map[string]string{
		"AUTH0_DOMAIN": server.URL(), "AUTH0_CLIENT_ID": testserver.ManagementClientID,
		"AUTH0_CLIENT_SECRET": testserver.ManagementClientSecret,
	}
	if got := reviewedIn(t, env, plan); !strings.HasPrefix(got.stdout, "NEUTRAL") {
		t.Errorf("without -live: %+v", got)
	}
	got := reviewedIn(t, env, plan, "-live")
	for _, want := range []string{
		"WIDENS", "Client Machine Client (" + testserver.MachineClientID + ")", "+   w\n",
		"by m2m_resource_server_scope.w",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("with -live: %q is missing in:\n%s%s", want, got.stdout, got.stderr)
		}
	}
}

func TestReview_badInput(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join(plans, "scope_granted", "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		stdin string
		want  string // The error.
	}{
		"nothing": {"", "standard input: the plan is cut off after 0 bytes"},
		"text": {
			"Terraform will perform the following actions",
			"not the JSON of a Terraform or OpenTofu plan",
		},
		"array": {"[]", "it is not an object"},
		"cut":   {string(whole[:len(whole)/2]), "the plan is cut off after"},
		"state": {
			`{"format_version":"1.0","values":{"root_module":{}}}`, "it is probably a state",
		},
		"other JSON": {`{"resource_changes":[]}`, "it has no format_version"},
		"newer":      {`{"format_version":"2.0"}`, `format version "2.0"; this command reads version 1`},
		"wrong type": {
			`{"format_version":"1.2","resource_changes":{}}`, "resource_changes is not an array",
		},
		"deep": {
			`{"format_version":"1.2","configuration":` + strings.Repeat(`{"module":`, 1000),
			"it is nested too deeply",
		},
		"deep change": {
			`{"format_version":"1.2","resource_changes":[{"mode":"managed","type":"m2m_client_grant",` +
				`"change":` + strings.Repeat("[", 20000),
			"m2m-review: standard input: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := reviewed(t, c.stdin)
			if got.code != exitError || !strings.Contains(got.stderr, c.want) || got.stdout != "" {
				t.Errorf("%+v\nwant an error with %q", got, c.want)
			}
		})
	}
}

func TestReview_nothingRelevant(t *testing.T) {
	got := reviewed(t, `{"format_version":"1.2","resource_changes":[{"address":"aws_instance.web",
		"mode":"managed","type":"aws_instance","name":"web","change":{"actions":["create"],
		"before":null,"after":{"ami":"x"},"after_unknown":{}}}]}`)
	if got.code != exitOK || !strings.HasPrefix(got.stdout, "NEUTRAL") {
		t.Errorf("%+v", got)
	}
}

func TestReview_exitCodes(t *testing.T) {
	for _, c := range []struct {
		plan, failOn string
		want         int
	}{
		{"scope_granted", "widens,unknown", exitWidens},
		{"scope_granted", "never", exitOK},
		{"scope_granted", "unknown", exitOK},
		{"scope_granted", "high", exitWidens}, // delete:orders destroys data.
		{"all_scopes_allowed", "high", exitOK},
		{"scope_removed_from_api", "widens,unknown", exitOK},
		{"scope_removed_from_api", "narrows", exitWidens},
		{"known_after_apply", "widens,unknown", exitUnknown},
		{"known_after_apply", "widens", exitOK},
		{"nothing_gained", "widens,unknown,narrows,low", exitOK},
	} {
		got := reviewed(t, "", "-fail-on", c.failOn, filepath.Join(plans, c.plan, "plan.json"))
		if got.code != c.want {
			t.Errorf(
				"%s with -fail-on %s: exit code %d, want %d",
				c.plan,
				c.failOn,
				got.code,
				c.want,
			)
		}
	}
}

func TestReview_acceptedRisks(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rules.yaml")
	rules := func(expires string) string {
		return "rules:\n  - name: orders\n    severity: low\n    api: https://orders.*\n" +
			"    reason: Orders are watched.\n" +
			"allow:\n  - rule: destructive\n    scope: delete:*\n" +
			"    reason: The cleanup may.\n    expires: " + expires + "\n"
	}
	plan := filepath.Join(plans, "scope_granted", "plan.json")
	for _, c := range []struct {
		expires string
		code    int
		says    string
	}{
		{"2030-01-01", exitOK, "The cleanup may."},
		{"2029-12-31", exitWidens, "An allowance of the rule destructive has expired"},
	} {
		if err := os.WriteFile(file, []byte(rules(c.expires)), 0o600); err != nil {
			t.Fatal(err)
		}
		got := reviewed(t, "", "-rules", file, "-fail-on", "high", plan)
		if got.code != c.code || !strings.Contains(got.stdout, c.says) ||
			!strings.Contains(got.stdout, "Orders are watched.") {
			t.Errorf("expires %s: exit code %d, want %d and %q in:\n%s",
				c.expires, got.code, c.code, c.says, got.stdout)
		}
	}
}

func TestReview_badRules(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rules.yaml")
	for text, want := range map[string]string{
		"rulez: []":              "unknown field",
		"rules: [{name: a}]":     "needs a name and a reason",
		"allow: [{rule: other}]": "needs a reason, and a rule that is one of destructive",
		"allow: [{rule: wildcard, reason: r, expires: soon}]":           "expires must be a day",
		"rules: [{name: a, reason: r, severity: urgent, scope: x}]":     "must be high, medium or low",
		"rules: [{name: wildcard, reason: r, severity: low, scope: x}]": "a rule of this name already",
		"rules: [{name: everything, reason: r, severity: low}]":         "needs a client, an api or a scope",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got := reviewed(t, "", "-rules", file, filepath.Join(plans, "scope_granted", "plan.json"))
		if got.code != exitError || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v, want %q", text, got, want)
		}
	}
}

func TestReview_files(t *testing.T) {
	dir := t.TempDir()
	args := []string{filepath.Join(plans, "scope_granted", "plan.json")}
	starts := map[string]string{
		"r.txt": "WIDENS", "r.md": "<!-- m2m-review -->", "r.json": "{", "r.sarif": "{",
		"r.html": "<!DOCTYPE html>",
	}
	for name := range starts {
		args = append([]string{"-out", filepath.Join(dir, name)}, args...)
	}
	if got := reviewed(t, "", args...); got.code != exitWidens || got.stderr != "" {
		t.Fatalf("%+v", got)
	}
	for name, start := range starts {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.HasPrefix(strings.ToLower(string(text)), strings.ToLower(start)) {
			t.Errorf("%s starts with %.40q, want %q (%v)", name, text, start, err)
		}
	}
}

func TestReview_version(t *testing.T) {
	got := reviewed(t, "", "-version")
	if want := release.Of("", "").Line("m2m-review"); got.stdout != want || got.code != 0 {
		t.Errorf("got %+v, want %q", got, want)
	}
}

func TestReview_badFlags(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-format", "pdf"}, "-format must be one of text, markdown, json, sarif, html"},
		{[]string{"-out", "review.pdf"}, "must be .txt, .md, .json, .sarif or .html"},
		{[]string{"-fail-on", "always"}, `"always" is not one of widens`},
		{[]string{"-fail-on", "never,widens"}, "never goes with no other reason"},
		{[]string{"-color", "blue"}, "-color must be auto, always or never"},
		{[]string{"-colour"}, "-help lists the flags"},
		{[]string{"missing.json"}, "missing.json"},
		{[]string{"-live", filepath.Join(plans, "scope_granted", "plan.json")}, "set AUTH0_DOMAIN"},
	} {
		got := reviewed(t, "", c.args...)
		if got.code != exitError || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%v: %+v, want %q", c.args, got, c.want)
		}
	}
}
