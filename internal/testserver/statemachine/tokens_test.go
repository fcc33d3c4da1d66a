// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package statemachine_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// tokenRequest is a request to the token endpoint.
type tokenRequest struct {
	client                                object // nil if the client does not exist.
	secret, audience, scope, organization string
}

// entitled is the model's answer to a token request.
type entitled struct {
	status       int
	code         string // Of a refusal.
	api          object
	grant        object
	scopes       []string
	organization object // nil if none is used.
}

// entitle decides in the order of API contract 9.4.
func (m *model) entitle(asked tokenRequest) entitled {
	refuse := func(status int, code string) entitled { return entitled{status: status, code: code} }
	api, grant := find(m.apis, "identifier", asked.audience), m.servingGrant(asked)
	switch {
	case asked.client == nil, asked.secret == "", asked.client["client_secret"] != asked.secret:
		return refuse(http.StatusUnauthorized, "access_denied")
	case !slices.Contains(texts(asked.client["grant_types"]), "client_credentials"):
		return refuse(http.StatusForbidden, "unauthorized_client")
	case api == nil:
		return refuse(http.StatusForbidden, "access_denied")
	case grant == nil ||
		inner(inner(api["subject_type_authorization"])["client"])["policy"] == "deny_all":
		if asked.client["is_first_party"] == false {
			return refuse(http.StatusForbidden, "unauthorized_client")
		}
		return refuse(http.StatusForbidden, "access_denied")
	}
	scopes := widest(api, grant)
	if asked.scope != "" {
		for one := range strings.FieldsSeq(asked.scope) {
			if !slices.Contains(scopes, one) {
				return refuse(http.StatusForbidden, "access_denied")
			}
		}
		scopes = slices.DeleteFunc(scopes, func(one string) bool {
			return !slices.Contains(strings.Fields(asked.scope), one)
		})
	}
	organization, status, code := m.organizationFor(asked, grant)
	return entitled{
		status: status, code: code, api: api, grant: grant, scopes: scopes,
		organization: organization,
	}
}

// servingGrant is a client's own grant, or the default for third parties, which it overrides (API
// contract 4.2).
func (m *model) servingGrant(asked tokenRequest) object {
	own := object{
		"client_id":    asked.client["client_id"],
		"audience":     asked.audience,
		"subject_type": "client",
	}
	if found := m.grantOf(own); found != nil || asked.client["is_first_party"] != false {
		return found
	}
	return m.grantOf(object{
		"default_for":  "third_party_clients",
		"audience":     asked.audience,
		"subject_type": "client",
	})
}

// widest lists all scopes that a token can have: those that are granted and still defined (API
// contract 10.4).
func widest(api, grant object) []string {
	defined := scopeValues(api)
	if grant["allow_all_scopes"] == true {
		return defined
	}
	return slices.DeleteFunc(texts(grant["scope"]), func(one string) bool {
		return !slices.Contains(defined, one)
	})
}

// organizationFor is the table of API contract 4.4.
func (m *model) organizationFor(
	asked tokenRequest,
	grant object,
) (organization object, status int, code string) {
	usage, ref := grant["organization_usage"], asked.organization
	if ref == "" && usage == "require" {
		ref = defaultOrganization(asked.client)
	}
	switch {
	case ref == "" && usage == "require":
		return nil, http.StatusBadRequest, "invalid_request"
	case ref == "":
		return nil, http.StatusOK, ""
	}
	for _, property := range []string{"id", "name"} {
		if organization == nil {
			organization = find(m.organizations, property, ref)
		}
	}
	anyOf := grant["allow_any_organization"] == true && asked.client["is_first_party"] != false
	associated := organization != nil &&
		slices.Contains(m.associations, association{text(organization["id"]), text(grant["id"])})
	if organization == nil || (usage != "allow" && usage != "require") || (!anyOf && !associated) {
		return nil, http.StatusForbidden, "access_denied"
	}
	return organization, http.StatusOK, ""
}

// issuedToken is a token with what decides whether it is valid.
type issuedToken struct {
	// kid is the signing key; it is empty if the API's secret signed the token.
	raw, audience, kid, secret string
	expires                    time.Time
	scopes                     []string
}

// valid is true until a token expires or its key is revoked (API contract 8 and 14).
func (m *model) valid(token issuedToken, now time.Time) bool {
	if !now.Before(token.expires) {
		return false
	}
	if token.kid == "" {
		return find(m.apis, "identifier", token.audience)["signing_secret"] == token.secret
	}
	return token.kid == m.keys.current || token.kid == m.keys.next ||
		slices.Contains(m.keys.previous, token.kid)
}

// drawTokenRequest starts from a grant, because most random requests would be refused.
func (m *machine) drawTokenRequest(t *rapid.T) (asked tokenRequest, clientID string) {
	grant, _ := m.pick(t, grantKind)
	clientID, asked.audience = text(grant["client_id"]), text(grant["audience"])
	if clientID == "" || rapid.IntRange(0, 5).Draw(t, "any client") == 5 {
		_, clientID = m.pick(t, clientKind)
	}
	if asked.audience == "" || rapid.IntRange(0, 5).Draw(t, "any API") == 5 {
		asked.audience = m.audience(t)
	}
	asked.client = find(m.clients, "client_id", clientID)
	if rapid.IntRange(0, 9).Draw(t, "wrong secret") < 9 {
		asked.secret = text(asked.client["client_secret"])
	}
	wanted := scopes(t)
	if rapid.Bool().Draw(t, "granted scopes only") {
		granted := widest(find(m.apis, "identifier", asked.audience), grant)
		wanted = slices.DeleteFunc(wanted, func(one string) bool {
			return !slices.Contains(granted, one)
		})
	}
	asked.scope = strings.Join(wanted, " ")
	if rapid.IntRange(0, 2).Draw(t, "for an organization") == 2 {
		organization, id := m.pick(t, organizationKind)
		asked.organization = id
		if organization != nil && rapid.Bool().Draw(t, "by name") {
			asked.organization = text(organization["name"])
		}
	}
	return asked, clientID
}

// askForToken sends a token request of any client for any API.
func (m *machine) askForToken(t *rapid.T) {
	asked, id := m.drawTokenRequest(t)
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {asked.secret},
		"audience": {asked.audience},
	}
	if asked.scope != "" {
		form.Set("scope", asked.scope)
	}
	if asked.organization != "" {
		form.Set("organization", asked.organization)
	}
	got := m.send(
		t, "POST", "/oauth/token", form.Encode(), "Content-Type: application/x-www-form-urlencoded",
	)
	expected := m.entitle(asked)
	if shown := parsed(got.Body); got.Status != expected.status ||
		(expected.code != "" && shown["error"] != expected.code) {
		t.Fatalf(
			"%+v: %d %s, want %d %s", asked, got.Status, got.Body, expected.status, expected.code,
		)
	}
	if got.Status == http.StatusOK {
		m.checkToken(t, id, expected, parsed(got.Body))
	}
}

// checkToken verifies a token as its API would.
func (m *machine) checkToken(t *rapid.T, clientID string, expected entitled, shown object) {
	token := issuedToken{
		raw:      text(shown["access_token"]),
		audience: text(expected.api["identifier"]),
		scopes:   expected.scopes,
	}
	algorithm := jose.SignatureAlgorithm(text(expected.api["signing_alg"]))
	signed, err := jose.ParseSignedCompact(token.raw, []jose.SignatureAlgorithm{algorithm})
	if err != nil {
		t.Fatalf("%v: %s", err, token.raw)
	}
	token.kid = signed.Signatures[0].Protected.KeyID
	var key any
	if token.secret = text(expected.api["signing_secret"]); algorithm == jose.HS256 {
		key = []byte(token.secret)
	} else if key = m.publishedKey(t, token.kid); token.kid != m.keys.current {
		t.Fatalf("signed with %s, the current key is %s", token.kid, m.keys.current)
	}
	content, err := signed.Verify(key)
	if err != nil {
		t.Fatalf("%v: %s", err, token.raw)
	}
	claims := parsed(string(content))
	issued, lifetime := claims["iat"].(float64), expected.api["token_lifetime"].(float64)
	token.expires = time.Unix(int64(issued+lifetime), 0)
	wanted := object{
		"iss": m.x.Issuer() + "/", "sub": clientID + "@clients", "aud": token.audience,
		"azp": clientID,
		"gty": "client-credentials", "iat": issued, "exp": issued + lifetime,
		"scope": strings.Join(expected.scopes, " "),
	}
	answered := object{
		"access_token": token.raw, "token_type": "Bearer", "expires_in": lifetime,
		"scope": wanted["scope"],
	}
	if len(expected.scopes) == 0 {
		delete(wanted, "scope")
		delete(answered, "scope")
	}
	if expected.organization != nil {
		wanted["org_id"], wanted["org_name"] = expected.organization["id"], expected.organization["name"]
	}
	if diff := cmp.Diff([]object{wanted, answered}, []object{claims, shown}); diff != "" {
		t.Fatalf("token differs (-want +got):\n%s", diff)
	}
	m.checkWidth(t, claims, expected.grant)
	m.tokens = append(m.tokens, token)
}

// checkWidth compares the scopes of a token with its grant and its API, independently of the
// request.
func (m *machine) checkWidth(t *rapid.T, claims, grant object) {
	api := find(m.apis, "identifier", text(claims["aud"]))
	for one := range strings.FieldsSeq(text(claims["scope"])) {
		granted := grant["allow_all_scopes"] == true || slices.Contains(texts(grant["scope"]), one)
		if !granted || !slices.Contains(scopeValues(api), one) {
			t.Fatalf("a token has the scope %s beyond the grant %v of %v", one, grant, api)
		}
	}
}

// useToken uses a token that was issued before.
func (m *machine) useToken(t *rapid.T) {
	m.tryToken(t, rapid.SampledFrom(m.tokens).Draw(t, "token"))
}

// tryToken sends a token to the sample API, which can stand in for any API.
func (m *machine) tryToken(t *rapid.T, token issuedToken) {
	expected := http.StatusOK
	switch {
	case find(m.apis, "identifier", token.audience) == nil:
		expected = http.StatusNotFound
	case !m.valid(token, m.x.Clock().Now()):
		expected = http.StatusUnauthorized
	case !slices.Contains(token.scopes, "read:orders"):
		expected = http.StatusForbidden
	}
	got := m.send(
		t, "GET", "/sample-api/orders?audience="+url.QueryEscape(token.audience), "",
		"Authorization: Bearer "+token.raw,
	)
	if got.Status != expected {
		t.Fatalf("%+v: %d %s, want %d", token, got.Status, got.Body, expected)
	}
}

// login fetches a token for the Management API that the current tenant accepts.
func (m *machine) login(t *rapid.T) {
	got := m.send(t, "POST", "/oauth/token", `{"grant_type":"client_credentials","client_id":"`+
		testserver.ManagementClientID+
		`","client_secret":"`+testserver.ManagementClientSecret+`","audience":"`+m.x.Issuer()+
		`/api/v2/"}`, servertest.AsJSON)
	if m.management = text(parsed(got.Body)["access_token"]); m.management == "" {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
}
