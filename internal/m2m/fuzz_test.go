// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// FuzzList decodes lists in both forms.
func FuzzList(f *testing.F) {
	for _, seed := range []string{
		`{"client_grants":[{"id":"cgr_1","audience":"a","scope":["b"]}],"next":"x"}`,
		`{"total":1,"start":0,"limit":100,"client_grants":[{"id":"cgr_1"}]}`, `[{"id":"cgr_1"}]`,
		`{"client_grants":null}`, `[]`, `null`, `{}`, ``, `[{}`, `[{"id":7}]`, `{"total":-1}`,
		`{"next":null,"client_grants":[]} `, `[{"id":"cgr_1"}]]`, "[\x00]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := rest.Request{Query: checkpointQuery()}
		var (
			paged page[ClientGrant]
			bare  array[ClientGrant]
		)
		first := m2mtest.ToListing(200, "application/json", body)
		pageErr := rest.Read(&first, r, &paged)
		second := m2mtest.ToListing(200, "application/json", body)
		arrayErr := rest.Read(&second, r, &bare)
		for _, c := range []struct {
			items []ClientGrant
			err   error
		}{{paged.items, pageErr}, {bare, arrayErr}} {
			refused, ok := errors.AsType[*rest.Error](c.err)
			switch {
			case c.err != nil && (!ok || refused.NotJSON != (refused.Body != "") ||
				refused.NotJSON == (refused.Message != "")):
				t.Fatalf("%v: %+v", c.err, refused)
			case c.err == nil && (!json.Valid([]byte(body)) || len(c.items) > rest.PageSize):
				t.Fatalf("%d items", len(c.items))
			}
		}
		if pageErr == nil {
			for _, item := range paged.items {
				if item.ID == "" {
					t.Fatal("an item without an id")
				}
			}
		}
	})
}

// FuzzPagination reads a list whose pages are chosen by the input.
func FuzzPagination(f *testing.F) {
	f.Add([]byte{}, true)
	f.Add([]byte{0x01, 0x10, 0x42, 0xff}, true)
	f.Add([]byte{0x9f, 0x9f, 0x9f, 0x00}, false)
	f.Add([]byte{0xf0, 0x0f, 0x80, 0x7f, 0x33, 0xcc}, false)
	f.Fuzz(func(t *testing.T, input []byte, byMark bool) {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			c := over(t, func(req *http.Request) (*http.Response, error) {
				// Each byte is a page: few items or a full page, a total, and whether it goes on.
				var choice byte
				if sent < len(input) {
					choice = input[sent]
				}
				sent++
				first, count := int(choice&7), int(choice>>3&3)
				if choice&0x20 != 0 {
					first, count = sent*rest.PageSize, rest.PageSize
				}
				total := int(choice>>4) * sent
				if byMark {
					mark := ""
					if choice&0x80 != 0 {
						mark = fmt.Sprint(choice)
					}
					return answer(req, checkpointPage(mark, first, count))
				}
				return answer(req, offsetPage(total, first, rest.PageSize, count))
			})
			ids := map[string]bool{}
			record := func(id string) {
				if id == "" || ids[id] {
					t.Fatalf("the object %q is returned twice", id)
				}
				ids[id] = true
			}
			started := time.Now()
			if byMark {
				got, _ := c.ClientGrants.List(t.Context(), ClientGrantFilter{})
				for _, grant := range got {
					record(grant.ID)
				}
			} else {
				got, _ := c.ResourceServers.List(t.Context(), nil)
				for _, server := range got {
					record(server.ID)
				}
			}
			if sent > listingRounds*(len(input)+2) || time.Since(started) > time.Minute {
				t.Fatalf("%d requests for %d pages in %v", sent, len(input), time.Since(started))
			}
		})
	})
}
