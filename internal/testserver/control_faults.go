// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"bytes"
)

// waitingFaults are those that have not struck yet; `times` is how often they still will.
type waitingFaults struct {
	Queued []faultEntry `json:"queued"`
	Rules  []faultEntry `json:"rules"`
}

func showFaults(s *Server, _ controlCall) (any, error) {
	queued, rules := s.faults.waiting()
	return waitingFaults{Queued: entriesOf(queued), Rules: entriesOf(rules)}, nil
}

// addFaults takes one rule or a list of them.
func addFaults(s *Server, c controlCall) (any, error) {
	given := make([]faultEntry, 1)
	target := any(&given[0])
	if bytes.HasPrefix(bytes.TrimSpace(c.body), []byte("[")) {
		target = &given
	}
	if err := decodeStrict(c.body, target); err != nil {
		return nil, badControl("%s A fault has the fields %s.", err, faultEntryFields)
	}
	rules, err := rulesOf(given)
	if err != nil {
		return nil, badControl("Nothing was added: %v.", err)
	}
	if err := s.Inject(rules...); err != nil {
		return nil, badControl("Nothing was added: %v.", err)
	}
	return showFaults(s, c)
}

func dropFaults(s *Server, _ controlCall) (any, error) {
	s.ClearFaults()
	return nil, nil
}
