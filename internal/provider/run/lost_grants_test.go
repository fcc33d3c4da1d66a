// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// slowList has 150 grants, and needs 20 seconds for a page of the list.
type slowList struct{}

func (slowList) RoundTrip(req *http.Request) (*http.Response, error) {
	grant := func(i int) string {
		return fmt.Sprintf(
			`{"id":"cgr_%d","client_id":"c%d","audience":"urn:a%d","scope":[]}`, i, i, i,
		)
	}
	w := httptest.NewRecorder()
	query := req.URL.Query()
	switch id, single := strings.CutPrefix(req.URL.Path, "/api/v2/client-grants/cgr_"); {
	case single:
		var i int
		_, _ = fmt.Sscan(id, &i)
		_, _ = w.WriteString(grant(i))
	case query.Has("page"):
		time.Sleep(20 * time.Second)
		var page int
		_, _ = fmt.Sscan(query.Get("page"), &page)
		var all []string
		for i := page * 100; i < min(page*100+100, 150); i++ {
			all = append(all, grant(i))
		}
		_, _ = fmt.Fprintf(w, `{"client_grants":[%s],"start":%d,"limit":100,"total":150}`,
			strings.Join(all, ","), page*100)
	default:
		_, _ = w.WriteString(`{"client_grants":[` + grant(7) + `]}`)
	}
	resp := w.Result()
	resp.Request = req
	return resp, nil
}

// The plan of an API looks for the grants that its destroy deletes, while the state is refreshed.
func TestGrantsOf_doesNotWaitForALongList(t *testing.T) {
	for _, off := range []bool{false, true} {
		t.Run(fmt.Sprintf("read_batching=%v", !off), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api, err := m2m.New(m2m.Config{
					Config: rest.Config{
						BaseURL:   &url.URL{Scheme: "https", Host: "tenant.example"},
						Transport: slowList{}, Getenv: func(string) string { return "" },
					},
					APIToken: "token", NoReadBatching: off,
				})
				if err != nil {
					t.Fatal(err)
				}
				r := &Run{API: api}
				for i := range 10 {
					go func() {
						_, _ = api.Reads.ClientGrant(t.Context(), fmt.Sprint("cgr_", i),
							m2m.ClientGrantKey{
								ClientID: fmt.Sprint("c", i), Audience: fmt.Sprint("urn:a", i),
							})
					}()
				}
				time.Sleep(time.Second)
				var diags diag.Diagnostics
				started := time.Now()
				if got := r.GrantsOf(t.Context(), "urn:a7", &diags); len(got) != 1 {
					t.Errorf("after %v: %d grants, %v, want the grant", time.Since(started), len(got), diags)
				}
				time.Sleep(5 * time.Minute)
				if got := r.GrantsOf(t.Context(), "urn:a7", &diags); len(got) != 1 {
					t.Errorf("later: %d grants, %v, want the grant", len(got), diags)
				}
			})
		})
	}
}
