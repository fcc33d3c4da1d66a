// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package page

import (
	"net/http"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/faults"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tokens"
)

// tokenView is a token that was pasted or issued, and what its API makes of it.
type tokenView struct {
	question
	Checked bool
	Minted  string // Shown only if asked for.
	Refused tokens.Explanation
	tokens.Inspection
	Steps []explainedStep
}

var checkTitles = map[string]string{
	"format": "It is a JWT with an algorithm that the API accepts", "key": "The tenant has its key",
	"signature": "The signature fits", "claims": "The claims can be read",
	"expiry": "It has not expired", "not_before": "It is valid already",
	"audience": "It is for this API", "issuer": "It is of this tenant",
	"scope": "It has the scope that the API needs",
}

// showToken takes tokens only from the body of a POST: addresses are kept and shown in many places.
func showToken(s Server, r *http.Request) any {
	v := tokenView{question: readQuestion(s, r)}
	token := strings.TrimSpace(r.PostForm.Get("token"))
	if r.Method == http.MethodPost && r.PostForm.Has("mint") {
		minted, refused, err := s.Issue(v.asked(r))
		if err != nil {
			refused.Why = "The server could not make the token: " + err.Error()
		}
		if minted == "" {
			v.Refused = refused
			return v
		}
		v.Minted, token = minted, minted
	}
	if token == "" {
		return v
	}
	v.Checked = true
	v.Inspection = s.Inspect(token, strings.TrimSpace(r.PostForm.Get("api")),
		strings.TrimSpace(r.PostForm.Get("needs")))
	for _, outcome := range v.Checks {
		v.Steps = append(v.Steps, explainedStep{
			outcome, checkTitles[outcome.Step], resultWords[outcome.Result],
		})
	}
	return v
}

// leversView is what the forms of the levers offer. A script reads the present state.
type leversView struct {
	Routes []string
	Kinds  []faults.Description
}

func showLevers(s Server, _ *http.Request) any { return leversView{s.Routes(), faults.Describe()} }
