// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens_test

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestToken_knownParametersAreStrings(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.SampleGrant(`,"scope":["read:orders","write:orders"]`)
	const good = `{"grant_type":"client_credentials","client_id":"ReferenceMachineClient0000000001","client_secret":"` +
		testserver.MachineClientSecret +
		`","audience":"https://sample-api.example.com","x":["unknown"]`
	for name, value := range map[string]string{
		"scope": `["write:orders"]`, "organization": `1.5`, "client_assertion": `{}`,
		"grant_type": `7`, "audience": `true`,
	} {
		x.Send("POST", "/oauth/token", good+`,"`+name+`":`+value+`}`, servertest.AsJSON).
			Want(t, 400,
				`{"error":"invalid_request","error_description":"Parameter `+name+` must be a string"}`)
	}
	if got := x.Send("POST", "/oauth/token", good+`,"scope":null}`, servertest.AsJSON); got.Status != 200 {
		t.Errorf("an unknown parameter or null matters: %d %s", got.Status, got.Body)
	}
}

func TestToken_repeatedParametersAreRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.SampleGrant("")
	x.AskToken(servertest.SampleAudience+"&scope=read:orders&scope=write:orders").Want(t, 400,
		`{"error":"invalid_request","error_description":"Parameter scope is there more than once"}`)
	if got := x.AskToken(servertest.SampleAudience + "&x=1&x=2"); got.Status != 200 {
		t.Errorf("an unknown parameter matters: %d %s", got.Status, got.Body)
	}
}
