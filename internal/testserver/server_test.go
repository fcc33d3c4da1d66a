// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestRequests_recordsWhatClientsSentInOrder(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/resource-servers/https:%2F%2Fa?fields=id", "")
	x.ForgetRequests()
	x.API("POST", "/resource-servers", `{"identifier":"https://a"}`)
	x.API("GET", "/resource-servers/https:%2F%2Fa?fields=id", "")
	x.Send("GET", "/nowhere", "")
	x.Send("DELETE", "/sample-api/orders", "")
	x.AskToken("client_id=nobody")
	const management = testserver.ManagementClientID
	wanted := []testserver.Request{
		{
			Number: 3, Method: "POST", Route: "POST /api/v2/resource-servers",
			Path: "/api/v2/resource-servers",
			Body: []byte(`{"identifier":"https://a"}`), Status: 201, ClientID: management,
		},
		{
			Number: 4, Method: "GET", Route: "GET /api/v2/resource-servers/{id}",
			Path:     "/api/v2/resource-servers/https:%2F%2Fa",
			RawQuery: "fields=id", Body: []byte{}, Status: 200, ClientID: management,
		},
		{
			Number: 5, Method: "GET", Path: "/nowhere", Body: []byte{}, Status: 404,
			Reason: "Not Found",
		},
		{
			Number: 6, Method: "DELETE", Route: "DELETE /sample-api/{collection}",
			Path: "/sample-api/orders",
			Body: []byte{}, Status: 401, Reason: "the Authorization header has no access token",
		},
		{
			Number: 7, Method: "POST", Route: "POST /oauth/token", Path: "/oauth/token",
			Body: []byte("client_id=nobody&client_secret=" + testserver.MachineClientSecret +
				"&grant_type=client_credentials"),
			Status: 401,
			Reason: "client: No client of this tenant has this client_id. " +
				"Send the id of a client that exists.",
		},
	}
	got := x.Requests()
	for i := range got {
		if got[i].Duration <= 0 {
			t.Errorf("request %d took %v", got[i].Number, got[i].Duration)
		}
		got[i].Duration = 0
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	x.ForgetRequests()
	if left := x.Requests(); len(left) != 0 {
		t.Errorf("%d requests left", len(left))
	}
}

func TestDashboard_bypassesTokensRecordAndFaults(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.Next(createRoute, testserver.Refuse(500))
	create := func() servertest.Answer {
		status, body := x.Dashboard(
			"POST", "/api/v2/resource-servers", `{"identifier":"https://a"}`,
		)
		return servertest.Answer{Status: status, Body: string(body)}
	}
	create().Want(t, 201, `{"id":"RS_ID","identifier":"https://a",`+servertest.MinimalAPI)
	if got := create(); got.Status != 409 {
		t.Errorf("the second one: %d", got.Status)
	}
	if status, _ := x.Dashboard(
		"DELETE", "/api/v2/resource-servers/https:%2F%2Fa", "",
	); status != 204 {
		t.Errorf("delete: %d", status)
	}
	if status, body := x.Dashboard(
		"GET", "/api/v2/clients/"+testserver.MachineClientID+"?fields=client_secret", "",
	); status != 200 ||
		string(body) != `{"client_secret":"`+testserver.MachineClientSecret+`"}` {
		t.Errorf("client: %d %s", status, body)
	}
	if status, _ := x.Dashboard("GET", "/nowhere", ""); status != 404 {
		t.Errorf("unknown route: %d", status)
	}
	if recorded := x.Requests(); len(recorded) != 0 {
		t.Errorf("recorded %v", recorded)
	}
	if got := x.API("POST", "/resource-servers", `{"identifier":"https://a"}`); got.Status != 500 {
		t.Errorf("the fault is gone: %d", got.Status)
	}
}

func TestLog_holdsNoSecrets(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	server, err := testserver.Listen(testserver.Config{
		SigningKeys: servertest.SigningKeys()[:2],
		Log: slog.New(slog.NewTextHandler(&log,
			&slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey || a.Key == "duration" {
					return slog.Attr{}
				}
				return a
			}})),
	})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	x := &servertest.Tenant{Server: server, T: t, Client: client}
	x.Next("POST /api/v2/client-grants", testserver.Refuse(503))
	x.API("POST", "/client-grants", `{}`)
	x.API("GET", "/clients/secret-in-path?fields=secret-in-query", "")
	x.AskToken("client_id=secret-in-place-of-id")
	x.Send("GET", "/no-such-path?secret-in-query", "")
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	var want string
	for _, request := range []string{
		`method=POST route=/oauth/token status=200 client_id=ReferenceManagementClient0000001`,
		`method=POST route=/api/v2/client-grants status=503 client_id="" fault="refuse 503"`,
		`method=GET route=/api/v2/clients/{id} status=404 client_id=ReferenceManagementClient0000001 reason="inexistent_client: The client does not exist"`,
		`method=POST route=/oauth/token status=401 client_id="" reason="client: No client of this tenant has this client_id. Send the id of a client that exists."`,
		`method=GET route="" status=404 client_id="" reason="Not Found"`,
	} {
		want += "level=INFO msg=request " + request + "\n"
	}
	want += `level=WARN msg="unknown route; SUPPORTED.md lists the routes of m2m-testserver" ` +
		"method=GET path=/no-such-path\n"
	if diff := cmp.Diff(want, log.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestListen_addresses(t *testing.T) {
	t.Parallel()
	for addr, prefix := range map[string]string{
		"":            "http://127.0.0.1:",
		":0":          "http://127.0.0.1:",
		"localhost:0": "http://localhost:",
		"0.0.0.0:0":   "http://127.0.0.1:",
	} {
		server, err := testserver.Listen(testserver.Config{
			Addr:        addr,
			SigningKeys: servertest.SigningKeys()[:2],
		})
		if err != nil {
			t.Fatal(err)
		}
		if url := server.URL(); !strings.HasPrefix(url, prefix) || strings.HasSuffix(url, ":0") {
			t.Errorf("%q: %s", addr, url)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestListen_busyPort(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	_, err := testserver.Listen(testserver.Config{Addr: strings.TrimPrefix(x.URL(), "http://")})
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("got %v", err)
	}
}

func TestListen_makesMissingSigningKeys(t *testing.T) {
	t.Parallel()
	server, err := testserver.Listen(testserver.Config{SigningKeys: servertest.SigningKeys()[:1]})
	if err != nil {
		t.Fatal(err)
	}
	x := &servertest.Tenant{
		Server: server,
		T:      t,
		Client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	}
	keys, _ := x.PublishedKeys()
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if len(keys) != 2 {
		t.Errorf("%d keys", len(keys))
	}
	if _, err := testserver.Listen(testserver.Config{SigningKeys: servertest.SigningKeys()}); err == nil {
		t.Error("three signing keys are accepted")
	}
}

func TestListen_speaksTLS(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(certificate)
	server, err := testserver.Listen(testserver.Config{
		SigningKeys: servertest.SigningKeys()[:2],
		TLS: &tls.Config{Certificates: []tls.Certificate{{
			Certificate: [][]byte{der},
			PrivateKey:  key,
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	for _, http2 := range []bool{true, false} {
		transport := &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: trusted},
			ForceAttemptHTTP2: http2,
		}
		x := &servertest.Tenant{Server: server, T: t, Client: &http.Client{Transport: transport}}
		if !strings.HasPrefix(x.URL(), "https://127.0.0.1:") {
			t.Errorf("URL %s", x.URL())
		}
		x.API("GET", "/client-grants", "")
		for _, fault := range []testserver.Fault{
			testserver.LoseReply(), testserver.ResetConnection(), testserver.TruncateBody(),
		} {
			x.Next(createRoute, fault)
			if got, err := x.Request(
				"POST", "/api/v2/resource-servers", `{}`, servertest.AsJSON, "Authorization: Bearer "+x.Token,
			); err == nil {
				t.Errorf("an answer although the connection was to break: %d", got.Status)
			}
		}
		transport.CloseIdleConnections()
	}
}

func TestClose_isQuickAndRepeatable(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.Send("GET", "/nowhere", "")
	select {
	case <-x.Done():
		t.Error("done before it was closed")
	default:
	}
	start := time.Now()
	for range 2 {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
	<-x.Done()
	if took := time.Since(start); took > 500*time.Millisecond {
		t.Errorf("it took %v", took)
	}
	if _, err := x.Request("GET", "/nowhere", ""); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v", err)
	}
}

func TestServer_concurrentCreatesMakeOneAPI(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.API("GET", "/client-grants", "")
	var group sync.WaitGroup
	statuses := make([]int, 16)
	for i := range statuses {
		group.Go(func() {
			got, err := x.Request(
				"POST", "/api/v2/resource-servers", `{"identifier":"urn:one"}`, servertest.AsJSON,
				"Authorization: Bearer "+x.Token,
			)
			if err == nil {
				statuses[i] = got.Status
			}
		})
	}
	group.Wait()
	counts := map[int]int{}
	for _, status := range statuses {
		counts[status]++
	}
	if diff := cmp.Diff(map[int]int{201: 1, 409: 15}, counts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestListen_unknownPlanFeature(t *testing.T) {
	t.Parallel()
	_, err := testserver.Listen(testserver.Config{WithoutFeatures: []string{
		"consent_policy", "consent",
	}})
	const text = `no plan feature "consent"; those that a plan can lack are authorization_details, consent_policy, proof_of_possession, token_encryption`
	if err == nil || err.Error() != text {
		t.Errorf("got %v", err)
	}
}

func TestListen_duplicateSigningKey(t *testing.T) {
	t.Parallel()
	key := servertest.StrangerKey()
	if _, err := testserver.Listen(testserver.Config{SigningKeys: []*rsa.PrivateKey{
		key, key,
	}}); err == nil {
		t.Error("it starts")
	}
}
