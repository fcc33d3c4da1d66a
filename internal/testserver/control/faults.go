// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package control

import (
	"bytes"
	"net/http"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/faults"
)

// waitingFaults are the faults that have not yet been used up; `times` is how often each still
// applies.
type waitingFaults struct {
	Queued []faults.Entry `json:"queued"`
	Rules  []faults.Entry `json:"rules"`
}

func showFaults(s Server, _ call) (any, error) {
	queued, rules := s.WaitingFaults()
	return waitingFaults{Queued: faults.EntriesOf(queued), Rules: faults.EntriesOf(rules)}, nil
}

// addFaults accepts one rule or a list of rules.
func addFaults(s Server, c call) (any, error) {
	given := make([]faults.Entry, 1)
	target := any(&given[0])
	if bytes.HasPrefix(bytes.TrimSpace(c.body), []byte("[")) {
		target = &given
	}
	if err := decodeStrict(c.body, target); err != nil {
		return nil, bad("%s A fault has the fields %s.", err, faults.EntryFields)
	}
	rules, err := faults.RulesOf(given)
	if err != nil {
		return nil, bad("Nothing was added: %v.", err)
	}
	if err := s.Inject(rules...); err != nil {
		return nil, bad("Nothing was added: %v.", err)
	}
	return showFaults(s, c)
}

// dropFaults removes one fault, or all if the call names none.
func dropFaults(s Server, c call) (any, error) {
	id, err := readNumber(c.query, "id", "the id of the fault to remove")
	switch {
	case err != nil:
		return nil, err
	case c.query == "":
		s.ClearFaults()
	case !s.RemoveFault(int(id)):
		return nil, &problem{http.StatusNotFound, "No pending fault has this id."}
	}
	return nil, nil
}
