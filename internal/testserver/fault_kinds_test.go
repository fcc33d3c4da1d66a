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
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

const readRoute = "GET /api/v2/resource-servers/{id}"

func TestFault_delayedRequestIsHandled(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
	x.Next(createRoute, testserver.Delay(50*time.Millisecond))
	start := time.Now()
	x.Must("POST", "/resource-servers", `{"identifier":"urn:a"}`)
	if took := time.Since(start); took < 50*time.Millisecond {
		t.Errorf("it took %v", took)
	}
}

func TestFault_delayEndsWhenClientDisconnects(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
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
	r.Header.Set("Authorization", "Bearer "+x.Token)
	response, err := x.Client.Do(r)
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

func TestFault_delayEndsWhenServerCloses(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
	x.Next(createRoute, testserver.Delay(5*time.Minute))
	status := make(chan int)
	go func() {
		got, _ := x.Request(
			"POST", "/api/v2/resource-servers", `{"identifier":"urn:a"}`, servertest.AsJSON,
			"Authorization: Bearer "+x.Token,
		)
		status <- got.Status
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
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
	x.Next(createRoute, testserver.TruncateBody())
	got, err := x.Request(
		"POST", "/api/v2/resource-servers", `{"identifier":"urn:a"}`, servertest.AsJSON,
		"Authorization: Bearer "+x.Token,
	)
	if !errors.Is(err, io.ErrUnexpectedEOF) || got.Status != 201 {
		t.Errorf("status %d, %v; want 201 and an unexpected EOF", got.Status, err)
	}
	whole := x.Must("GET", "/resource-servers/urn:a", "")
	if got.Body != whole.Body[:len(whole.Body)/2] ||
		got.Header.Get("Content-Length") != whole.Header.Get("Content-Length") {
		t.Errorf(
			"%s bytes announced, got %q of %q", got.Header.Get("Content-Length"), got.Body,
			whole.Body,
		)
	}
	x.Next("DELETE /api/v2/resource-servers/{id}", testserver.TruncateBody())
	if deleted := x.API("DELETE", "/resource-servers/urn:a", ""); deleted.Status != 204 {
		t.Errorf("nothing to cut off: %d", deleted.Status)
	}
}

func TestFault_wrongContentType(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.Next("GET /api/v2/client-grants/{id}", testserver.WrongContentType("text/plain"))
	got := x.API("GET", "/client-grants/cgr_a", "")
	got.WantHeader(t, "Content-Type", "text/plain")
	got.Want(
		t,
		404,
		`{"statusCode":404,"error":"Not Found","message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`,
	)
}

func TestFault_staleReadShowsStateBeforeLastWrite(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	if err := x.Inject(testserver.FaultRule{
		Route: "*",
		Fault: testserver.StaleRead(),
	}); err != nil {
		t.Fatal(err)
	}
	x.Must("GET", "/clients/"+testserver.MachineClientID, "") // The client existed before the test.
	x.Must("POST", "/resource-servers", `{"identifier":"urn:a","name":"old"}`)
	x.API("GET", "/resource-servers/urn:a", "").Want(t, 404,
		`{"statusCode":404,"error":"Not Found","message":"The resource server does not exist","errorCode":"inexistent_resource_server"}`)
	x.Must("PATCH", "/resource-servers/urn:a", `{"name":"new"}`)
	if got := x.Must("GET", "/resource-servers/urn:a", "").Field(t, "name"); got != "old" {
		t.Errorf("name %q", got)
	}
	x.API("GET", "/resource-servers?identifiers=urn:a&fields=name", "").Want(t, 200,
		`[{"name":"old"}]`)
	x.ClearFaults()
	x.API("GET", "/resource-servers?identifiers=urn:a&fields=name", "").Want(t, 200,
		`[{"name":"new"}]`)
}

func TestFault_expiredTokenIsRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.SampleGrant(`,"scope":["read:orders"]`)
	token := x.AskToken("audience=" + sampleURL).Token(t)
	x.Next(readRoute, testserver.ExpiredToken(), testserver.ExpiredToken())
	const text = "Expired token received for JSON Web Token validation"
	x.API("GET", "/resource-servers/urn:a", "").Want(t, 401,
		`{"statusCode":401,"error":"Unauthorized","message":"`+text+`","attributes":{"error":"`+
			text+`"}}`)
	x.Send("GET", "/api/v2/resource-servers/urn:a", "").Want(t, 401,
		`{"statusCode":401,"error":"Unauthorized","message":"Missing authentication"}`)
	x.Next("GET /sample-api/{collection}", testserver.ExpiredToken())
	got := x.Send("GET", "/sample-api/orders", "", "Authorization: Bearer "+token)
	got.Want(t, 401, `{"message":"The access token is not valid: the token has expired."}`)
	if got := x.Send(
		"GET", "/sample-api/orders", "", "Authorization: Bearer "+token,
	); got.Status != 200 {
		t.Errorf("the token is good again: %d", got.Status)
	}
}

func TestFault_expiredTokenIsIssued(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.SampleGrant(`,"scope":["read:orders"]`)
	x.Next("POST /oauth/token", testserver.ExpiredToken())
	got := x.AskToken("audience=" + sampleURL)
	token := got.Token(t)
	content, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	var claims struct{ IAT, EXP int64 }
	if err = errors.Join(err, json.Unmarshal(content, &claims)); err != nil {
		t.Fatal(err)
	}
	if age := time.Since(time.Unix(claims.EXP, 0)); age < time.Hour-time.Minute ||
		claims.EXP-claims.IAT != 86400 {
		t.Errorf("expired for %v after %d seconds", age, claims.EXP-claims.IAT)
	}
	if !strings.Contains(got.Body, `"expires_in":86400`) {
		t.Errorf("the answer gives it away: %s", got.Body)
	}
	if used := x.Send(
		"GET", "/sample-api/orders", "", "Authorization: Bearer "+token,
	); used.Status != 401 {
		t.Errorf("it is accepted: %d", used.Status)
	}
}

const sampleURL = testserver.SampleAPIAudience
