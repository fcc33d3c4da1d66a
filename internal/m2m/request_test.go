// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/bounded"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

func TestNew_sendsNothing(t *testing.T) {
	t.Parallel()
	s := script(t)
	client(t, s, withLogin)
	if got := s.Lines(); got != nil {
		t.Errorf("sent %q", got)
	}
	if _, err := New(Config{}); err == nil {
		t.Error("a Config without BaseURL must be refused")
	}
}

func TestNew_unusableClientFailsEveryCall(t *testing.T) {
	t.Parallel()
	reason := errors.New("the domain is not known yet")
	c, err := New(Config{Config: rest.Config{Unusable: reason}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	calls := map[string]func() error{
		"get": func() error { _, err := c.ResourceServers.Get(ctx, "x"); return err },
		"create": func() error {
			_, err := c.ResourceServers.Create(ctx, NewResourceServer{})
			return err
		},
		"update": func() error {
			_, err := c.ResourceServers.Update(ctx, "x", ResourceServerProperties{})
			return err
		},
		"delete": func() error { return c.ResourceServers.Delete(ctx, "x") },
		"grant": func() error {
			_, err := c.ClientGrants.Create(ctx, NewClientGrant{})
			return err
		},
		"search": func() error { _, err := c.ResourceServers.Find(ctx, "x"); return err },
		"find":   func() error { _, err := c.ClientGrants.Find(ctx, ClientGrantKey{}); return err },
		"link": func() error {
			_, err := c.OrganizationClientGrants.Create(ctx, acmeOrders)
			return err
		},
		"unlink": func() error { return c.OrganizationClientGrants.Delete(ctx, acmeOrders) },
		"list":   func() error { _, err := c.Clients.List(ctx, OAuthClientFilter{}); return err },
		"fetch": func() error {
			_, err := c.Tokens.Fetch(ctx, TokenRequest{Audience: "x"})
			return err
		},
		"keys": func() error { return verifyKeyed(t, c) },
		"read": func() error { _, err := c.Reads.Client(ctx, "x"); return err },
	}
	for name, call := range calls {
		err := call()
		if login, ok := errors.AsType[*rest.LoginError](err); !errors.Is(err, reason) || ok {
			t.Errorf("%s: %v, %v", name, err, login)
		}
	}
}

func TestRequest_idsAreOneEscapedPathSegment(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"68f0a1b2c3d4e5f60718293a":  "/api/v2/resource-servers/68f0a1b2c3d4e5f60718293a",
		"https://orders.example/":   "/api/v2/resource-servers/https:%2F%2Forders.example%2F",
		"urn:orders:v1":             "/api/v2/resource-servers/urn:orders:v1",
		"100%":                      "/api/v2/resource-servers/100%25",
		"https:%2F%2Fx":             "/api/v2/resource-servers/https:%252F%252Fx",
		"my orders":                 "/api/v2/resource-servers/my%20orders",
		"https://x/?a=b&c=d#e;f":    "/api/v2/resource-servers/https:%2F%2Fx%2F%3Fa=b&c=d%23e%3Bf",
		"../../clients":             "/api/v2/resource-servers/..%2F..%2Fclients",
		"...":                       "/api/v2/resource-servers/...",
		"größe+1":                   "/api/v2/resource-servers/gr%C3%B6%C3%9Fe+1",
		"a\r\nHost: evil.example":   "/api/v2/resource-servers/a%0D%0AHost:%20evil.example",
		`"quoted"\back`:             "/api/v2/resource-servers/%22quoted%22%5Cback",
		"@evil.example:80/resource": "/api/v2/resource-servers/@evil.example:80%2Fresource",
	} {
		s := script(t, reply(200, fmt.Sprintf(`{"id":"a","identifier":%s}`, m2mtest.JSON(id))))
		if _, err := client(t, s).ResourceServers.Get(t.Context(), id); err != nil {
			t.Errorf("%q: %v", id, err)
		}
		if diff := cmp.Diff([]string{"GET " + want}, s.Lines()); diff != "" {
			t.Errorf("%q:\n%s", id, diff)
		}
	}
}

func TestRequest_idOfAnotherEndpointIsNotSent(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", ".", ".."} {
		s := script(t)
		c := client(t, s)
		_, getErr := c.ResourceServers.Get(t.Context(), id)
		_, patchErr := c.ClientGrants.Update(t.Context(), id, ClientGrantProperties{Scope: Set(
			[]string{"a"},
		)})
		for _, err := range []error{
			getErr, patchErr, c.ResourceServers.Delete(t.Context(), id),
			c.ClientGrants.Delete(t.Context(), id),
		} {
			if err == nil ||
				!strings.Contains(err.Error(), strconv.Quote(id)+" is not a valid id") ||
				rest.IsNotFound(err) {
				t.Errorf("%q: %v", id, err)
			}
		}
	}
}

func TestRequest_headersAndBodies(t *testing.T) {
	t.Parallel()
	s := script(t, reply(201, ordersJSON), reply(200, ordersJSON))
	c := client(t, s, func(cfg *Config) { cfg.UserAgent = "terraform-provider-m2m/1.2.3" })
	if _, err := c.ResourceServers.Create(t.Context(), NewResourceServer{
		Identifier: "https://orders.example.com",
	}); err != nil {
		t.Fatal(err)
	}
	if err := getOrders(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	arrived := s.Arrived()
	for i, want := range []http.Header{
		{"Content-Type": {"application/json"}, "Content-Length": {"43"}},
		{"Content-Type": nil, "Content-Length": nil},
	} {
		want.Set("Accept", "application/json")
		want.Set("Authorization", "Bearer "+apiToken)
		want.Set("User-Agent", "terraform-provider-m2m/1.2.3")
		for name, values := range want {
			if diff := cmp.Diff(values, arrived[i].Header[name]); diff != "" {
				t.Errorf("request %d, %s:\n%s", i, name, diff)
			}
		}
	}
	if got, want := arrived[0].Body, `{"identifier":"https://orders.example.com"}`; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
	if got := arrived[1].Body; got != "" {
		t.Errorf("a GET has the body %q", got)
	}
}

func TestResourceServers_bodiesByteForByte(t *testing.T) {
	t.Parallel()
	everything := ResourceServerProperties{
		Name: Set("Orders"),
		Scopes: Set([]Scope{
			{Value: "read:orders", Description: new("Read")},
			{Value: "write:orders"},
			{Value: "x", Description: new("")},
		}),
		SigningAlg:                 Set("HS256"),
		SigningSecret:              Set("0123456789abcdef"),
		AllowOfflineAccess:         Set(true),
		AllowOnlineAccess:          Set(true),
		AllowOnlineAccessEphemeral: Set(true),
		TokenLifetime:              Set[int64](3600),
		TokenLifetimeForWeb:        Set[int64](600),
		TokenDialect:               Set("rfc9068_profile"),
		EnforcePolicies:            Set(true),
		SkipConsent:                Set(true),
		SubjectTypeAuthorization: Set(SubjectTypeAuthorization{
			User:   &SubjectPolicy{Policy: "deny_all"},
			Client: &SubjectPolicy{Policy: "require_client_grant"},
		}),
		TokenEncryption: Set(
			TokenEncryption{Format: "compact-nested-jwe", EncryptionKey: EncryptionKey{
				Name: new("k"), Alg: "RSA-OAEP-256", KID: new("kid-1"), PEM: "-----BEGIN",
			}},
		),
		ConsentPolicy:        Set("transactional-authorization-with-mfa"),
		AuthorizationDetails: Set([]AuthorizationDetail{{Type: "payment"}}),
		ProofOfPossession: Set(ProofOfPossession{
			Mechanism:   "dpop",
			Required:    true,
			RequiredFor: new("all_clients"),
		}),
		AuthorizationPolicy: Set(AuthorizationPolicy{PolicyID: "pol_1"}),
	}
	const everythingJSON = `"name":"Orders",` +
		`"scopes":[{"value":"read:orders","description":"Read"},{"value":"write:orders"},{"value":"x","description":""}],` +
		`"signing_alg":"HS256","signing_secret":"0123456789abcdef","allow_offline_access":true,"allow_online_access":true,` +
		`"allow_online_access_with_ephemeral_sessions":true,"token_lifetime":3600,"token_lifetime_for_web":600,` +
		`"token_dialect":"rfc9068_profile","enforce_policies":true,"skip_consent_for_verifiable_first_party_clients":true,` +
		`"subject_type_authorization":{"user":{"policy":"deny_all"},"client":{"policy":"require_client_grant"}},` +
		`"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"name":"k","alg":"RSA-OAEP-256","kid":"kid-1","pem":"-----BEGIN"}},` +
		`"consent_policy":"transactional-authorization-with-mfa","authorization_details":[{"type":"payment"}],` +
		`"proof_of_possession":{"mechanism":"dpop","required":true,"required_for":"all_clients"},"authorization_policy":{"policy_id":"pol_1"}}`
	cleared := ResourceServerProperties{
		Scopes: Set([]Scope{}), AllowOfflineAccess: Set(false), TokenLifetime: Set[int64](0),
		SubjectTypeAuthorization: Set(SubjectTypeAuthorization{User: &SubjectPolicy{
			Policy: "allow_all",
		}}),
		TokenEncryption: Null[TokenEncryption](), ConsentPolicy: Null[string](),
		AuthorizationDetails: Null[[]AuthorizationDetail](),
		ProofOfPossession:    Null[ProofOfPossession](),
		AuthorizationPolicy:  Null[AuthorizationPolicy](),
	}
	const clearedJSON = `"scopes":[],"allow_offline_access":false,"token_lifetime":0,` +
		`"subject_type_authorization":{"user":{"policy":"allow_all"}},"token_encryption":null,"consent_policy":null,` +
		`"authorization_details":null,"proof_of_possession":null,"authorization_policy":null}`

	s := serve(t, reply(200, `{"id":"68f0a1b2c3d4e5f60718293a","identifier":"urn:orders"}`))
	c := client(t, s)
	ctx := t.Context()
	for _, in := range []ResourceServerProperties{everything, cleared} {
		if _, err := c.ResourceServers.Create(
			ctx, NewResourceServer{"urn:orders", in},
		); err != nil {
			t.Fatal(err)
		}
		if _, err := c.ResourceServers.Update(ctx, "68f0a1b2c3d4e5f60718293a", in); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.ResourceServers.Update(
		ctx, "68f0a1b2c3d4e5f60718293a", ResourceServerProperties{},
	); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`POST /api/v2/resource-servers {"identifier":"urn:orders",` + everythingJSON,
		`PATCH /api/v2/resource-servers/68f0a1b2c3d4e5f60718293a {` + everythingJSON,
		`POST /api/v2/resource-servers {"identifier":"urn:orders",` + clearedJSON,
		`PATCH /api/v2/resource-servers/68f0a1b2c3d4e5f60718293a {` + clearedJSON,
		`PATCH /api/v2/resource-servers/68f0a1b2c3d4e5f60718293a {}`,
	}
	var got []string
	for _, a := range s.Arrived() {
		got = append(got, a.String()+" "+a.Body)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestClientGrants_requestsByteForByte(t *testing.T) {
	t.Parallel()
	var s *tenant
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		// The answer repeats the key.
		sent := map[string]any{}
		arrived := s.Arrived()
		_ = json.Unmarshal([]byte(arrived[len(arrived)-1].Body), &sent)
		sent["id"] = "cgr_Ab12Cd34Ef56Gh78"
		reply(200, m2mtest.JSON(sent))(w, r)
	})
	c := client(t, s).ClientGrants
	ctx := t.Context()
	do := func(_ ClientGrant, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	do(c.Create(ctx, NewClientGrant{
		ClientGrantKey{ClientID: "abc", Audience: "urn:orders"},
		ClientGrantProperties{Scope: Set([]string{"write:orders", "read:orders"})},
	}))
	do(c.Create(ctx, NewClientGrant{
		ClientGrantKey{
			DefaultFor:  "third_party_clients",
			Audience:    "urn:orders",
			SubjectType: "user",
		},
		ClientGrantProperties{
			AllowAllScopes: Set(true), OrganizationUsage: Set("require"),
			AllowAnyOrganization: Set(false), AuthorizationDetailsTypes: Set([]string{"payment"}),
		},
	}))
	do(c.Update(ctx, "cgr_Ab12Cd34Ef56Gh78", ClientGrantProperties{
		Scope: Set([]string{}), AllowAllScopes: Set(false), OrganizationUsage: Null[string](),
		AllowAnyOrganization: Null[bool](),
	}))
	do(c.Get(ctx, "cgr_Ab12Cd34Ef56Gh78"))
	if err := c.Delete(ctx, "cgr_Ab12Cd34Ef56Gh78"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`POST /api/v2/client-grants {"client_id":"abc","audience":"urn:orders","scope":["write:orders","read:orders"]}`,
		`POST /api/v2/client-grants {"default_for":"third_party_clients","audience":"urn:orders","subject_type":"user",` +
			`"allow_all_scopes":true,"organization_usage":"require","allow_any_organization":false,"authorization_details_types":["payment"]}`,
		`PATCH /api/v2/client-grants/cgr_Ab12Cd34Ef56Gh78 {"scope":[],"allow_all_scopes":false,"organization_usage":null,"allow_any_organization":null}`,
		`GET /api/v2/client-grants/cgr_Ab12Cd34Ef56Gh78 `,
		`DELETE /api/v2/client-grants/cgr_Ab12Cd34Ef56Gh78 `,
	}
	var got []string
	for _, a := range s.Arrived() {
		got = append(got, a.String()+" "+a.Body)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestResourceServers_everyPropertyIsRead(t *testing.T) {
	t.Parallel()
	s := script(t, reply(200,
		`{"id":"68f0a1b2c3d4e5f60718293a","identifier":"urn:orders","name":"Orders",
		"scopes":[{"description":"Read","value":"read"},{"value":"write"}],"signing_alg":"HS256","signing_secret":"0123456789abcdef",
		"allow_offline_access":true,"allow_online_access":false,"allow_online_access_with_ephemeral_sessions":true,
		"token_lifetime":3600,"token_lifetime_for_web":600,"token_dialect":"access_token_authz","enforce_policies":true,
		"skip_consent_for_verifiable_first_party_clients":true,"subject_type_authorization":{"user":{"policy":"deny_all"}},
		"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"name":"k","alg":"RSA-OAEP-256","kid":"kid-1","thumbprint_sha256":"tp"}},
		"consent_policy":"transactional-authorization-with-mfa","authorization_details":[{"type":"payment"}],
		"proof_of_possession":{"mechanism":"mtls","required":false},"authorization_policy":{"policy_id":"pol_1"},
		"is_system":true,"client_id":"linked","something_new":{"a":[1]}}`),
		reply(200, `{"id":"1","identifier":"urn:least","scopes":[]}`))
	c := client(t, s)
	got, err := c.ResourceServers.Get(t.Context(), "urn:orders")
	if err != nil {
		t.Fatal(err)
	}
	want := ResourceServer{
		ID: "68f0a1b2c3d4e5f60718293a", Identifier: "urn:orders", Name: new("Orders"),
		Scopes:     []Scope{{"read", new("Read")}, {"write", nil}},
		SigningAlg: new("HS256"), SigningSecret: new("0123456789abcdef"),
		AllowOfflineAccess: new(true),
		AllowOnlineAccess:  new(false), AllowOnlineAccessEphemeral: new(true),
		TokenLifetime:       new(int64(3600)),
		TokenLifetimeForWeb: new(int64(600)), TokenDialect: new("access_token_authz"),
		EnforcePolicies: new(true),
		SkipConsent:     new(true), SubjectTypeAuthorization: &SubjectTypeAuthorization{
			User: &SubjectPolicy{"deny_all"},
		},
		TokenEncryption: &TokenEncryption{
			"compact-nested-jwe", EncryptionKey{new("k"), "RSA-OAEP-256", new("kid-1"), "", "tp"},
		},
		ConsentPolicy:        new("transactional-authorization-with-mfa"),
		AuthorizationDetails: []AuthorizationDetail{{"payment"}},
		ProofOfPossession:    &ProofOfPossession{"mtls", false, nil},
		AuthorizationPolicy:  &AuthorizationPolicy{"pol_1"},
		IsSystem:             true, ClientID: new("linked"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// Absent and empty are different (API contract 16, 1).
	got, err = c.ResourceServers.Get(t.Context(), "urn:least")
	if diff := cmp.Diff(
		ResourceServer{ID: "1", Identifier: "urn:least", Scopes: []Scope{}}, got,
	); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestClientGrants_everyPropertyIsRead(t *testing.T) {
	t.Parallel()
	s := script(t, reply(
		200,
		`{"id":"cgr_1","client_id":"abc","default_for":"third_party_clients","audience":"urn:orders","scope":["b","a"],
		"allow_all_scopes":false,"subject_type":"user","organization_usage":"require","allow_any_organization":true,
		"authorization_details_types":[],"is_system":true}`,
	))
	got, err := client(t, s).ClientGrants.Get(t.Context(), "cgr_1")
	want := ClientGrant{
		ID: "cgr_1", ClientID: new("abc"), DefaultFor: new("third_party_clients"),
		Audience: "urn:orders", Scope: []string{"b", "a"},
		AllowAllScopes: new(false), SubjectType: new("user"), OrganizationUsage: new("require"),
		AllowAnyOrganization:      new(true),
		AuthorizationDetailsTypes: []string{}, IsSystem: true,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestAnswer_withoutObjectIsAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `[]`, `"ok"`, `{"id":7}`, `{"id":""}`} {
		s := script(t, reply(200, body))
		got, err := client(t, s).ResourceServers.Get(t.Context(), "urn:orders")
		var answer *rest.Error
		if !errors.As(err, &answer) {
			t.Errorf("%q: got %+v, %v", body, got, err)
			continue
		}
		if answer.NotJSON || answer.Status != 200 || answer.Attempts != 1 ||
			answer.Path != "/api/v2/resource-servers/urn:orders" ||
			answer.ContentType != "application/json" {
			t.Errorf("%q: %+v", body, answer)
		}
		if got.ID != "" || rest.IsNotFound(err) {
			t.Errorf("%q: %+v, %v", body, got, err)
		}
	}
	// An empty list is an answer, but an empty body or null is not: treating it as an empty list
	// would make a grant vanish.
	for _, h := range []http.HandlerFunc{reply(200, `null`), reply(200, `{}`)} {
		_, err := client(t, serve(t, h)).ClientGrants.Find(t.Context(), ClientGrantKey{
			ClientID: "a",
			Audience: "b",
		})
		if err == nil || rest.IsNotFound(err) {
			t.Errorf("got %v", err)
		}
	}
}

func TestAnswer_redirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		thief := script(t)
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			reply(status, "", "Location", thief.URL+r.URL.Path+"?echo="+clientSecret)(w, r)
		})
		c := client(t, s, withLogin)
		_, tokenErr := c.Tokens.Fetch(t.Context(), TokenRequest{Audience: "urn:orders"})
		fixed := client(t, s, func(cfg *Config) { cfg.Credentials.ClientSecret = clientSecret })
		_, createErr := fixed.ResourceServers.Create(t.Context(), NewResourceServer{
			Identifier: "urn:orders",
		})
		for _, err := range []error{tokenErr, createErr, getOrders(t.Context(), c)} {
			var answer *rest.Error
			if !errors.As(err, &answer) || answer.Status != status || !answer.NotJSON {
				t.Fatalf("%d: %v", status, err)
			}
			if answer.Location != thief.URL+answer.Path {
				t.Errorf("location %q", answer.Location)
			}
			if strings.Contains(answer.Location+err.Error(), clientSecret) {
				t.Errorf("the secret is in %q or %q", answer.Location, err)
			}
		}
		if got := thief.Lines(); got != nil {
			t.Errorf("%d was followed: %q", status, got)
		}
	}
}

func TestAnswer_redirectTargetHasNoSecrets(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"https://login.example/u/login?state=s3cr3t#token=s3cr3t": "https://login.example/u/login",
		"https://login.example:8443/?":                            "https://login.example:8443/",
		"https://login.example#s3cr3t":                            "https://login.example",
		"https://user:s3cr3t@login.example/x":                     "https://login.example/x",
		"https://login.example/" + clientSecret + "/" +
			apiToken: "https://login.example/[redacted]/[redacted]",
		"/login?state=s3cr3t": "BASE/login",
		"?state=s3cr3t":       "BASE/api/v2/resource-servers/urn:orders",
		"":                    "",
	} {
		s := script(t, reply(302, "", "Location", location))
		c := client(t, s, func(cfg *Config) { cfg.Credentials.ClientSecret = clientSecret })
		_, err := c.ResourceServers.Get(t.Context(), "urn:orders")
		var answer *rest.Error
		if !errors.As(err, &answer) || answer.Location != strings.Replace(want, "BASE", s.URL, 1) {
			t.Errorf("%s: %+v", location, answer)
		}
	}
}

func TestAnswer_isDecompressed(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = io.WriteString(zip, ordersJSON)
	_ = zip.Close()
	s := script(t, reply(200, packed.String(), "Content-Encoding", "gzip"))
	if err := getOrders(t.Context(), client(t, s)); err != nil {
		t.Error(err)
	}
}

func TestAnswer_sizeIsLimited(t *testing.T) {
	t.Parallel()
	served := 0
	c := over(t, func(req *http.Request) (*http.Response, error) {
		served++
		connected(req)
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(&counted{}),
			Request: req,
		}, nil
	})
	err := getOrders(t.Context(), c)
	if !errors.As(err, new(*bounded.LimitError)) || served != 1 {
		t.Errorf("%v after %d requests", err, served)
	}
}

func TestFind_filtersByClientAndAudience(t *testing.T) {
	t.Parallel()
	for want, key := range map[string]ClientGrantKey{
		"/api/v2/client-grants?audience=https%3A%2F%2Forders.example%2F%3Fa%3Db&client_id=abc&per_page=100": {
			ClientID: "abc", Audience: "https://orders.example/?a=b",
		},
		"/api/v2/client-grants?audience=urn%3Aorders&default_for=third_party_clients&per_page=100": {
			DefaultFor: "third_party_clients", Audience: "urn:orders",
		},
	} {
		s := script(t, reply(200, "[]"))
		if _, err := client(t, s).ClientGrants.Find(t.Context(), key); !rest.IsNotFound(err) {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"GET " + want}, s.Lines()); diff != "" {
			t.Error(diff)
		}
	}
}

// In a path, an identifier that looks like an id would be read as an id.
func TestFind_readsAnAPIByIdentifierOnly(t *testing.T) {
	t.Parallel()
	const (
		other  = `{"id":"68f0a1b2c3d4e5f60718293a","identifier":"urn:other"}`
		ours   = `{"id":"77f0a1b2c3d4e5f60718293b","identifier":"68f0a1b2c3d4e5f60718293a"}`
		longer = `{"id":"88f0a1b2c3d4e5f60718293c","identifier":"68F0A1B2C3D4E5F60718293A"}`
	)
	for answer, want := range map[string]string{
		"[" + ours + "]": "77f0a1b2c3d4e5f60718293b",
		"[" + other + "," + longer + "," + ours + "]": "77f0a1b2c3d4e5f60718293b",
		// If the server ignores the filter, another API must not be adopted.
		"[" + other + "," + longer + "]": "",
		"[]":                             "",
	} {
		s := script(t, reply(200, answer))
		got, err := client(t, s).ResourceServers.Find(t.Context(), "68f0a1b2c3d4e5f60718293a")
		if got.ID != want || rest.IsNotFound(err) != (want == "") || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v", answer, got.ID, err)
		}
		if diff := cmp.Diff(
			[]string{"GET /api/v2/resource-servers?identifiers=68f0a1b2c3d4e5f60718293a"},
			s.Lines(),
		); diff != "" {
			t.Error(diff)
		}
	}
	s := script(t, reply(200, "[]"))
	_, err := client(t, s).ResourceServers.Find(t.Context(), "https://x/?a=b&c=d+ü")
	if diff := cmp.Diff(
		[]string{
			"GET /api/v2/resource-servers?identifiers=https%3A%2F%2Fx%2F%3Fa%3Db%26c%3Dd%2B%C3%BC",
		},
		s.Lines(),
	); diff != "" || !rest.IsNotFound(err) {
		t.Error(diff, err)
	}
	// An answer that is not a list says nothing about the API.
	for _, h := range []http.HandlerFunc{
		reply(200, "null"), reply(200, ordersJSON),
		reply(200, `{"resource_servers":[]}`), html(404), reply(403, "{}"),
	} {
		if _, err := client(t, script(t, h)).ResourceServers.Find(
			t.Context(), "urn:orders",
		); err == nil || rest.IsNotFound(err) {
			t.Errorf("got %v", err)
		}
	}
	// The lookup after a lost create works the same way.
	s = script(t, reset, reply(200, "["+other+","+ours+"]"))
	got, err := client(t, s).ResourceServers.Create(t.Context(), NewResourceServer{
		Identifier: "68f0a1b2c3d4e5f60718293a",
	})
	if got.ID != "77f0a1b2c3d4e5f60718293b" || err != nil {
		t.Errorf("got %q, %v", got.ID, err)
	}
}

func TestFind_distinguishesSubjectTypes(t *testing.T) {
	t.Parallel()
	const (
		user  = `{"id":"cgr_user","client_id":"abc","audience":"urn:orders","subject_type":"user"}`
		plain = `{"id":"cgr_client","client_id":"abc","audience":"urn:orders","subject_type":"client"}`
		old   = `{"id":"cgr_old","client_id":"abc","audience":"urn:orders"}`
		other = `{"id":"cgr_other","client_id":"xyz","audience":"urn:orders"}`
		third = `{"id":"cgr_third","default_for":"third_party_clients","audience":"urn:orders"}`
	)
	for _, tc := range []struct{ subject, answer, want string }{
		{"", "[" + user + "," + plain + "]", "cgr_client"},
		{"client", "[" + user + "," + plain + "]", "cgr_client"},
		{"user", "[" + plain + "," + user + "]", "cgr_user"},
		{"", "[" + old + "]", "cgr_old"},
		{"client", "[" + user + "," + old + "]", "cgr_old"},
		{"user", "[" + old + "]", ""},
		{"", "[" + user + "]", ""},
		{"anonymous_user", "[" + user + "," + plain + "]", ""},
		// If the server ignores a filter, another grant must not be adopted.
		{"", "[" + other + "," + third + "]", ""},
		{"", "[]", ""},
	} {
		s := script(t, reply(200, tc.answer))
		got, err := client(t, s).ClientGrants.Find(t.Context(), ClientGrantKey{
			ClientID:    "abc",
			Audience:    "urn:orders",
			SubjectType: tc.subject,
		})
		if got.ID != tc.want || rest.IsNotFound(err) != (tc.want == "") {
			t.Errorf("%q in %s: got %q, %v", tc.subject, tc.answer, got.ID, err)
		}
	}
	s := script(t, reply(200, "["+plain+","+third+"]"))
	got, err := client(t, s).ClientGrants.Find(t.Context(), ClientGrantKey{
		DefaultFor: "third_party_clients",
		Audience:   "urn:orders",
	})
	if got.ID != "cgr_third" || err != nil {
		t.Errorf("got %q, %v", got.ID, err)
	}
}

func TestRequest_isNotSentForACancelledCaller(t *testing.T) {
	t.Parallel()
	s := script(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := getOrders(ctx, client(t, s)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
