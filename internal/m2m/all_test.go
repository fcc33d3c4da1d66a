// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"
)

// take reads up to wanted items. It returns their number and the errors.
func take[T any](items iter.Seq2[T, error], wanted int) (got int, errs []error) {
	if wanted == 0 {
		return 0, nil
	}
	for _, err := range items {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if got++; got == wanted {
			break
		}
	}
	return got, errs
}

func TestAll_readsPagesOnDemand(t *testing.T) {
	t.Parallel()
	identifiers := make([]string, 25)
	for i := range identifiers {
		identifiers[i] = fmt.Sprintf("urn:api:%d", i)
	}
	tenPage := func(w http.ResponseWriter, r *http.Request) {
		var first int
		asked := r.URL.Query()["identifiers"]
		_, _ = fmt.Sscanf(asked[0], "urn:api:%d", &first)
		offsetPage(len(asked), first, 100, len(asked))(w, r)
	}
	for name, list := range map[string]struct {
		pages []http.HandlerFunc
		take  func(c *Client, wanted int) (int, []error)
		sent  map[int]int // Requests by number of wanted items.
	}{
		"resource servers": {
			[]http.HandlerFunc{
				offsetPage(250, 0, 100, 100), offsetPage(250, 100, 100, 100),
				offsetPage(250, 200, 100, 50),
			},
			func(c *Client, wanted int) (int, []error) {
				return take(c.ResourceServers.All(t.Context(), nil), wanted)
			},
			map[int]int{0: 0, 1: 1, 100: 1, 101: 2, 200: 2, 250: 3, 251: 3},
		},
		"resource servers by identifier": {
			[]http.HandlerFunc{tenPage, tenPage, tenPage},
			func(c *Client, wanted int) (int, []error) {
				return take(c.ResourceServers.All(t.Context(), identifiers), wanted)
			},
			map[int]int{0: 0, 1: 1, 10: 1, 11: 2, 20: 2, 21: 3, 26: 3},
		},
		"client grants": {
			[]http.HandlerFunc{
				checkpointPage("x", 0, 100), checkpointPage("y", 100, 100),
				checkpointPage("", 200, 50),
			},
			func(c *Client, wanted int) (int, []error) {
				return take(c.ClientGrants.All(t.Context(), ClientGrantFilter{}), wanted)
			},
			map[int]int{0: 0, 1: 1, 100: 1, 101: 2, 200: 2, 250: 3, 251: 3},
		},
	} {
		for wanted, sent := range list.sent {
			t.Run(fmt.Sprintf("%d %s", wanted, name), func(t *testing.T) {
				t.Parallel()
				s := script(t, list.pages...)
				got, errs := list.take(client(t, s), wanted)
				if got != wanted && (got != wanted-1 || sent != len(list.pages)) || len(errs) > 0 {
					t.Errorf("%d items, %v", got, errs)
				}
				if len(s.Lines()) != sent {
					t.Errorf("%d requests, want %d", len(s.Lines()), sent)
				}
			})
		}
	}
}

func TestAll_identifiersEndWithTheFirstError(t *testing.T) {
	t.Parallel()
	identifiers := make([]string, 25)
	for i := range identifiers {
		identifiers[i] = fmt.Sprintf("urn:api:%d", i)
	}
	s := script(t, offsetPage(10, 0, 100, 10), reply(
		403, `{"statusCode":403,"error":"Forbidden","message":"no"}`,
	))
	got, errs := take(client(t, s).ResourceServers.All(t.Context(), identifiers), 25)
	if got != 10 || len(errs) != 1 || !strings.Contains(errs[0].Error(), "403 Forbidden") {
		t.Errorf("%d items, %v", got, errs)
	}
	if len(s.Lines()) != 2 {
		t.Errorf("requests: %v", s.Lines())
	}
}

// The first iteration must not leave state to the next.
func TestAll_canBeReadAgain(t *testing.T) {
	t.Parallel()
	s := script(t, offsetPage(2, 0, 100, 2), offsetPage(2, 0, 100, 2))
	all := client(t, s).ResourceServers.All(t.Context(), []string{"urn:api:0", "urn:api:1"})
	for range 2 {
		if got, errs := take(all, 3); got != 2 || len(errs) > 0 {
			t.Errorf("%d items, %v", got, errs)
		}
	}
	if lines := s.Lines(); len(lines) != 2 || lines[0] != lines[1] {
		t.Errorf("requests: %v", lines)
	}
}
