// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestResourceServer_oddDocumentsAreRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for body, violation := range map[string]string{
		`["i"]`: `'Expected type object but found type array'.`,
		`{"identifier":"i","scopes":[{"value":"a","Value":"b"}]}`: `'Additional properties not allowed: Value' on property scopes[0].`,
	} {
		x.API("POST", "/resource-servers", body).Want(t, 400,
			refusedBody("Payload validation error: "+violation))
	}
}

func TestResourceServer_malformedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for name, body := range map[string]string{
		"two values":   `{"identifier":"https://a"} {}`,
		"deep nesting": strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			x.API("POST", "/resource-servers", body).Want(t, 400,
				`{"statusCode":400,"error":"Bad Request","message":"Invalid request payload JSON format"}`)
		})
	}
	big := x.API("POST", "/resource-servers", `{"identifier":"`+strings.Repeat("x", 10<<20)+`"}`)
	big.Want(t, 413, `{"statusCode":413,"error":"Request Entity Too Large",`+
		`"message":"Payload content length greater than maximum allowed: 1048576"}`)
	token := "Authorization: Bearer " + x.Token
	x.Send(
		"POST", "/api/v2/resource-servers", `identifier: a`, "Content-Type: text/yaml", token,
	).Want(t, 415,
		`{"statusCode":415,"error":"Unsupported Media Type","message":"Unsupported Media Type"}`)
}
