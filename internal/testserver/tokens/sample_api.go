// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

const samplePattern = "/sample-api/{collection}"

// samplePermissions maps each method of the sample API to the first half of the scope that it
// needs.
var samplePermissions = map[string]string{
	http.MethodGet:    "read",
	http.MethodPost:   "write",
	http.MethodDelete: "delete",
}

// sampleCollection makes sure that the collection from the path is safe in a header.
var sampleCollection = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// sampleAnswer tells the caller what the API read from the token.
type sampleAnswer struct {
	Message  string   `json:"message"`
	ClientID string   `json:"client_id"`
	Audience string   `json:"audience"`
	Scopes   []string `json:"scopes"`
}

// SampleRoutes returns the endpoints of the sample API.
func (s *Service) SampleRoutes() []routing.Route {
	var table []routing.Route
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		table = append(table, routing.Route{
			Method: method, Pattern: samplePattern, Bearer: true,
			Does: "Call the sample API, which needs the scope " + samplePermissions[method] +
				":COLLECTION",
			Refuses: []*wire.Refusal{wire.ErrUnknownRoute}, Handle: s.callSampleAPI,
		})
	}
	return table
}

// callSampleAPI acts as the API that the query parameter `audience` names, and checks bearer tokens
// as RFC 6750 specifies.
func (s *Service) callSampleAPI(c *routing.Call) (any, error) {
	audience := tenant.SampleAPIAudience
	if values := c.HTTP.URL.Query(); values.Has("audience") {
		audience = values.Get("audience")
	}
	collection := c.Params["collection"]
	api, err := s.store.ResourceServerByIdentifier(audience)
	if err != nil || !sampleCollection.MatchString(collection) {
		return nil, wire.ErrUnknownRoute
	}
	token, refused := sampleToken(c.HTTP.Header.Values("Authorization"))
	if refused != nil {
		c.Reason = "the Authorization header has no access token"
		return *refused, nil
	}
	claims, err := s.verifyFor(c, token, api)
	if err != nil {
		c.Reason = err.Error()
		return challenge(http.StatusUnauthorized,
			fmt.Sprintf(`, error="invalid_token", error_description="%s"`, err),
			"The access token is not valid: "+err.Error()+"."), nil
	}
	c.Caller.ClientID = claims.client()
	method := c.Route.Method // GET for a HEAD request.
	needed := samplePermissions[method] + ":" + collection
	scopes := strings.Fields(claims.Scope)
	if !slices.Contains(scopes, needed) {
		c.Reason = "the access token lacks a scope that the API does not define"
		if slices.Contains(api.ScopeValues(), needed) {
			c.Reason = "the access token lacks the scope " + needed
		}
		return challenge(http.StatusForbidden,
			fmt.Sprintf(`, error="insufficient_scope", scope="%s"`, needed),
			"The access token lacks the scope "+needed+"."), nil
	}
	return sampleAnswer{
		Message:  method + " " + collection + ": the access token is good.",
		ClientID: c.Caller.ClientID,
		Audience: audience,
		Scopes:   scopes,
	}, nil
}

// sampleToken returns the token or a refusal as specified in RFC 6750, 3.1: no error code without a
// bearer token, and invalid_request for a malformed one.
func sampleToken(credentials []string) (string, *wire.Reply) {
	token, ok := bearerToken(credentials)
	if ok {
		return token, nil
	}
	scheme := ""
	if len(credentials) > 0 {
		scheme, _, _ = strings.Cut(credentials[0], " ")
	}
	refusal := challenge(http.StatusUnauthorized, "", "No access token was sent.")
	switch {
	case len(credentials) > 1:
		refusal = challenge(
			http.StatusBadRequest, `, error="invalid_request"`,
			"There is more than one Authorization header.",
		)
	case strings.EqualFold(scheme, "Bearer"):
		refusal = challenge(
			http.StatusBadRequest, `, error="invalid_request"`,
			"The Authorization header holds no access token.",
		)
	}
	return "", &refusal
}

// challenge refuses a request and says in the header what it lacks. A challenge needs at least one
// parameter (RFC 6750, 3), hence the realm.
func challenge(status int, parameters, text string) wire.Reply {
	refusal := wire.Respond(status, map[string]string{"message": text})
	refusal.Header["Www-Authenticate"] = []string{`Bearer realm="sample-api"` + parameters}
	return refusal
}
