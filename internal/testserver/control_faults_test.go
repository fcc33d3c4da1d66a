// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestControl_faults(t *testing.T) {
	t.Parallel()
	x := newControlledTenant(t)
	steer(x, "GET", "/faults", "").Want(t, 200, `{"queued":[],"rules":[]}`)
	x.Next("GET /.well-known/jwks.json", testserver.HTMLPage(502))
	steer(
		x,
		"POST",
		"/faults",
		`{"route":"POST /oauth/token","fault":"refuse","status":503,"times":2}`,
	).Want(t, 201,
		`{"queued":[{"id":1,"route":"GET /.well-known/jwks.json","fault":"html_page","times":1,"status":502}],`+
			`"rules":[{"id":2,"route":"POST /oauth/token","fault":"refuse","times":2,"status":503}]}`)
	if got := statuses(x, 1); got != "503" {
		t.Errorf("got %s", got)
	}
	list := ` [{"route":"*","fault":"delay","delay":"1ms","probability":0.5},
		{"route":"*","fault":"respond","status":200,"content_type":"text/plain","body":"moved"}]`
	if got := steer(x, "POST", "/faults", list); got.Status != 201 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	const rules = `"rules":[{"id":2,"route":"POST /oauth/token","fault":"refuse","times":1,"status":503},` +
		`{"id":3,"route":"*","fault":"delay","probability":0.5,"delay":"1ms"},` +
		`{"id":4,"route":"*","fault":"respond","status":200,"content_type":"text/plain","body":"moved"}]}`
	for body, cause := range map[string]string{
		`{"route":"POST /oauth/tokens","fault":"lose_reply"}`: `Nothing was added: fault 1, for "POST /oauth/tokens": no route`,
		`[{"route":"*","fault":"lose_reply"},{"route":"*"}]`:  `Nothing was added: fault 2, for "*": unknown fault ""; the faults are delay,`,
		`{"route":"*","fault":"lose_reply","chance":1}`:       `unknown field "chance". A fault has the fields route, fault,`,
		`{"route":"*","fault":"refuse","status":"503"}`:       `status cannot be a string.`,
		`"refuse"`:                  `it cannot be a string.`,
		`{"route":"*"} {}`:          `data follows the JSON value.`,
		`{"route":"*"} ]`:           `data follows the JSON value.`,
		``:                          `EOF`,
		`[`:                         `unexpected EOF`,
		strings.Repeat("[", 20_000): `exceeded max depth`,
	} {
		got := steer(x, "POST", "/faults", body)
		text := got.Field(t, "error")
		if got.Status != 400 || !strings.Contains(text, cause) {
			t.Errorf("%.60s: %d %s", body, got.Status, text)
		}
	}
	if got := steer(x, "GET", "/faults", ""); !strings.HasSuffix(got.Body, rules) {
		t.Errorf("something was added: %s", got.Body)
	}
	steer(x, "DELETE", "/faults?id=3", "").Want(t, 204, "")
	steer(x, "DELETE", "/faults?id=3", "").Want(t, 404,
		`{"error":"No pending fault has this id."}`)
	for _, query := range []string{"?id=", "?id=x", "?id=1&id=2", "?all=1"} {
		if got := steer(x, "DELETE", "/faults"+query, ""); got.Status != 400 {
			t.Errorf("%s: %d %s", query, got.Status, got.Body)
		}
	}
	steer(x, "GET", "/faults", "").Want(t, 200, `{"queued":[{"id":1,"route":"GET /.well-known/jwks.json","fault":"html_page","times":1,"status":502}],`+
		`"rules":[{"id":2,"route":"POST /oauth/token","fault":"refuse","times":1,"status":503},`+
		`{"id":4,"route":"*","fault":"respond","status":200,"content_type":"text/plain","body":"moved"}]}`)
	steer(x, "DELETE", "/faults", "").Want(t, 204, "")
	steer(x, "GET", "/faults", "").Want(t, 200, `{"queued":[],"rules":[]}`)
}
