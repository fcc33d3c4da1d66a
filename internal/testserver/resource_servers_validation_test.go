// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"testing"
)

func TestResourceServer_validationSpeaksTheWordsOfTheAPI(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	for name, test := range map[string]struct{ body, message string }{
		"identifier missing": {`{}`, `'Missing required property: identifier'.`},
		"identifier empty": {
			`{"identifier":""}`,
			`'String is too short (0 chars), minimum 1' on property identifier (Unique identifier for this API).`,
		},
		"identifier too long": {
			`{"identifier":"` + strings.Repeat("ä", 601) + `"}`,
			`'String is too long (601 chars), maximum 600' on property identifier (Unique identifier for this API).`,
		},
		"unknown properties": {
			`{"identifier":"i","options":{},"is_system":true,"client_id":"c"}`,
			`'Additional properties not allowed: client_id,is_system,options'.`,
		},
		"angle brackets in the name": {
			`{"identifier":"i","name":"a<b"}`,
			`'String does not match pattern ^[^<>]+$: a<b' on property name (Friendly name for this resource server).`,
		},
		"unknown algorithm": {
			`{"identifier":"i","signing_alg":"none"}`,
			`'No enum match for: none' on property signing_alg (Algorithm used to sign JWTs).`,
		},
		"short secret": {
			`{"identifier":"i","signing_secret":"fifteen-chars-x"}`,
			`'String is too short (15 chars), minimum 16' on property signing_secret ` +
				`(Secret used to sign tokens when using symmetric algorithms).`,
		},
		"negative lifetime": {
			`{"identifier":"i","token_lifetime":-1}`,
			`'Value -1 is less than minimum 0' on property token_lifetime ` +
				`(Expiration value (in seconds) for access tokens issued for this API).`,
		},
		"long lifetime": {
			`{"identifier":"i","token_lifetime":2592001}`,
			`'Value 2592001 is greater than maximum 2592000' on property token_lifetime ` +
				`(Expiration value (in seconds) for access tokens issued for this API).`,
		},
		"fractional lifetime": {
			`{"identifier":"i","token_lifetime":1.5}`,
			`'Expected type integer but found type number' on property token_lifetime ` +
				`(Expiration value (in seconds) for access tokens issued for this API).`,
		},
		"scope without value": {
			`{"identifier":"i","scopes":[{"value":"a"},{"description":"d"}]}`,
			`'Missing required property: value' on property scopes[1].`,
		},
		"unknown property of a scope": {
			`{"identifier":"i","scopes":[{"value":"a","Value":"b"}]}`,
			`'Additional properties not allowed: Value' on property scopes[0].`,
		},
		"duplicate scopes": {
			`{"identifier":"i","scopes":[{"value":"a"},{"value":"a","description":"again"}]}`,
			`'Array items are not unique (indexes 0 and 1)' on property scopes (List of permissions (scopes) that this API uses).`,
		},
		"null where it is not allowed": {
			`{"identifier":"i","name":null}`,
			`'Expected type string but found type null' on property name (Friendly name for this resource server).`,
		},
		"nested": {
			`{"identifier":"i","subject_type_authorization":{"client":{"policy":"allow_all"}}}`,
			`'No enum match for: allow_all' on property subject_type_authorization.client.policy.`,
		},
		"no object": {`["i"]`, `'Expected type object but found type array'.`},
	} {
		t.Run(name, func(t *testing.T) {
			want(t, x.api("POST", "/resource-servers", test.body), 400,
				`{"statusCode":400,"error":"Bad Request","message":"Payload validation error: `+test.message+
					`","errorCode":"invalid_body"}`)
		})
	}
}

func TestResourceServer_severalViolationsComeInOneMessage(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	want(t, x.api("POST", "/resource-servers", `{"x":1,"name":{}}`), 400, `{"statusCode":400,"error":"Bad Request","message":`+
		`"Payload validation error: 'Missing required property: identifier'. (also) `+
		`Payload validation error: 'Additional properties not allowed: x'. (also) `+
		`Payload validation error: 'Expected type string but found type object' on property name (Friendly name for this resource server).",`+
		`"errorCode":"invalid_body"}`)
}

func TestResourceServer_malformedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	for name, body := range map[string]string{
		"cut off":      `{"identifier":"https://a"`,
		"two values":   `{"identifier":"https://a"} {}`,
		"deep nesting": strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			want(t, x.api("POST", "/resource-servers", body), 400,
				`{"statusCode":400,"error":"Bad Request","message":"Invalid request payload JSON format"}`)
		})
	}
	big := x.api("POST", "/resource-servers", `{"identifier":"`+strings.Repeat("x", 10<<20)+`"}`)
	want(t, big, 413, `{"statusCode":413,"error":"Request Entity Too Large",`+
		`"message":"Payload content length greater than maximum allowed: 1048576"}`)
	token := "Authorization: Bearer " + x.token
	want(t, x.send("POST", "/api/v2/resource-servers", `identifier: a`, "Content-Type: text/yaml", token), 415,
		`{"statusCode":415,"error":"Unsupported Media Type","message":"Unsupported Media Type"}`)
	got := x.send("POST", "/api/v2/resource-servers", `identifier=urn%3Aform&token_lifetime=60&allow_offline_access=true`,
		"Content-Type: application/x-www-form-urlencoded", token)
	if got.status != 201 || !strings.Contains(got.body, `"identifier":"urn:form","allow_offline_access":true,`) {
		t.Errorf("forms are accepted, got %d %s", got.status, got.body)
	}
}
