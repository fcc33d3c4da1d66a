// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management_test

import (
	"encoding/json"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// TestClientGrant_wording checks the texts of refusals that the API contract does not define.
func TestClientGrant_wording(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const byDefault = `{"default_for":"third_party_clients","audience":`
	const notOne = `Payload validation error: 'Exactly one of client_id and default_for must be provided'.`
	for body, message := range map[string]string{
		`{"audience":"a"}`:                 notOne,
		byDefault + `"a","client_id":"a"}`: notOne,
		`{"client_id":"a","audience":""}`: `Payload validation error: 'String is too short (0 chars), minimum 1' ` +
			`on property audience (The audience (API identifier) of this client grant).`,
		byDefault +
			`"$URL/api/v2/"}`: "`default_for` cannot be provided when `audience` is a system API",
		byDefault +
			`"https://sample-api.example.com","allow_any_organization":true}`: "`allow_any_organization` " +
			"cannot be true when `default_for` is provided",
		`{"client_id":"a","audience":"https://sample-api.example.com","allow_all_scopes":true,"scope":["a"]}`: "`scope` cannot be provided when " +
			"`allow_all_scopes` is true",
	} {
		x.API("POST", "/client-grants", body).Want(t, 400, refusedBody(message))
	}
	for query, violation := range map[string]string{
		"allow_any_organization=false": `'No enum match for: false' on property allow_any_organization ` +
			`(Optional filter on allow_any_organization).`,
		"client_id=a&default_for=third_party_clients": `'client_id and default_for cannot be provided together'.`,
	} {
		x.API("GET", "/client-grants?"+query, "").Want(t, 400, refusedQuery(violation))
	}
}

func TestClientGrant_nullTurnsAllScopesOff(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const machineGrant = `{"id":"CGR_ID","client_id":"ReferenceMachineClient0000000001",` +
		`"audience":"https://sample-api.example.com"`
	path := "/client-grants/" + x.SampleGrant(`,"allow_all_scopes":true`)
	x.API("PATCH", path, `{"allow_all_scopes":true,"scope":[]}`).Want(t, 200,
		machineGrant+`,"allow_all_scopes":true,"subject_type":"client"}`)
	x.API("PATCH", path, `{"allow_all_scopes":null,"scope":["read:orders"]}`).Want(t, 200,
		machineGrant+`,"scope":["read:orders"],"subject_type":"client"}`)
}

func TestClientGrant_checkpointsSurviveDeletions(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const clientID = "ReferenceMachineClient0000000001"
	for _, audience := range []string{"urn:a", "urn:b", "urn:c"} {
		x.Must("POST", "/resource-servers", `{"identifier":"`+audience+`"}`)
		x.Must(
			"POST", "/client-grants", `{"client_id":"`+clientID+`","audience":"`+audience+`"}`,
		)
	}
	const grants = "/client-grants?client_id=" + clientID
	first := x.API("GET", grants+"&take=1", "")
	var page struct {
		Grants []struct{ ID string } `json:"client_grants"`
	}
	if err := json.Unmarshal([]byte(first.Body), &page); err != nil {
		t.Fatal(err)
	}
	x.Must("DELETE", "/client-grants/"+page.Grants[0].ID, "")
	shown := func(audience string) string {
		return `{"id":"CGR_ID","client_id":"` + clientID + `","audience":"` + audience +
			`","scope":[],"subject_type":"client"}`
	}
	x.API("GET", grants+"&take=2&from="+first.Field(t, "next"), "").Want(t, 200,
		`{"client_grants":[`+shown("urn:b")+`,`+shown("urn:c")+`]}`)
}
