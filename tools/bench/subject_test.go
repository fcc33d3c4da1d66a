// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// newSubject returns a subject with one of the configurations of this repository.
func newSubject(t *testing.T, name, source string) *subject {
	t.Helper()
	config, err := filepath.Abs(filepath.Join("config", name))
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "metered")
	if err := os.WriteFile(binary, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	s := &subject{name: name, config: config, source: source, binary: "/bin/provider"}
	if err := s.prepare(t.TempDir(), binary); err != nil {
		t.Fatal(err)
	}
	return s
}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A configuration has nothing left of the one before, nor of its state.
func TestSubject_configureReplaces(t *testing.T) {
	s := newSubject(t, "m2m", "terraform-m2m/m2m")
	for _, tc := range []struct {
		scenario Scenario
		state    string
		want     []string
	}{
		{
			Scenario{Objects: 1, Capacity: 70},
			"{}",
			[]string{
				"apis.tf", "bench.auto.tfvars.json", "capacity_override.tf", "grants.tf",
				"provider.tf", "terraform.tfstate",
			},
		},
		{
			Scenario{Scopes: 5},
			"",
			[]string{"bench.auto.tfvars.json", "grant.tf", "provider.tf"},
		},
	} {
		if err := s.configure(tc.scenario, []byte(tc.state)); err != nil {
			t.Fatal(err)
		}
		if got := filesIn(t, s.work()); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %q, want %q", tc.scenario, got, tc.want)
		}
	}
}

func TestSubject_references(t *testing.T) {
	s := newSubject(t, "m2m", "terraform-m2m/m2m")
	for references, want := range map[bool]string{
		true:  "m2m_resource_server.api[each.key].identifier",
		false: `"https://${each.key}.example.com"`,
	} {
		if err := s.configure(Scenario{Objects: 1, References: references}, nil); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(s.work(), "grants.tf"))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("references %v: %v, and no %s in\n%s", references, err, want, text)
		}
	}
}

// Every subject has a configuration for every shape of scenario.
func TestConfigurations_areComplete(t *testing.T) {
	for _, name := range []string{"m2m", "floor", "auth0"} {
		s := newSubject(t, name, "")
		for _, x := range []Scenario{{Objects: 1}, {Objects: 1, References: true}, {Scopes: 1}} {
			if !s.supports(x) {
				t.Errorf("%s has no configuration for %+v", name, x)
			}
		}
	}
}

// Settings of the collector are for the benchmark, not for what it measures.
func TestSubject_environment(t *testing.T) {
	t.Setenv("GOGC", "400")
	t.Setenv("TF_LOG", "TRACE")
	s := newSubject(t, "auth0", "auth0/auth0")
	env := s.environment(map[string]string{
		"AUTH0_DOMAIN": "127.0.0.1:1", "SSL_CERT_FILE": "/ca.pem",
	})
	for _, want := range []string{
		"AUTH0_DOMAIN=127.0.0.1:1", "SSL_CERT_FILE=/ca.pem", "M2M_BENCH_PROVIDER=/bin/provider",
		"M2M_BENCH_USAGE=" + s.usage(),
	} {
		if !slices.Contains(env, want) {
			t.Errorf("no %s in %q", want, env)
		}
	}
	for _, kv := range env {
		if strings.HasPrefix(kv, "GOGC=") || strings.HasPrefix(kv, "TF_LOG=") {
			t.Errorf("%s reached the CLI", kv)
		}
	}
}

func TestCommandsOf(t *testing.T) {
	for x, want := range map[Scenario]string{
		{Work: Create}: "apply -auto-approve -var=grants=false; " +
			"apply -auto-approve -refresh=false",
		{Work: Create, References: true}: "apply -auto-approve",

		{Work: Plan}:    "plan -detailed-exitcode",
		{Work: Destroy}: "destroy -auto-approve",
		{Work: Rename}:  "apply -auto-approve -var=revision=2",
		{Work: Change}:  "apply -auto-approve -var=revision=2 -var=grant_revision=2",
	} {
		var got []string
		for _, args := range commandsOf(x) {
			got = append(got, strings.Join(args, " "))
		}
		if got := strings.Join(got, "; "); got != want {
			t.Errorf("%+v: got %q, want %q", x, got, want)
		}
	}
}
