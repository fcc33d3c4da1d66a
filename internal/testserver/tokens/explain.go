// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Question asks what a token request would get.
type Question struct {
	ClientID string `json:"client_id"`
	// nil if the client counts as authenticated.
	ClientSecret *string `json:"client_secret"`
	Audience     string  `json:"audience"`
	Scope        string  `json:"scope"` // Separated by spaces.
	Organization string  `json:"organization"`
	// A request as a client sends it, instead of all of the above.
	Request *SentRequest `json:"request"`
}

// SentRequest is a token request on the wire.
type SentRequest struct {
	ContentType   string `json:"content_type"`
	Authorization string `json:"authorization"`
	Body          string `json:"body"`
}

// Explanation is the decision of the token endpoint step by step.
type Explanation struct {
	Issued bool `json:"issued"`
	Status int  `json:"status"`

	// Of a refusal: the answer of the endpoint, the step that refuses, why, and what to change.
	Error       string `json:"error,omitzero"`
	Description string `json:"error_description,omitzero"`
	RefusedBy   string `json:"refused_by,omitzero"`
	Why         string `json:"why,omitzero"`
	Change      string `json:"change,omitzero"`

	Steps []Outcome `json:"steps"`
	Token *Preview  `json:"token,omitzero"` // nil if none is issued.
}

// Outcome is what one step has found.
type Outcome struct {
	Step   string `json:"step"`
	Result Result `json:"result"`
	Found  string `json:"found,omitzero"` // Empty if the step was not reached.
}

// Result is how a step ended.
type Result string

// The results of steps.
const (
	Passed     Result = "passed"
	Refused    Result = "refused"
	NotReached Result = "not_reached"
)

// Preview is what a token contains.
type Preview struct {
	ClientID     string   `json:"client_id"`
	Audience     string   `json:"audience"`
	Scopes       []string `json:"scopes"`
	Organization string   `json:"organization,omitzero"` // An id.
	ExpiresIn    int      `json:"expires_in"`
}

// Explain answers a question by the steps of the token endpoint. Nothing is issued, counted or
// remembered.
func (s *Service) Explain(q Question) Explanation {
	d := decisionOf(q)
	d.rehearsal = true
	passed, err := s.decide(d)
	return explanationOf(d, passed, err)
}

// Issue issues a token for a question: a person who may do everything asks for it. The token counts
// like any other.
func (s *Service) Issue(q Question) (token string, e Explanation, err error) {
	d := decisionOf(q)
	passed, err := s.decide(d)
	e = explanationOf(d, passed, err)
	if err != nil {
		return "", e, nil
	}
	token, err = s.mint(d.entitlement)
	return token, e, err
}

// decisionOf turns a question into a request that has not been decided.
func decisionOf(q Question) *decision {
	sent := SentRequest{ContentType: "application/json"}
	if q.Request != nil {
		sent = *q.Request
	} else {
		params := tokenParams{
			"grant_type": tenant.ClientCredentials, "client_id": q.ClientID, "audience": q.Audience,
		}
		for name, value := range map[string]string{
			"scope": q.Scope, "organization": q.Organization,
		} {
			if value != "" {
				params[name] = value
			}
		}
		if q.ClientSecret != nil {
			params["client_secret"] = *q.ClientSecret
		}
		sent.Body = string(wire.Encode(params))
	}
	r, err := http.NewRequest( //nolint:noctx // It is not sent.
		http.MethodPost, routing.TokenPath, strings.NewReader(sent.Body),
	)
	if err != nil {
		panic(err) // Method and path are constant.
	}
	r.Header.Set("Content-Type", sent.ContentType)
	if sent.Authorization != "" {
		r.Header.Set("Authorization", sent.Authorization)
	}
	return &decision{
		call:    routing.ReadCall(r, &routing.Route{Pattern: routing.TokenPath}, nil),
		trusted: q.Request == nil && q.ClientSecret == nil,
	}
}

func explanationOf(d *decision, passed int, err error) Explanation {
	e := Explanation{Issued: err == nil, Status: http.StatusOK}
	for i, one := range steps {
		switch {
		case i < passed:
			e.Steps = append(e.Steps, Outcome{one.name, Passed, one.found(d)})
		case i == passed:
			e.Why, e.Change = whyAndChange(err)
			e.RefusedBy = one.name
			e.Steps = append(e.Steps, Outcome{one.name, Refused, e.Why})
		default:
			e.Steps = append(e.Steps, Outcome{Step: one.name, Result: NotReached})
		}
	}
	if refusal, ok := wire.AsRefusal(err); ok {
		e.Status, e.Error, e.Description = refusal.Status, refusal.Code, refusal.Text
	}
	if err == nil {
		e.Token = &Preview{
			ClientID: d.clientID, Audience: d.api.Identifier,
			Scopes:       append([]string{}, d.scopes...),
			Organization: d.organization.ID, ExpiresIn: d.api.TokenLifetime,
		}
	}
	return e
}

func whyAndChange(err error) (why, change string) {
	if told, ok := errors.AsType[*explained](err); ok {
		return told.why, told.change
	}
	return err.Error(), ""
}

// reasonOf says in one line why a step refused a request.
func reasonOf(passed int, err error) string {
	why, change := whyAndChange(err)
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s", steps[passed].name, why, change))
}

// foundRequest names the known parameters. Others could be anything.
func (d *decision) foundRequest() string {
	var names []string
	for _, known := range tokenSchema.Properties {
		if _, given := d.params[known.Name]; given {
			names = append(names, known.Name)
		}
	}
	return "The request has the parameters " + strings.Join(names, ", ") + "."
}

func (*decision) foundGrantType() string {
	return "The request asks for the grant type client_credentials."
}

func (d *decision) foundClient() string {
	switch {
	case d.trusted:
		return "No secret was given, so the client " + nameOf(d.client) +
			" counts as authenticated."
	case d.params["client_assertion"] != "":
		return nameOf(d.client) + " has signed a valid assertion."
	default:
		return nameOf(d.client) + " has sent its secret."
	}
}

func (*decision) foundClientGrantType() string {
	return "The client can use the grant type client_credentials."
}

func (d *decision) foundAPI() string {
	return fmt.Sprintf("The API %s defines %s.", apiName(d.api),
		plural(len(d.api.Scopes), "scope", "scopes"))
}

func (d *decision) foundGrant() string {
	whose := "The grant " + d.grant.ID
	if d.grant.DefaultFor != "" {
		whose = "The client has no grant of its own. The default grant " + d.grant.ID +
			" for third-party clients"
	}
	switch {
	case d.grant.AllowsAllScopes():
		return whose + " gives all scopes of the API."
	case len(d.grant.Scope) == 0:
		return whose + " gives no scopes."
	default:
		return whose + " gives " + shownList(d.grant.Scope) + "."
	}
}

func (d *decision) foundPolicy() string {
	return "The API's policy for clients is " +
		cmp.Or(d.api.SubjectTypeAuthorization.Client.Policy, "not set") + "."
}

func (d *decision) foundScopes() string {
	switch {
	case len(d.scopes) == 0:
		return "The token has no scopes."
	case strings.TrimSpace(d.params["scope"]) == "":
		return "The request names no scopes, so the token has all that it can have: " +
			shownList(d.scopes) + "."
	default:
		return "The token has " + shownList(d.scopes) + "."
	}
}

func (d *decision) foundOrganization() string {
	switch {
	case d.organization.ID == "":
		return "The token is for no organization."
	case d.params["organization"] == "":
		return "The request names none, so the token is for the client's default organization, " +
			shown(d.organization.Name) + " (" + d.organization.ID + ")."
	default:
		return "The token is for the organization " + shown(d.organization.Name) + " (" +
			d.organization.ID + ")."
	}
}
