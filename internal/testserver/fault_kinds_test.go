// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const readRoute = "GET /api/v2/resource-servers/{id}"

func TestFault_delayIsHandledAfterwards(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.api("GET", "/client-grants", "")
	x.Next(createRoute, testserver.Delay(50*time.Millisecond))
	start := time.Now()
	x.must("POST", "/resource-servers", `{"identifier":"urn:a"}`)
	if took := time.Since(start); took < 50*time.Millisecond {
		t.Errorf("it took %v", took)
	}
}

func TestFault_delayEndsWhenTheClientGoes(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.api("GET", "/client-grants", "")
	x.Next(createRoute, testserver.Delay(5*time.Minute))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(
		ctx, http.MethodPost, x.URL()+"/api/v2/resource-servers",
		strings.NewReader(`{"identifier":"urn:a"}`),
	)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+x.token)
	response, err := x.client.Do(r)
	if err == nil {
		_ = response.Body.Close()
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	for start := time.Now(); ; {
		if status, _ := x.Dashboard("GET", "/api/v2/resource-servers/urn:a", ""); status == 200 {
			return // The request took effect.
		}
		if time.Since(start) > 10*time.Second {
			t.Fatal("the delay goes on")
		}
	}
}

func TestFault_delayEndsWhenTheServerCloses(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.api("GET", "/client-grants", "")
	x.Next(createRoute, testserver.Delay(5*time.Minute))
	status := make(chan int)
	go func() {
		got, _ := x.request(
			"POST", "/api/v2/resource-servers", `{"identifier":"urn:a"}`, asJSON,
			"Authorization: Bearer "+x.token,
		)
		status <- got.status
	}()
	for len(x.Requests()) < 3 {
		if t.Context().Err() != nil {
			t.Fatal("the request does not arrive")
		}
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
	if got := <-status; got != 201 {
		t.Errorf("status %d", got)
	}
}

func TestFault_truncatedBodyTakesEffect(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.api("GET", "/client-grants", "")
	x.Next(createRoute, testserver.TruncateBody())
	got, err := x.request(
		"POST", "/api/v2/resource-servers", `{"identifier":"urn:a"}`, asJSON,
		"Authorization: Bearer "+x.token,
	)
	if !errors.Is(err, io.ErrUnexpectedEOF) || got.status != 201 {
		t.Errorf("status %d, %v; want 201 and an unexpected EOF", got.status, err)
	}
	whole := x.must("GET", "/resource-servers/urn:a", "")
	if got.body != whole.body[:len(whole.body)/2] ||
		got.header.Get("Content-Length") != whole.header.Get("Content-Length") {
		t.Errorf(
			"%s bytes announced, got %q of %q", got.header.Get("Content-Length"), got.body,
			whole.body,
		)
	}
	x.Next("DELETE /api/v2/resource-servers/{id}", testserver.TruncateBody())
	if deleted := x.api("DELETE", "/resource-servers/urn:a", ""); deleted.status != 204 {
		t.Errorf("nothing to cut off: %d", deleted.status)
	}
}

func TestFault_wrongContentType(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.Next("GET /api/v2/client-grants/{id}", testserver.WrongContentType("text/plain"))
	got := x.api("GET", "/client-grants/cgr_a", "")
	wantHeader(t, got, "Content-Type", "text/plain")
	want(
		t, got, 404,
		`{"statusCode":404,"error":"Not Found","message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`,
	)
}

func TestFault_staleReadShowsWhatWasBeforeTheLastWrite(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	if err := x.Inject(testserver.FaultRule{
		Route: "*",
		Fault: testserver.StaleRead(),
	}); err != nil {
		t.Fatal(err)
	}
	x.must("GET", "/clients/"+testserver.MachineClientID, "") // It was there from the start.
	x.must("POST", "/resource-servers", `{"identifier":"urn:a","name":"old"}`)
	want(t, x.api("GET", "/resource-servers/urn:a", ""), 404,
		`{"statusCode":404,"error":"Not Found","message":"The resource server does not exist","errorCode":"inexistent_resource_server"}`)
	x.must("PATCH", "/resource-servers/urn:a", `{"name":"new"}`)
	if got := field(t, x.must("GET", "/resource-servers/urn:a", "").body, "name"); got != "old" {
		t.Errorf("name %q", got)
	}
	want(
		t, x.api("GET", "/resource-servers?identifiers=urn:a&fields=name", ""), 200,
		`[{"name":"old"}]`,
	)
	x.ClearFaults()
	want(
		t, x.api("GET", "/resource-servers?identifiers=urn:a&fields=name", ""), 200,
		`[{"name":"new"}]`,
	)
}

func TestFault_expiredTokenIsRefusedAsSuch(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.sampleGrant(`,"scope":["read:orders"]`)
	token := tokenIn(t, x.askToken("audience="+sampleURL))
	x.Next(readRoute, testserver.ExpiredToken(), testserver.ExpiredToken())
	const text = "Expired token received for JSON Web Token validation"
	want(t, x.api("GET", "/resource-servers/urn:a", ""), 401,
		`{"statusCode":401,"error":"Unauthorized","message":"`+text+`","attributes":{"error":"`+
			text+`"}}`)
	want(
		t, x.send("GET", "/api/v2/resource-servers/urn:a", ""), 401,
		`{"statusCode":401,"error":"Unauthorized","message":"Missing authentication"}`,
	)
	x.Next("GET /sample-api/{collection}", testserver.ExpiredToken())
	got := x.send("GET", "/sample-api/orders", "", "Authorization: Bearer "+token)
	want(t, got, 401, `{"message":"The access token is not valid: the token has expired."}`)
	if got := x.send(
		"GET", "/sample-api/orders", "", "Authorization: Bearer "+token,
	); got.status != 200 {
		t.Errorf("the token is good again: %d", got.status)
	}
}

func TestFault_expiredTokenIsHandedOut(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	x.sampleGrant(`,"scope":["read:orders"]`)
	x.Next("POST /oauth/token", testserver.ExpiredToken())
	got := x.askToken("audience=" + sampleURL)
	token := tokenIn(t, got)
	content, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	var claims struct{ IAT, EXP int64 }
	if err = errors.Join(err, json.Unmarshal(content, &claims)); err != nil {
		t.Fatal(err)
	}
	if age := time.Since(time.Unix(claims.EXP, 0)); age < time.Hour-time.Minute ||
		claims.EXP-claims.IAT != 86400 {
		t.Errorf("expired for %v after %d seconds", age, claims.EXP-claims.IAT)
	}
	if !strings.Contains(got.body, `"expires_in":86400`) {
		t.Errorf("the answer gives it away: %s", got.body)
	}
	if used := x.send(
		"GET", "/sample-api/orders", "", "Authorization: Bearer "+token,
	); used.status != 401 {
		t.Errorf("it is accepted: %d", used.status)
	}
}

const sampleURL = testserver.SampleAPIAudience
