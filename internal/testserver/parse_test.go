// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestUnicode_invalidTextIsRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
	bearer := "Authorization: Bearer " + x.Token
	const asForm = "Content-Type: application/x-www-form-urlencoded"
	const malformed = `{"statusCode":400,"error":"Bad Request","message":"Invalid request payload JSON format"}`
	for _, identifier := range []string{
		"urn:\xff", `urn:\ud800`, `urn:\udc00`, `urn:\ud800\u0041`, `urn:\\\ud800\n`,
	} {
		x.API("POST", "/resource-servers", `{"identifier":"`+identifier+`"}`).Want(t, 400,
			malformed)
	}
	x.Send("POST", "/api/v2/resource-servers", "identifier=urn:%ff", asForm, bearer).Want(t, 400,
		`{"statusCode":400,"error":"Bad Request","message":"Invalid request payload form format"}`)

	x.Send("POST", "/oauth/token", "{\"audience\":\"urn:\xff\"}", servertest.AsJSON).Want(t, 400,
		`{"error":"invalid_request","error_description":"Invalid request payload JSON format"}`)
	x.Send("POST", "/oauth/token", "audience=urn:%ff", asForm).Want(t, 400,
		`{"error":"invalid_request","error_description":"Invalid request payload form format"}`)
}

func TestUnicode_validTextIsKept(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for sent, kept := range map[string]string{
		`urn:\ud83d\ude00`: "urn:\U0001F600",
		`urn:\u00e4`:       "urn:\u00e4",
		"urn:\ufffd":       "urn:\ufffd",
		`urn:\\ud800`:      `urn:\ud800`,
	} {
		got := x.Must("POST", "/resource-servers", `{"identifier":"`+sent+`"}`)
		if identifier := got.Field(t, "identifier"); identifier != kept {
			t.Errorf("%s became %q", sent, identifier)
		}
	}
}
