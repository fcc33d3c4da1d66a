// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package control

import (
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/faults"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tokens"
)

// explanation is what the token endpoint would decide, and the faults that would come before.
type explanation struct {
	tokens.Explanation
	Faults []faults.Entry `json:"faults"`
}

func explainToken(s Server, c call) (any, error) {
	var asked tokens.Question
	if err := decodeStrict(c.body, &asked); err != nil {
		return nil, bad("%s Send client_id, audience and, optionally, client_secret, scope and "+
			"organization; or a request with content_type, authorization and body.", err)
	}
	if asked.Request != nil && asked != (tokens.Question{Request: asked.Request}) {
		return nil, bad("Send either a request, or client_id, audience and the like.")
	}
	return explanation{s.Explain(asked), faults.EntriesOf(s.TokenFaults())}, nil
}
