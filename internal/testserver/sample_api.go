// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// samplePermissions maps methods of the sample API to the first half of the scope that each needs.
var samplePermissions = map[string]string{
	http.MethodGet:    "read",
	http.MethodPost:   "write",
	http.MethodDelete: "delete",
}

// sampleCollection keeps what comes from the path harmless inside a header.
var sampleCollection = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// sampleAnswer tells the caller whom the API took it for.
type sampleAnswer struct {
	Message  string   `json:"message"`
	ClientID string   `json:"client_id"`
	Audience string   `json:"audience"`
	Scopes   []string `json:"scopes"`
}

// callSampleAPI plays an API of the tenant, the one that `audience` names, and checks bearer tokens as RFC 6750 says.
func (s *Server) callSampleAPI(c *call) reply {
	audience := SampleAPIAudience
	if values := c.http.URL.Query(); values.Has("audience") {
		audience = values.Get("audience")
	}
	collection := c.params["collection"]
	api, err := s.store.resourceServerByIdentifier(audience)
	if err != nil || !sampleCollection.MatchString(collection) {
		return notFound()
	}
	credentials := c.http.Header.Values("Authorization")
	if len(credentials) == 0 {
		return challenge(http.StatusUnauthorized, "Bearer", "No access token was sent.")
	}
	token, ok := bearerToken(credentials)
	if !ok {
		return challenge(http.StatusUnauthorized, `Bearer error="invalid_token"`, "The Authorization header holds no bearer token.")
	}
	claims, err := s.verify(token, api)
	if err != nil {
		return challenge(http.StatusUnauthorized,
			fmt.Sprintf(`Bearer error="invalid_token", error_description="%s"`, err), "The access token is not valid: "+err.Error()+".")
	}
	c.clientID = claims.client()
	needed := samplePermissions[c.http.Method] + ":" + collection
	scopes := strings.Fields(claims.Scope)
	if !slices.Contains(scopes, needed) {
		return challenge(http.StatusForbidden,
			fmt.Sprintf(`Bearer error="insufficient_scope", scope="%s"`, needed), "The access token lacks the scope "+needed+".")
	}
	return respond(http.StatusOK, sampleAnswer{
		Message:  c.http.Method + " " + collection + ": the access token is good.",
		ClientID: c.clientID,
		Audience: audience,
		Scopes:   scopes,
	})
}

// challenge refuses a request and says in the header what would let it in.
func challenge(status int, authenticate, text string) reply {
	refusal := respond(status, map[string]string{"message": text})
	refusal.header["Www-Authenticate"] = []string{authenticate}
	return refusal
}
