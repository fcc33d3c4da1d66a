// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/bounded"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// mostMemory is what a client may need for any answer, in bytes.
const mostMemory = 200_000_000

// peak returns the largest heap while f runs, garbage included, in bytes. GOGC in the environment
// of the test does not matter.
func peak(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	read := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	runtime.GC()
	largest := read()
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			largest = max(largest, read())
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return largest
}

// flood is a body: a beginning, and a text that is repeated up to a size.
func flood(begin, again string, size int) io.ReadCloser {
	block := strings.Repeat(again, 64<<10/len(again)+1)
	readers := []io.Reader{strings.NewReader(begin)}
	for left := size; left > 0; left -= len(block) {
		readers = append(readers, strings.NewReader(block))
	}
	return io.NopCloser(io.MultiReader(readers...))
}

// listed is a page of 100 APIs of a list that does not end. Each has a name of some length, and
// scopes.
func listed(page, length int, scopes string) string {
	var b strings.Builder
	b.WriteString(`{"total":100,"limit":100,"resource_servers":[`)
	for i := range rest.PageSize {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%d-%d","name":"%s","scopes":[%s]}`, page, i,
			strings.Repeat("x", length), scopes)
	}
	b.WriteString("]}")
	return b.String()
}

// These tests are not parallel, because they measure the memory of the process.

func TestMemory_isBoundedForAnyAnswer(t *testing.T) {
	const mebi = 1 << 20
	list := func(ctx context.Context, c *Client) error {
		_, err := c.ResourceServers.List(ctx, nil)
		return err
	}
	find := func(ctx context.Context, c *Client) error {
		_, err := c.ClientGrants.Find(ctx, ClientGrantKey{ClientID: "a", Audience: "b"})
		return err
	}
	fetch := func(ctx context.Context, c *Client) error {
		_, err := c.Tokens.Fetch(ctx, TokenRequest{
			Credentials: Credentials{ClientID: "a", ClientSecret: "b"},
		})
		return err
	}
	for name, tc := range map[string]struct {
		call func(context.Context, *Client) error
		body func(page int) io.ReadCloser
		code int
		want string
	}{
		"array of empty objects": {
			find, func(int) io.ReadCloser { return flood("[", `{},`, 63*mebi) }, 200,
			"more than the 100 items that were asked for",
		},
		"page of empty objects": {
			list, func(int) io.ReadCloser { return flood(`{"resource_servers":[`, `{},`, 63*mebi) },
			200, "more than the 100 items that were asked for",
		},
		"empty scopes": {
			list, func(int) io.ReadCloser {
				return flood(`{"resource_servers":[{"scopes":[`, `{},`, 63*mebi)
			}, 200, "larger than 4 MiB",
		},
		"another property": {
			list, func(int) io.ReadCloser { return flood(`{"other":[`, `{},`, 63*mebi) }, 200,
			"larger than 4 MiB",
		},
		"single object": {
			getOrders, func(int) io.ReadCloser { return flood(`{"scopes":[`, `{},`, 63*mebi) }, 200,
			"larger than 4 MiB",
		},
		"long string": {
			getOrders, func(int) io.ReadCloser { return flood(`{"name":"`, "x", 63*mebi) }, 200,
			"longer than 1 MiB",
		},
		"deep nesting": {
			getOrders, func(int) io.ReadCloser { return flood(`{"x":`, "[", 63*mebi) }, 200,
			"nested more than 64 levels deep",
		},
		"white space": {
			getOrders, func(int) io.ReadCloser { return flood("", " ", 63*mebi) }, 200,
			"larger than 4 MiB",
		},
		"error": {
			getOrders, func(int) io.ReadCloser { return flood(`{"message":"`, "x", 63*mebi) }, 403,
			"larger than 64 KiB",
		},
		"error of the token endpoint": {
			fetch, func(int) io.ReadCloser { return flood(`{"error":[`, "{},", 63*mebi) }, 403,
			"larger than 64 KiB",
		},
		"token": {
			fetch, func(int) io.ReadCloser { return flood(`{"other":[`, "{},", 63*mebi) }, 200,
			"larger than 1 MiB",
		},
		"endless pages of long names": {
			list, func(page int) io.ReadCloser {
				return io.NopCloser(strings.NewReader(listed(page, 10<<10, "")))
			}, 200, "the list takes more than 80 MiB of memory",
		},
		"endless pages of empty scopes": {
			list, func(page int) io.ReadCloser {
				return io.NopCloser(strings.NewReader(
					listed(page, 0, strings.TrimSuffix(strings.Repeat("{},", 3<<10), ",")),
				))
			}, 200, "the list takes more than 80 MiB of memory",
		},
		"endless pages of small objects": {
			list, func(page int) io.ReadCloser {
				return io.NopCloser(strings.NewReader(listed(page, 0, "")))
			}, 200, "the list does not end (1201 pages were read)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			page := 0
			c := over(t, func(req *http.Request) (*http.Response, error) {
				connected(req)
				page++
				return &http.Response{
					StatusCode: tc.code, Request: req, Body: tc.body(page),
					Header: http.Header{"Content-Type": {"application/json"}},
				}, nil
			})
			var err error
			most := peak(func() { err = tc.call(t.Context(), c) })
			if most > mostMemory {
				t.Errorf("%d MB", most/1e6)
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %q", err, tc.want)
			}
			t.Logf("%d MB, %d pages", most/1e6, page)
		})
	}
}

func TestMemory_isBoundedAfterDecompression(t *testing.T) {
	var packed bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	_, _ = io.Copy(zip, flood("[", `{},`, 16<<20))
	_ = zip.Close()
	s := script(t, reply(200, packed.String(), "Content-Encoding", "gzip"))
	c := client(t, s)
	var err error
	most := peak(func() {
		_, err = c.ClientGrants.Find(t.Context(), ClientGrantKey{ClientID: "a", Audience: "b"})
	})
	limit, ok := errors.AsType[*bounded.LimitError](err)
	if !ok || limit.Items != rest.PageSize || most > mostMemory || packed.Len() > 64<<10 {
		t.Errorf("%v after %d bytes, %d MB", err, packed.Len(), most/1e6)
	}
	t.Logf("%d bytes, %d MB", packed.Len(), most/1e6)
}

// honest is an API as a tenant returns it.
const honest = `{"id":"68f0a1b2c3d4e5f6%08d","name":"Orders %[1]d","identifier":"https://orders-%[1]d.example.com",
"allow_offline_access":false,"skip_consent_for_verifiable_first_party_clients":false,
"subject_type_authorization":{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}},
"token_lifetime":86400,"token_lifetime_for_web":7200,"signing_alg":"RS256","token_dialect":"access_token",
"signing_secret":"Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmFy","enforce_policies":false,"is_system":false,
"scopes":[{"value":"read:orders","description":"Read orders"},{"value":"write:orders"}]}`

// readHonest reads a list and returns what was allocated and the peak, in bytes.
func readHonest(t *testing.T, count int) (allocated, most uint64) {
	t.Helper()
	var pages []string
	for from := 0; from < count; from += rest.PageSize {
		items := make([]string, rest.PageSize)
		for i := range items {
			items[i] = fmt.Sprintf(honest, from+i)
		}
		pages = append(pages, fmt.Sprintf(
			`{"total":%d,"limit":100,"resource_servers":[%s]}`, count, strings.Join(items, ","),
		))
	}
	pages = append(pages, fmt.Sprintf(`{"total":%d,"limit":100,"resource_servers":[]}`, count))
	c := over(t, func(req *http.Request) (*http.Response, error) {
		connected(req)
		number, _ := strconv.Atoi(req.URL.Query().Get("page"))
		return &http.Response{
			StatusCode: http.StatusOK, Request: req, Header: http.Header{},
			Body: io.NopCloser(strings.NewReader(pages[number])),
		}, nil
	})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most = peak(func() {
		got, err := c.ResourceServers.List(t.Context(), nil)
		if err != nil || len(got) != count || got[count-1].ID != fmt.Sprintf(
			"68f0a1b2c3d4e5f6%08d", count-1) || len(got[0].Scopes) != 2 {
			t.Errorf("%d APIs, %v", len(got), err)
		}
	})
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, most - before.HeapAlloc
}

func TestMemory_honestListIsLinearAndLean(t *testing.T) {
	few, _ := readHonest(t, 2_000)
	many, most := readHonest(t, 20_000)
	if each := many / 20_000; each > 12_000 || many > 12*few {
		t.Errorf("%d bytes allocated for each API; %d for 2,000 and %d for 20,000", each, few, many)
	}
	if most > 100_000_000 {
		t.Errorf("a peak of %d MB", most/1e6)
	}
	t.Logf("%d bytes allocated for each API, a peak of %d MB", many/20_000, most/1e6)
}
