// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// onWire sends bytes over a new connection and returns the statuses of all answers until the server
// closes it.
func onWire(x *servertest.Tenant, text string) []int {
	x.T.Helper()
	conn, err := (&net.Dialer{}).DialContext(
		x.T.Context(), "tcp", strings.TrimPrefix(x.URL(), "http://"),
	)
	if err != nil {
		x.T.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	// A server that keeps the connection open fails the test.
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	go func() {
		_, _ = io.WriteString(conn, x.Expand(text))
		_ = conn.(*net.TCPConn).CloseWrite()
	}()
	statuses := []int{}
	for answers := bufio.NewReader(conn); ; {
		got, err := http.ReadResponse(answers, nil)
		if err != nil {
			return statuses
		}
		_, _ = io.Copy(io.Discard, got.Body)
		_ = got.Body.Close()
		statuses = append(statuses, got.StatusCode)
	}
}

func TestSmuggling_bodyIsNeverARequest(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
	const post = "POST /api/v2/resource-servers HTTP/1.1\r\nHost: a\r\nContent-Type: " +
		"application/json\r\n"
	token := "Authorization: Bearer " + x.Token + "\r\n"
	hidden := "DELETE /api/v2/resource-servers/https:%2F%2Fsample-api.example.com " +
		"HTTP/1.1\r\nHost: a\r\n" + token + "\r\n"
	before := string(x.Snapshot())
	for name, test := range map[string]struct {
		request  string
		statuses []int
	}{
		"two lengths": {
			post + token + "Content-Length: 2\r\nContent-Length: 400\r\n\r\n{}" + hidden,
			[]int{400},
		},
		"a list of lengths": {
			post + token + "Content-Length: 2, 400\r\n\r\n{}" + hidden, []int{400},
		},
		"a signed length": {
			post + token + "Content-Length: +2\r\n\r\n{}" + hidden, []int{400},
		},
		"space before the colon": {
			post + token + "Content-Length : 2\r\n\r\n{}" + hidden, []int{400},
		},
		"an unknown encoding": {
			post + token + "Transfer-Encoding: xchunked\r\n\r\n{}" + hidden, []int{501},
		},
		"two encodings": {
			post + token +
				"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" +
				hidden,
			[]int{501},
		},
		"a length that is not a number of a chunk": {
			post + token + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n" + hidden,
			[]int{400},
		},
		"a bare carriage return in a value": {
			post + "X: a\rAuthorization: Bearer x\r\n\r\n", []int{400},
		},
		"a null byte in a value": {post + token + "X: a\x00b\r\n\r\n", []int{400}},
		"no host": {
			"GET /api/v2/clients HTTP/1.1\r\n" + token + "\r\n", []int{400},
		},
		"two hosts": {
			"GET /api/v2/clients HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + token + "\r\n", []int{400},
		},
		"a control character in the path": {
			"GET /api/v2/clients\x01 HTTP/1.1\r\nHost: a\r\n" + token + "\r\n", []int{400},
		},
		"a token folded over two lines": {
			"GET /api/v2/clients HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer\r\n " + x.Token +
				"\r\nConnection: close\r\n\r\n",
			[]int{200},
		},
		"length and encoding": {
			post + token + "Content-Length: 400\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
				hidden,
			[]int{400},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.statuses, onWire(x, test.request)); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, string(x.Snapshot())); diff != "" {
				t.Errorf("the tenant has changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestBadInput_manyHeadersAreRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	many := strings.Repeat("X-Many: "+strings.Repeat("x", 100)+"\r\n", 20_000)
	if diff := cmp.Diff(
		[]int{431}, onWire(x, "GET /api/v2/clients HTTP/1.1\r\nHost: a\r\n"+many+"\r\n"),
	); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

func TestBadInput_pathTricksReachNothing(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	before := string(x.Snapshot())
	const notFound, noAPI = 404, 404
	for path, status := range map[string]int{
		"/api/v2/resource-servers/../client-grants":                                 notFound,
		"/api/v2/resource-servers/..%2Fclient-grants":                               noAPI,
		"/api/v2/resource-servers/%2e%2e":                                           noAPI,
		"/api/v2//client-grants":                                                    notFound,
		"/api/v2/client-grants/":                                                    notFound,
		"/api/v2/client-grants;a=b":                                                 notFound,
		"/api/v2/client-grants%00":                                                  notFound,
		"/api%2Fv2%2Fclient-grants":                                                 notFound,
		"/api/v2/client%2Dgrants":                                                   notFound,
		"/API/v2/client-grants":                                                     notFound,
		"/api/v2/resource-servers/%00":                                              noAPI,
		"/api/v2/resource-servers/%C0%AF":                                           noAPI,
		"/api/v2/resource-servers/https:%2F%2Fsample-api.example.com%00":            noAPI,
		"/api/v2/resource-servers/https://sample-api.example.com":                   notFound,
		"/api/v2/resource-servers/HTTPS:%2F%2Fsample-api.example.com":               noAPI,
		"/api/v2/resource-servers/https:%2F%2Fsample-api.example.com":               200,
		"/api/v2/resource-servers/https%253A%252F%252Fsample-api.example.com":       200,
		"/api/v2/resource-servers/https%25253A%25252F%25252Fsample-api.example.com": noAPI,
		"/sample-api/orders%0d%0aX-Injected:%20yes":                                 notFound,
	} {
		t.Run(path, func(t *testing.T) {
			token := "Authorization: Bearer " + tokenOnce(x)
			if diff := cmp.Diff(
				[]int{status},
				onWire(x, "GET "+path+" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"+token+
					"\r\n\r\n"),
			); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
		})
	}
	if diff := cmp.Diff(before, string(x.Snapshot())); diff != "" {
		t.Errorf("the tenant has changed (-before +after):\n%s", diff)
	}
}

// tokenOnce fetches the Management API token.
func tokenOnce(x *servertest.Tenant) string {
	x.API("GET", "/client-grants", "")
	return x.Token
}

func TestBadInput_deepAndLargeBodiesAreRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	tokenOnce(x)
	before := string(x.Snapshot())
	deep := func(open, end string) string {
		return strings.Repeat(open, 100_000) + strings.Repeat(end, 100_000)
	}
	const tooDeep = `{"statusCode":400,"error":"Bad Request","message":"Invalid request payload JSON format"}`
	const tooDeepToken = `{"error":"invalid_request","error_description":"Invalid request payload JSON format"}`
	const tooLargeToken = `{"error":"invalid_request","error_description":"request entity too large"}`
	x.API(
		"POST", "/resource-servers",
		`{"identifier":"urn:deep","authorization_details":`+deep("[", "]")+`}`,
	).Want(t, 400, tooDeep)
	x.API("POST", "/client-grants", deep(`{"a":`, `}`)).Want(t, 400, tooDeep)
	x.API("PATCH", "/client-grants/x", deep("[", "")).Want(t, 400, tooDeep)
	x.Send("POST", "/oauth/token", `{"grant_type":`+deep("[", "]")+`}`, servertest.AsJSON).
		Want(t, 400, tooDeepToken)
	x.Send("POST", "/oauth/token", `{"grant_type":"`+strings.Repeat("x", 10<<20)+`"}`, servertest.AsJSON).
		Want(t, 413, tooLargeToken)
	x.AskToken("scope="+strings.Repeat("x", 10<<20)).Want(t, 413, tooLargeToken)
	assertion := "e30." + strings.Repeat("W1tb", 20_000) + ".e30"
	x.AskToken(
		"client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion="+assertion,
	).Want(t, 401, `{"error":"invalid_client","error_description":"client_assertion is too long"}`)
	x.Send(
		"GET", "/api/v2/clients", "",
		"Authorization: Bearer e30."+strings.Repeat("W1tb", 20_000)+".e30",
	).Want(t, 401,
		`{"statusCode":401,"error":"Unauthorized","message":"Invalid token","attributes":{"error":"Invalid token"}}`)
	if diff := cmp.Diff(before, string(x.Snapshot())); diff != "" {
		t.Errorf("the tenant has changed (-before +after):\n%s", diff)
	}
}

// Lists and snapshots nest stored values deeper than the request did.
func TestBadInput_nestingIsLimited(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	tokenOnce(x)
	body := func(levels int) string {
		// Brackets in strings do not count.
		return `{"identifier":"urn:deep","authorization_details":[{"a":"[[[[\"[","b":` +
			strings.Repeat("[", levels-3) + strings.Repeat("]", levels-3) + `}]}`
	}
	x.API("POST", "/resource-servers", body(1001)).Want(t, 400,
		`{"statusCode":400,"error":"Bad Request","message":"Invalid request payload JSON format"}`)
	x.Must("POST", "/resource-servers", body(1000))
	x.Must("GET", "/resource-servers?include_totals=true", "")
	if err := x.Restore(x.Snapshot()); err != nil {
		t.Error(err)
	}
}
