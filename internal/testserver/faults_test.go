// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"errors"
	"io"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

const createRoute = "POST /api/v2/resource-servers"

func TestFault_refusalLooksLikeTheAPIs(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
	x.Next(createRoute, testserver.Refuse(429), testserver.Refuse(503), testserver.Refuse(500))
	limited := x.API("POST", "/resource-servers", `{"identifier":"urn:a"}`)
	limited.Want(
		t,
		429,
		`{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}`,
	)
	reset, err := strconv.ParseInt(limited.Header.Get("x-ratelimit-reset"), 10, 64)
	if wait := time.Until(time.Unix(reset, 0)); err != nil || wait < -time.Second ||
		wait > 2*time.Second {
		t.Errorf("x-ratelimit-reset is %q", limited.Header.Get("x-ratelimit-reset"))
	}
	limited.WantHeader(t, "x-ratelimit-remaining", "0")
	x.API("POST", "/resource-servers", `{"identifier":"urn:a"}`).Want(t, 503,
		`{"statusCode":503,"error":"Service Unavailable","message":"Service Unavailable"}`)
	x.API("POST", "/resource-servers", `{"identifier":"urn:a"}`).Want(t, 500,
		`{"statusCode":500,"error":"Internal Server Error","message":"An internal server error occurred"}`)
	// The queue is empty, and no refused request took effect.
	x.Must("POST", "/resource-servers", `{"identifier":"urn:a"}`)
}

func TestFault_refuseAtTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.SampleGrant("")
	x.Next("POST /oauth/token", testserver.Refuse(429), testserver.Refuse(500))
	limited := x.AskToken(servertest.SampleAudience)
	limited.Want(t, 429,
		`{"error":"too_many_requests","error_description":"Global limit has been reached"}`)
	if limited.Header.Get("x-ratelimit-reset") == "" {
		t.Error("no x-ratelimit-reset")
	}
	x.AskToken(servertest.SampleAudience).Want(t, 500,
		`{"error":"server_error","error_description":"An internal server error occurred"}`)
	x.AskToken(servertest.SampleAudience).Token(t)
}

func TestFault_lostReplyTakesEffect(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
	x.Next(createRoute, testserver.LoseReply())
	_, err := x.Request(
		"POST", "/api/v2/resource-servers", `{"identifier":"urn:a"}`, servertest.AsJSON,
		"Authorization: Bearer "+x.Token,
	)
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want an EOF", err)
	}
	if got := x.API("GET", "/resource-servers/urn:a", ""); got.Status != 200 {
		t.Errorf("nothing was created: %d", got.Status)
	}
}

func TestFault_resetConnectionHasNoEffect(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
	x.Next(createRoute, testserver.ResetConnection())
	_, err := x.Request(
		"POST", "/api/v2/resource-servers", `{"identifier":"urn:a"}`, servertest.AsJSON,
		"Authorization: Bearer "+x.Token,
	)
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v, want a reset", err)
	}
	if got := x.API("GET", "/resource-servers/urn:a", ""); got.Status != 404 {
		t.Errorf("something was created: %d", got.Status)
	}
	for _, request := range x.Requests() {
		if request.Route == createRoute && request.Status != 0 {
			t.Errorf("recorded status %d", request.Status)
		}
	}
}

func TestFault_proxyPages(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
	x.Next("GET /api/v2/client-grants", testserver.HTMLPage(502), testserver.Respond(
		200, "text/plain", "moved",
	))
	got := x.API("GET", "/client-grants", "")
	got.Want(t, 502,
		"<html>\n<head><title>502 Bad Gateway</title></head>\n<body><center><h1>502 Bad "+
			"Gateway</h1></center></body>\n</html>\n")
	got.WantHeader(t, "Content-Type", "text/html")
	x.API("GET", "/client-grants", "").Want(t, 200, "moved")
}

func TestFault_affectsOnlyItsRoute(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.Next("DELETE /api/v2/client-grants/{id}", testserver.Refuse(500))
	if got := x.API("GET", "/client-grants/cgr_a", ""); got.Status != 404 {
		t.Errorf("GET: %d", got.Status)
	}
	if got := x.API("DELETE", "/client-grants/cgr_a", ""); got.Status != 500 {
		t.Errorf("DELETE: %d", got.Status)
	}
}

func TestFault_unknownRoutePanics(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	defer func() {
		const text = `testserver: no route "POST /api/v2/tokens"; a route is a method and a pattern, such as "PATCH /api/v2/resource-servers/{id}"`
		if cause := recover(); cause != text {
			t.Errorf("recovered %v", cause)
		}
	}()
	x.Next("POST /api/v2/tokens", testserver.Refuse(500))
}
