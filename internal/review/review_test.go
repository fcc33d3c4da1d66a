// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package review

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
)

// brief reviews a plan, and returns a line for each change of access of machines and for each note.
func brief(t *testing.T, text string) (lines []string) {
	t.Helper()
	read, err := plan.Read(strings.NewReader(text), Wanted)
	if err != nil {
		t.Fatal(err)
	}
	r := Review([]Plan{{Name: "plan.json", Plan: read}}, Tenant{}, BuiltIn(time.Time{}))
	for _, c := range r.Changes {
		if c.SubjectType == access.Machine && c.Scope != access.NoScope {
			lines = append(lines, fmt.Sprint(c.Effect, " ", c.Client, " ", c.Scope, " ", c.Organization))
		}
	}
	for _, n := range r.Notes {
		lines = append(lines, fmt.Sprint(n.Verdict, " ", n.Title))
	}
	return lines
}

// planOf is a plan that creates a resource. Attributes and references are JSON.
func planOf(typeName, index, after, unknown, expressions string, more ...string) string {
	local := typeName + ".x" + index
	resources := append([]string{fmt.Sprintf(`{"address":%q,"mode":"managed","type":%q,"name":"x",
		"change":{"actions":["create"],"before":null,"after":%s,"after_unknown":%s}}`,
		local, typeName, after, unknown)}, more...)
	return fmt.Sprintf(`{"format_version":"1.2","resource_changes":[%s],
		"configuration":{"root_module":{"resources":[{"address":%q,"type":%q,"expressions":%s}]}}}`,
		strings.Join(resources, ","), typeName+".x", typeName, expressions)
}

func TestReview_values(t *testing.T) {
	const grantOf = `{"audience":"urn:a","scopes":["r"],"subject_type":"client"`
	client := func(key string) string {
		return fmt.Sprintf(`{"address":%q,"mode":"managed","type":"auth0_client","name":"c",
			"change":{"actions":["create"],"before":null,"after":{"name":%q},
			"after_unknown":{"client_id":true}}}`, fmt.Sprintf("auth0_client.c[%q]", key), key)
	}
	for name, c := range map[string]struct {
		plan string
		want []string
	}{
		"an unknown client": {
			planOf("m2m_client_grant", "", grantOf+`}`, `{"client_id":true}`,
				`{"client_id":{"references":["module.m.id","module.m"]},"scopes":{}}`),
			[]string{"unknown (known after apply: module.m.id) r "},
		},
		"a value that the tenant fills in": {
			planOf("auth0_client_grant", "", `{"audience":"urn:a","client_id":"c","scopes":["r"]}`,
				`{"subject_type":true,"organization_usage":true}`, `{"client_id":{},"scopes":{}}`),
			[]string{"gained c r "},
		},
		"an unknown subject type": {
			planOf("m2m_client_grant", "", `{"audience":"urn:a","client_id":"c","scopes":["r"]}`,
				`{"subject_type":true}`, `{"client_id":{},"subject_type":{"references":["var.s"]}}`),
			[]string{"unknown c r "},
		},
		"the new client of the same key": {
			planOf("m2m_client_grant", `["b"]`, grantOf+`}`, `{"client_id":true}`,
				`{"client_id":{"references":["auth0_client.c","each.key"]}}`, client("a"), client("b")),
			[]string{`gained auth0_client.c["b"] r `},
		},
		"the new client of a key": {
			planOf("m2m_client_grant", "", grantOf+`}`, `{"client_id":true}`,
				`{"client_id":{"references":["auth0_client.c[\"a\"].id","auth0_client.c[\"a\"]",
				"auth0_client.c"]}}`, client("a"), client("b")),
			[]string{`gained auth0_client.c["a"] r `},
		},
		"one of several new clients": {
			planOf("m2m_client_grant", "", grantOf+`}`, `{"client_id":true}`,
				`{"client_id":{"references":["auth0_client.c"]}}`, client("a"), client("b")),
			[]string{"unknown (known after apply: auth0_client.c) r "},
		},
		"a new organization": {
			planOf("m2m_organization_client_grant", "", `{"grant_id":"cgr_1"}`,
				`{"organization_id":true}`,
				`{"organization_id":{"references":["auth0_organization.o.id","auth0_organization.o"]},
				"grant_id":{}}`,
				`{"address":"auth0_organization.o","mode":"managed","type":"auth0_organization","name":"o",
				"change":{"actions":["create"],"before":null,"after":{"name":"o"},
				"after_unknown":{"id":true}}}`,
				`{"address":"m2m_client_grant.g","mode":"managed","type":"m2m_client_grant","name":"g",
				"change":{"actions":["no-op"],"before":`+grantOf+`,"id":"cgr_1","client_id":"c",
				"organization_usage":"allow"},"after":`+grantOf+`,"id":"cgr_1","client_id":"c",
				"organization_usage":"allow"},"after_unknown":{}}}`),
			[]string{"gained c r auth0_organization.o"},
		},
		"an unknown grant of an organization": {
			planOf("m2m_organization_client_grant", "", `{"organization_id":"org_1"}`,
				`{"grant_id":true}`, `{"grant_id":{"references":["module.m.id"]}}`),
			[]string{"UNKNOWN The grant of an organization is known after the apply"},
		},
		"a failed plan": {
			`{"format_version":"1.2","errored":true,"complete":false,"resource_changes":[]}`,
			[]string{"UNKNOWN The plan failed"},
		},
		"an incomplete plan": {
			`{"format_version":"1.2","complete":false,"resource_changes":[]}`,
			[]string{"UNKNOWN The plan is incomplete"},
		},
		"grants of a data source": {
			`{"format_version":"1.2","resource_changes":[{"address":"m2m_resource_server_scope.x",
				"mode":"managed","type":"m2m_resource_server_scope","name":"x","change":{
				"actions":["create"],"before":null,"after":{"resource_server_identifier":"urn:a",
				"scope":"w"},"after_unknown":{}}}],"prior_state":{"values":{"root_module":{"resources":[
				{"address":"data.m2m_client_grants.all","mode":"data","type":"m2m_client_grants",
				"values":{"client_grants":[{"id":"cgr_1","client_id":"c","audience":"urn:a",
				"scopes":["r","w"]}]}}]}}}}`,
			[]string{"gained c w "},
		},
	} {
		if diff := cmp.Diff(c.want, brief(t, c.plan)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
