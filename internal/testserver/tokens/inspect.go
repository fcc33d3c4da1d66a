// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// Inspection is what an API makes of a token, check by check.
type Inspection struct {
	API      string // The API that checks.
	Accepted bool
	Why      string // Why it is not accepted.
	Header   string // Indented JSON; empty if it cannot be read.
	Claims   string // Like Header; of an encrypted token, too.
	Checks   []Outcome
}

// Inspect checks a token as the API with this identifier does, and whether it has a scope. Without
// an identifier, the API is the one that the token is for.
func (s *Service) Inspect(token, audience, scope string) Inspection {
	token = strings.TrimSpace(token)
	i := Inspection{Header: part(token, 0)}
	if strings.Count(token, ".") == 2 {
		i.Claims = part(token, 1)
	}
	if audience == "" {
		audience = s.audienceIn(i.Claims)
	}
	api, err := s.store.ResourceServerByIdentifier(audience)
	if err != nil {
		i.API, i.Why = audience, "no API has the identifier "+shown(audience)
		return i
	}
	i.API = api.Identifier
	v := &verification{token: token, api: api}
	all := append(slices.Clone(checks), check{"scope", func(_ *Service, v *verification) error {
		if scope != "" && !slices.Contains(strings.Fields(v.claims.Scope), scope) {
			return errTokenScope
		}
		return nil
	}})
	for _, next := range all {
		outcome := Outcome{Step: next.name, Result: NotReached}
		if i.Why == "" {
			outcome.Result = Passed
			if err := next.run(s, v); err != nil {
				outcome.Result, outcome.Found, i.Why = Refused, err.Error(), err.Error()
			}
		}
		i.Checks = append(i.Checks, outcome)
	}
	if strings.Count(token, ".") == 4 {
		i.Why = "the token is encrypted, and only its API has the private key to read it"
	}
	i.Accepted = i.Why == ""
	return i
}

// audienceIn returns the first audience of a token that is an API, or that of the sample API.
func (s *Service) audienceIn(claims string) string {
	var read Claims
	if json.Unmarshal([]byte(claims), &read) == nil {
		for _, audience := range read.Audience {
			if _, err := s.store.ResourceServerByIdentifier(audience); err == nil {
				return audience
			}
		}
	}
	return tenant.SampleAPIAudience
}

// part decodes a part of a JWT.
func part(token string, index int) string {
	parts := strings.Split(token, ".")
	if index >= len(parts) {
		return ""
	}
	decoded, err := base64.RawURLEncoding.DecodeString(parts[index])
	var indented bytes.Buffer
	if err != nil || json.Indent(&indented, decoded, "", "  ") != nil {
		return ""
	}
	return indented.String()
}
