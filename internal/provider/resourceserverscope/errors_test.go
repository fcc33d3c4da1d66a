// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserverscope

import (
	"errors"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

func TestDescribeRace(t *testing.T) {
	t.Parallel()
	got := describeRace(
		report.Operation{Object: `scope "a" of the API "urn:orders"`},
		&m2m.LostRaceError{Removed: []string{"b", "c"}, Restored: []string{"z"}},
	)
	want := `The scope "a" of the API "urn:orders" was changed, but another writer keeps ` +
		`replacing all scopes of the API. It has removed or changed these scopes of this run: ` +
		`"b", "c". It has restored these scopes, which this run removed: "z".` + "\n\n" +
		`Run terraform apply again. If this happens every time, something else manages all ` +
		`scopes of this API, such as an m2m_resource_server with scopes in another ` +
		`configuration. Let only one of them manage the scopes.`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDescribeDoubt(t *testing.T) {
	t.Parallel()
	for want, doubt := range map[string]error{
		"The tenant can only replace all scopes at once. This run replaced them 2.5s after it " +
			"had read them. If another run changed scopes of this API in the meantime, its " +
			"change is undone. Run terraform plan for each configuration that adds scopes to " +
			"this API.": &m2m.SlowScopesError{After: 2499 * time.Millisecond},
		`This run changed the scopes "a", "b". Then it could not read the API to see whether ` +
			"another run has undone that: no.\n\nRun terraform plan.": &m2m.UnconfirmedScopesError{
			Scopes: []string{"a", "b"}, Err: errors.New("no"),
		},
	} {
		if got := describeDoubt(doubt); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
