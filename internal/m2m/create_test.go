// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	ordersConflict = `{"statusCode":409,"error":"Conflict","message":"A resource server with the same identifier already exists"}`
	ordersMissing  = `{"statusCode":404,"error":"Not Found","message":"The resource server does not exist","errorCode":"inexistent_resource_server"}`
	ordersPost     = "POST /api/v2/resource-servers"
	ordersGet      = "GET /api/v2/resource-servers/https:%2F%2Forders.example.com"
)

// newOrders is what ordersJSON confirms.
func newOrders() NewResourceServer {
	return NewResourceServer{
		Identifier: "https://orders.example.com",
		ResourceServerSettings: ResourceServerSettings{
			TokenLifetime: Set[int64](86400), SigningAlg: Set("RS256"), TokenEncryption: Null[TokenEncryption](),
			SubjectTypeAuthorization: Set(SubjectTypeAuthorization{User: &SubjectPolicy{Policy: "allow_all"}}),
		},
	}
}

func TestCreate_isOneRequest(t *testing.T) {
	t.Parallel()
	s := script(t, reply(201, ordersJSON))
	got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
	want := ResourceServer{
		ID: "68f0a1b2c3d4e5f60718293a", Identifier: "https://orders.example.com", SigningAlg: new("RS256"),
		AllowOfflineAccess: new(false), SkipConsent: new(false), TokenLifetime: new(int64(86400)), TokenLifetimeForWeb: new(int64(7200)),
		SubjectTypeAuthorization: &SubjectTypeAuthorization{&SubjectPolicy{"allow_all"}, &SubjectPolicy{"require_client_grant"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestCreate_lostReplyIsLookedUpByIdentifier(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]http.HandlerFunc{
		"reset": reset, "truncated": truncated, "502": html(502), "500": reply(500, `{"statusCode":500,"error":"Internal Server Error","message":"x"}`),
		"HTML with 200": html(200), "empty 201": reply(201, ""), "201 without id": reply(201, "{}"), "204": reply(204, ""),
	} {
		s := script(t, lost, reply(200, ordersJSON))
		got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
		if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if diff := cmp.Diff([]string{ordersPost, ordersGet}, s.lines()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestCreate_lostReplyAndADifferentObjectIsAConflict(t *testing.T) {
	t.Parallel()
	in := newOrders()
	in.TokenLifetime = Set[int64](3600)
	s := script(t, reset, reply(200, ordersJSON))
	got, err := client(t, s).ResourceServers.Create(t.Context(), in)
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.ID != "68f0a1b2c3d4e5f60718293a" || got.ID != "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestCreate_lostReplyAndNoObjectIsSentAgain(t *testing.T) {
	t.Parallel()
	s := script(t, reset, reply(404, ordersMissing), reply(201, ordersJSON))
	got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
	if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" {
		t.Errorf("%+v, %v", got, err)
	}
	if diff := cmp.Diff([]string{ordersPost, ordersGet, ordersPost}, s.lines()); diff != "" {
		t.Error(diff)
	}
	if a := s.arrived(); a[0].Body != a[2].Body || a[0].Body == "" {
		t.Errorf("%q, then %q", a[0].Body, a[2].Body)
	}
}

func TestCreate_thatTookEffectAfterTheLookupIsFoundByItsConflict(t *testing.T) {
	t.Parallel()
	s := script(t, reset, reply(404, ordersMissing), reply(409, ordersConflict), reply(200, ordersJSON))
	got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
	if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestCreate_givesUpAfterThreeRoundsWithPausesBetween(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var posts []time.Time
		c := over(t, func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodGet {
				return answer(req, reply(404, ordersMissing))
			}
			posts = append(posts, time.Now())
			return answer(req, reply(503, `{"statusCode":503,"error":"Service Unavailable","message":"later"}`))
		})
		_, err := c.ResourceServers.Create(t.Context(), newOrders())
		var answer *Error
		var uncertain *UncertainError
		if !errors.As(err, &answer) || answer.Status != 503 || errors.As(err, &uncertain) {
			t.Error(err)
		}
		if len(posts) != 3 {
			t.Fatalf("sent %d times", len(posts))
		}
		if posts[1].Sub(posts[0]) < 250*time.Millisecond || posts[2].Sub(posts[1]) < 500*time.Millisecond {
			t.Errorf("sent at %v", posts)
		}
		if since := time.Since(posts[2]); since != 0 {
			t.Errorf("waited %v for nothing", since)
		}
	})
}

func TestCreate_lostReplyAndAFailedLookupIsUncertain(t *testing.T) {
	t.Parallel()
	forbidden := reply(403, `{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:resource_servers","errorCode":"insufficient_scope"}`)
	for name, lookup := range map[string]http.HandlerFunc{
		"forbidden": forbidden, "HTML": html(200), "404 of a proxy": html(404), "404 without code": reply(404, `{"statusCode":404,"error":"Not Found","message":"Not Found"}`),
	} {
		s := script(t, reset, lookup)
		got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
		var (
			uncertain *UncertainError
			transport *TransportError
		)
		if !errors.As(err, &uncertain) || !errors.As(err, &transport) || IsNotFound(err) || got.ID != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestCreate_conflictHoldsTheIDEvenOfAnEqualObject(t *testing.T) {
	t.Parallel()
	s := script(t, reply(409, ordersConflict), reply(200, ordersJSON))
	got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
	var (
		conflict *ConflictError
		answer   *Error
	)
	if !errors.As(err, &conflict) || conflict.ID != "68f0a1b2c3d4e5f60718293a" || got.ID != "" {
		t.Fatalf("%+v, %v", got, err)
	}
	if !errors.As(err, &answer) || answer.Status != 409 || answer.Method != http.MethodPost {
		t.Error(err)
	}
}

func TestCreate_conflictThatCannotBeLookedUpHasNoID(t *testing.T) {
	t.Parallel()
	for name, lookup := range map[string]http.HandlerFunc{"missing": reply(404, ordersMissing), "forbidden": reply(403, "{}")} {
		s := script(t, reply(409, ordersConflict), lookup)
		_, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
		var conflict *ConflictError
		if !errors.As(err, &conflict) || conflict.ID != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCreate_refusalIsNotLookedUp(t *testing.T) {
	t.Parallel()
	for _, h := range []http.HandlerFunc{
		reply(400, `{"statusCode":400,"error":"Bad Request","message":"no","errorCode":"invalid_body"}`),
		reply(403, `{}`), reply(404, ordersMissing), html(404), html(409), reply(501, ""), reply(413, ""),
	} {
		s := script(t, h)
		_, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
		var answer *Error
		if !errors.As(err, &answer) || len(s.lines()) != 1 {
			t.Errorf("%v, %q", err, s.lines())
		}
	}
}

func TestCreate_cancelledAfterSendingIsStillLookedUp(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		lookup http.HandlerFunc
		want   string
	}{
		"found":   {reply(200, ordersJSON), "68f0a1b2c3d4e5f60718293a"},
		"missing": {reply(404, ordersMissing), ""},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		s := script(t, func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		}, tc.lookup)
		got, err := client(t, s).ResourceServers.Create(ctx, newOrders())
		if got.ID != tc.want || (err == nil) != (tc.want != "") || err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if diff := cmp.Diff([]string{ordersPost, ordersGet}, s.lines()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// An equal object that exists already is not ours where the create was not sent.
func TestCreate_thatWasNeverSentAdoptsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, tc := range map[string]wire{
			"refused": func(*http.Request) (*http.Response, error) { return nil, errRefused },
			"no host": func(*http.Request) (*http.Response, error) { return nil, errNoHost },
			"dial timeout": func(req *http.Request) (*http.Response, error) {
				<-req.Context().Done()
				return nil, req.Context().Err()
			},
			"limited, then ended": func(req *http.Request) (*http.Response, error) {
				return answer(req, reply(429, tooMany, "Retry-After", "60"))
			},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			time.AfterFunc(10*time.Second, cancel)
			c := over(t, func(req *http.Request) (*http.Response, error) {
				if req.Method == http.MethodGet {
					t.Errorf("%s: looked up", name)
					return answer(req, reply(200, ordersJSON))
				}
				return tc(req)
			})
			if got, err := c.ResourceServers.Create(ctx, newOrders()); err == nil || got.ID != "" {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			cancel()
		}
	})
}

func TestCreate_failedLoginIsNeitherALostReplyNorALookup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, network := range map[string]wire{
			"refused": func(*http.Request) (*http.Response, error) { return nil, errRefused },
			"reset":   func(req *http.Request) (*http.Response, error) { connected(req); return nil, errReset },
			"502":     func(req *http.Request) (*http.Response, error) { return answer(req, html(502)) },
		} {
			sent := 0
			c := over(t, func(req *http.Request) (*http.Response, error) {
				sent++
				if req.URL.Path != "/oauth/token" {
					t.Errorf("%s: %s was sent", name, req.URL)
				}
				return network(req)
			}, withLogin)
			_, err := c.ResourceServers.Create(t.Context(), newOrders())
			var (
				login     *LoginError
				uncertain *UncertainError
			)
			if !errors.As(err, &login) || errors.As(err, &uncertain) || sent != maxFailures {
				t.Errorf("%s: %d requests, %v", name, sent, err)
			}
		}
	})
}

func TestCreate_keepsToTheTimeOfOneCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		c := over(t, func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodGet {
				return answer(req, reply(404, ordersMissing))
			}
			connected(req)
			<-req.Context().Done()
			return nil, req.Context().Err()
		}, func(cfg *Config) { cfg.RetryTimeout = 40 * time.Second })
		if _, err := c.ResourceServers.Create(t.Context(), newOrders()); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if took := time.Since(started); took > 41*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestCreate_grantIsLookedUpByItsWholeKey(t *testing.T) {
	t.Parallel()
	const (
		user = `{"id":"cgr_user","client_id":"abc","audience":"urn:orders","scope":["a","b"],"subject_type":"user"}`
		ours = `{"id":"cgr_ours","client_id":"abc","audience":"urn:orders","scope":["b","a"],"subject_type":"client"}`
	)
	in := NewClientGrant{ClientGrantKey{ClientID: "abc", Audience: "urn:orders"}, ClientGrantSettings{Scope: Set([]string{"a", "b"})}}

	s := script(t, reset, reply(200, "["+user+","+ours+"]"))
	got, err := client(t, s).ClientGrants.Create(t.Context(), in)
	if got.ID != "cgr_ours" || err != nil {
		t.Errorf("%+v, %v", got, err)
	}

	s = script(t, reset, reply(200, "["+user+"]"), reply(201, ours))
	got, err = client(t, s).ClientGrants.Create(t.Context(), in)
	if got.ID != "cgr_ours" || err != nil || len(s.lines()) != 3 {
		t.Errorf("%+v, %v, %q", got, err, s.lines())
	}

	var conflict *ConflictError
	s = script(t, reply(409, `{"statusCode":409,"error":"Conflict","message":"client_grant already exists"}`), reply(200, "["+user+","+ours+"]"))
	_, err = client(t, s).ClientGrants.Create(t.Context(), in)
	if !errors.As(err, &conflict) || conflict.ID != "cgr_ours" {
		t.Error(err)
	}
}

func TestConfirms_comparesWhatWasSentAndNothingElse(t *testing.T) {
	t.Parallel()
	ours, other := publicPEM(t, &rsaKey().PublicKey), publicPEM(t, &otherRSAKey().PublicKey)
	thumbprint, err := Thumbprint(ours)
	if err != nil {
		t.Fatal(err)
	}
	server := ResourceServer{
		ID: "1", Identifier: "urn:orders", Name: new("Orders"), TokenLifetime: new(int64(3600)),
		Scopes:            []Scope{{"b", nil}, {"a", new("A")}},
		TokenEncryption:   &TokenEncryption{"compact-nested-jwe", EncryptionKey{Alg: "RSA-OAEP-256", ThumbprintSHA256: thumbprint}},
		ProofOfPossession: &ProofOfPossession{"dpop", true, nil},
	}
	type settings = ResourceServerSettings
	for name, tc := range map[string]struct {
		sent settings
		want bool
	}{
		"nothing":             {settings{}, true},
		"equal":               {settings{Name: Set("Orders"), TokenLifetime: Set[int64](3600)}, true},
		"other name":          {settings{Name: Set("orders")}, false},
		"other number":        {settings{TokenLifetime: Set[int64](3601)}, false},
		"null of absent":      {settings{ConsentPolicy: Null[string]()}, true},
		"null of present":     {settings{ProofOfPossession: Null[ProofOfPossession]()}, false},
		"value of absent":     {settings{ConsentPolicy: Set("x")}, false},
		"false of absent":     {settings{EnforcePolicies: Set(false)}, false},
		"scopes reordered":    {settings{Scopes: Set([]Scope{{"a", new("A")}, {"b", nil}})}, true},
		"a scope less":        {settings{Scopes: Set([]Scope{{"b", nil}})}, false},
		"a scope more":        {settings{Scopes: Set([]Scope{{"a", new("A")}, {"b", nil}, {"c", nil}})}, false},
		"a description less":  {settings{Scopes: Set([]Scope{{"a", nil}, {"b", nil}})}, false},
		"none of some scopes": {settings{Scopes: Set([]Scope{})}, false},
		"empty of absent":     {settings{AuthorizationDetails: Set([]AuthorizationDetail{})}, true},
		"some of absent":      {settings{AuthorizationDetails: Set([]AuthorizationDetail{{"x"}})}, false},
		"the same key":        {settings{TokenEncryption: Set(TokenEncryption{"compact-nested-jwe", EncryptionKey{Alg: "RSA-OAEP-256", PEM: ours}})}, true},
		"another key":         {settings{TokenEncryption: Set(TokenEncryption{"compact-nested-jwe", EncryptionKey{Alg: "RSA-OAEP-256", PEM: other}})}, false},
		"other key algorithm": {settings{TokenEncryption: Set(TokenEncryption{"compact-nested-jwe", EncryptionKey{Alg: "RSA-OAEP-512", PEM: ours}})}, false},
	} {
		if got := confirms(server, NewResourceServer{"urn:orders", tc.sent}); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	// A grant for all scopes is answered without its empty list (API contract 4.1).
	grant := ClientGrant{ID: "cgr_1", ClientID: new("abc"), Audience: "urn:orders", AllowAllScopes: new(true)}
	if !confirms(grant, NewClientGrant{
		ClientGrantKey{ClientID: "abc", Audience: "urn:orders"},
		ClientGrantSettings{AllowAllScopes: Set(true), Scope: Set([]string{})},
	}) {
		t.Error("a grant for all scopes")
	}
}
