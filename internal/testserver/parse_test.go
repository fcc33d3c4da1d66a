// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import "testing"

func TestUnicode_textThatWouldBeReplacedIsRefused(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.api("GET", "/client-grants", "")
	bearer := "Authorization: Bearer " + x.token
	const asForm = "Content-Type: application/x-www-form-urlencoded"
	const malformed = `{"statusCode":400,"error":"Bad Request","message":"Invalid request payload JSON format"}`
	for _, identifier := range []string{
		"urn:\xff", `urn:\ud800`, `urn:\udc00`, `urn:\ud800\u0041`, `urn:\\\ud800\n`,
	} {
		want(
			t, x.api("POST", "/resource-servers", `{"identifier":"`+identifier+`"}`), 400,
			malformed,
		)
	}
	want(t, x.send("POST", "/api/v2/resource-servers", "identifier=urn:%ff", asForm, bearer), 400,
		`{"statusCode":400,"error":"Bad Request","message":"Invalid request payload form format"}`)

	want(t, x.send("POST", "/oauth/token", "{\"audience\":\"urn:\xff\"}", asJSON), 400,
		`{"error":"invalid_request","error_description":"Invalid request payload JSON format"}`)
	want(t, x.send("POST", "/oauth/token", "audience=urn:%ff", asForm), 400,
		`{"error":"invalid_request","error_description":"Invalid request payload form format"}`)
}

func TestUnicode_textIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	for sent, kept := range map[string]string{
		`urn:\ud83d\ude00`: "urn:\U0001F600",
		`urn:\u00e4`:       "urn:\u00e4",
		"urn:\ufffd":       "urn:\ufffd",
		`urn:\\ud800`:      `urn:\ud800`,
	} {
		got := x.must("POST", "/resource-servers", `{"identifier":"`+sent+`"}`)
		if identifier := field(t, got.body, "identifier"); identifier != kept {
			t.Errorf("%s became %q", sent, identifier)
		}
	}
}
