// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// The look comes after a pause. It reads again while the answer may be late, and then believes it.
func TestLook(t *testing.T) {
	t.Parallel()
	ours, theirs := `{"id":"cgr_1","scope":["b","a"]}`, `{"id":"cgr_1","scope":["c"]}`
	for name, tc := range map[string]struct {
		answers []string // The last one is repeated.
		scope   []string
		after   time.Duration
		reads   int
	}{
		"as written":       {[]string{ours}, []string{"b", "a"}, lookAfter, 1},
		"late":             {[]string{theirs, ours}, []string{"b", "a"}, 1500 * time.Millisecond, 2},
		"changed for good": {[]string{theirs}, []string{"c"}, 4500 * time.Millisecond, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				reads := 0
				c := over(t, func(req *http.Request) (*http.Response, error) {
					reads++
					return answer(req, reply(200, tc.answers[min(reads, len(tc.answers))-1]))
				})
				started := time.Now()
				got, err := c.ClientGrants.Look(
					t.Context(), "cgr_1", ClientGrantProperties{Scope: Set([]string{"a", "b"})},
				)
				if err != nil || !slices.Equal(got.Scope, tc.scope) || reads != tc.reads {
					t.Errorf("%v, %v after %d reads", got.Scope, err, reads)
				}
				spent := time.Since(started) // Each pause has a jitter of up to a quarter.
				if spent < tc.after || spent > tc.after*5/4 {
					t.Errorf("it took %s, want about %s", spent, tc.after)
				}
			})
		})
	}
}
