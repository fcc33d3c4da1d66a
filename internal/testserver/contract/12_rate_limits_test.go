// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// newLimitedTenant is a tenant with rate limits. Its Management API token is already fetched.
func newLimitedTenant(t *testing.T, limit testserver.RateLimit) *tenant {
	t.Helper()
	x := servertest.NewWith(t, testserver.Config{RateLimit: limit})
	x.Token = x.FetchToken(
		testserver.ManagementClientID, testserver.ManagementClientSecret, x.URL()+"/api/v2/", "",
	)
	return x
}

// exhaust repeats a request until the rate limit refuses it. The bucket refills meanwhile, so the
// number of served requests is its size or a little more.
func exhaust(
	t *testing.T,
	most int,
	request func() servertest.Answer,
) (refused servertest.Answer, served int) {
	t.Helper()
	for served <= most {
		got := request()
		if got.Status == http.StatusTooManyRequests {
			return got, served
		}
		served++
	}
	t.Fatalf("%d requests were served", served)
	return servertest.Answer{}, 0
}

func number(t *testing.T, got servertest.Answer, header string) int64 {
	t.Helper()
	value, err := strconv.ParseInt(got.Header.Get(header), 10, 64)
	if err != nil {
		t.Errorf("header %s: %v", header, err)
	}
	return value
}

const (
	globalLimit   = `{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}`
	endpointLimit = `{"statusCode":429,"error":"Too Many Requests","message":"Endpoint limit has been reached","errorCode":"too_many_requests"}`
)

// slow does not refill during a test; roomy does not run out during a test.
var (
	slow  = testserver.RateLimit{PerSecond: 1, Burst: 10}
	roomy = testserver.RateLimit{PerSecond: 1000, Burst: 1000}
)

func TestContract12Headers(t *testing.T) {
	t.Parallel()
	observed(t, "12.1", "answers of the Management API report the size of the bucket, the "+
		"remaining requests and when it is full again",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, slow)
			before := x.Clock().Now().Unix()
			got := x.API("GET", "/client-grants", "")
			got.WantHeader(t, "x-ratelimit-limit", "10")
			got.WantHeader(t, "x-ratelimit-remaining", "9")
			if reset := number(t, got, "x-ratelimit-reset"); reset < before ||
				reset > x.Clock().Now().Unix()+2 {
				t.Errorf("reset %d, asked at %d", reset, before)
			}
		})
	observed(t, "12.1", "both successful and failed answers have the rate limit headers",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, slow)
			for path, status := range map[string]int{
				"/client-grants":                      200,
				"/client-grants/cgr_0000000000000000": 404,
				"/client-grants?page=x":               400,
			} {
				got := x.API("GET", path, "")
				got.WantHeader(t, "x-ratelimit-limit", "10")
				if left := number(t, got, "x-ratelimit-remaining"); got.Status != status ||
					left < 7 || left > 9 {
					t.Errorf("%s: status %d, %d left", path, got.Status, left)
				}
			}
		})
	observed(t, "12.1", "if the bucket is empty, a request is a 429 with 0 remaining",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, slow)
			got, served := exhaust(t, 100, func() servertest.Answer {
				return x.API("GET", "/client-grants", "")
			})
			got.WantJSON(t, 429, globalLimit)
			got.WantHeader(t, "x-ratelimit-limit", "10")
			got.WantHeader(t, "x-ratelimit-remaining", "0")
			if served < 10 {
				t.Errorf("%d requests were served", served)
			}
		})
	observed(t, "12.1", "reads, lists and changes can all be a 429",
		func(t *testing.T, _ *tenant) {
			for _, request := range []struct{ method, path, body string }{
				{"GET", samplePath, ""},
				{"GET", "/resource-servers", ""},
				{"PATCH", samplePath, `{"token_lifetime":60}`},
			} {
				x := newLimitedTenant(t, testserver.RateLimit{PerSecond: 1, Burst: 2})
				got, _ := exhaust(t, 100, func() servertest.Answer {
					return x.API(request.method, request.path, request.body)
				})
				got.WantJSON(t, 429, globalLimit)
			}
		})
	assumed(t, "12.1", "a 429 says in Retry-After how many seconds to wait",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, slow)
			got, _ := exhaust(
				t,
				100,
				func() servertest.Answer { return x.API("GET", "/client-grants", "") },
			)
			if wait := number(t, got, "Retry-After"); wait < 1 || wait > 10 {
				t.Errorf("Retry-After %d", wait)
			}
		})
}

func TestContract12Buckets(t *testing.T) {
	t.Parallel()
	list := func(x *tenant) func() servertest.Answer {
		return func() servertest.Answer { return x.API("GET", "/client-grants", "") }
	}
	documented(t, "12.1", "the bucket refills at the sustained rate up to its size",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, slow)
			exhaust(t, 100, list(x))
			x.Clock().Advance(3 * time.Second)
			if got := list(x)(); got.Status != 200 || number(t, got, "x-ratelimit-remaining") < 2 {
				t.Errorf("status %d, %s left", got.Status, got.Header.Get("x-ratelimit-remaining"))
			}
			x.Clock().Advance(time.Hour)
			list(x)().WantHeader(t, "x-ratelimit-remaining", "9")
		})
	documented(t, "12.2", "resource servers and client grants share the global bucket",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, slow)
			for range 5 {
				list(x)()
			}
			if left := number(t, x.API("GET", samplePath, ""), "x-ratelimit-remaining"); left > 8 {
				t.Errorf("%d left", left)
			}
		})
	assumed(t, "12.1", "failed requests count too", func(t *testing.T, _ *tenant) {
		x := newLimitedTenant(t, slow)
		got, served := exhaust(t, 100, func() servertest.Answer {
			return x.API("POST", "/client-grants", `{}`)
		})
		got.WantJSON(t, 429, globalLimit)
		if served < 10 {
			t.Errorf("%d requests were served", served)
		}
	})
	assumed(t, "12.1", "a request that the rate limit refuses changes nothing",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, slow)
			asked := 0
			_, served := exhaust(t, 100, func() servertest.Answer {
				asked++
				return x.API("POST", "/resource-servers", fmt.Sprintf(
					`{"identifier":"urn:%d"}`, asked,
				))
			})
			x.Clock().Advance(time.Hour)
			for i := range asked {
				status := 200
				if i == served {
					status = 404
				}
				if got := x.API(
					"GET", fmt.Sprintf("/resource-servers/urn:%d", i+1), "",
				); got.Status != status && got.Status != 429 {
					t.Errorf("urn:%d: %d", i+1, got.Status)
				}
				x.Clock().Advance(time.Minute)
			}
		})
}

func TestContract12EndpointBuckets(t *testing.T) {
	t.Parallel()
	observed(t, "12.1", "the 429 of an endpoint with its own bucket names the endpoint limit",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, roomy)
			got, _ := exhaust(
				t,
				100,
				func() servertest.Answer { return x.API("GET", "/clients", "") },
			)
			got.WantJSON(t, 429, endpointLimit)
		})
	documented(t, "12.2", "endpoints of clients, organizations and organization grants have "+
		"their own buckets besides the global one",
		func(t *testing.T, _ *tenant) {
			const org, grant = "/organizations/org_0000000000000000", `{"grant_id":"cgr_0000000000000000"}`
			for _, test := range []struct {
				method, path, body string
				burst              int
			}{
				{"GET", "/clients", "", 5},
				{"GET", org + "/client-grants", "", 10},
				{"POST", org + "/client-grants", grant, 5},
				{"GET", "/organizations", "", 5},
				{"GET", org, "", 20},
				{"POST", "/organizations", `{"name":"-"}`, 5},
				{"PATCH", org, `{"display_name":"D"}`, 5},
				{"DELETE", org, "", 5},
			} {
				x := newLimitedTenant(t, roomy)
				got, served := exhaust(t, 200, func() servertest.Answer {
					return x.API(test.method, test.path, test.body)
				})
				got.WantJSON(t, 429, endpointLimit)
				// In the few seconds of the test, the fastest of these buckets refills by a few
				// requests.
				if served < test.burst || served > test.burst+10 {
					t.Errorf(
						"%s %s: %d requests were served, the burst is %d", test.method, test.path,
						served, test.burst,
					)
				}
			}
		})
	documented(t, "12.2", "endpoints with their own bucket do not share it",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, roomy)
			exhaust(t, 100, func() servertest.Answer { return x.API("GET", "/clients", "") })
			x.API("GET", "/organizations", "").WantJSON(t, 200, `[]`)
			x.API("GET", "/client-grants?audience=urn:none", "").WantJSON(t, 200, `[]`)
		})
	documented(t, "12.1", "the global limit is checked before the limit of the endpoint",
		func(t *testing.T, _ *tenant) {
			// The same request empties both buckets, and the endpoint's bucket refills faster.
			x := newLimitedTenant(t, testserver.RateLimit{PerSecond: 1, Burst: 5})
			got, _ := exhaust(
				t,
				100,
				func() servertest.Answer { return x.API("GET", "/clients", "") },
			)
			got.WantJSON(t, 429, globalLimit)
		})
	assumed(t, "12.1", "the headers of an endpoint with its own bucket report that bucket",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, roomy)
			got := x.API("GET", "/clients", "")
			got.WantHeader(t, "x-ratelimit-limit", "5")
			got.WantHeader(t, "x-ratelimit-remaining", "4")
		})
	documented(t, "12.2", "signing keys can be rotated at most five times a day, whatever the "+
		"tenant's plan",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, roomy)
			got, served := exhaust(t, 6, func() servertest.Answer {
				return x.API("POST", "/keys/signing/rotate", "")
			})
			got.WantJSON(t, 429, endpointLimit)
			if served != 5 {
				t.Errorf("%d rotations", served)
			}
		})
}

func TestContract12TokenEndpoint(t *testing.T) {
	t.Parallel()
	observed(t, "9.2", "answers of the token endpoint report the rate limit of its own bucket",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, slow)
			x.SampleGrant("")
			x.Clock().Advance(time.Minute)
			got := x.AskToken(servertest.SampleAudience)
			got.WantHeader(t, "x-ratelimit-limit", "100")
			got.WantHeader(t, "x-ratelimit-remaining", "99")
			if reset := number(t, got, "x-ratelimit-reset"); reset < x.Clock().Now().Unix()-1 ||
				reset > x.Clock().Now().Unix()+2 {
				t.Errorf("reset %d", reset)
			}
		})
	documented(t, "9.4", "too many token requests are a 429 too_many_requests",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, testserver.RateLimit{PerSecond: 1, Burst: 1})
			got, served := exhaust(
				t,
				1000,
				func() servertest.Answer { return x.AskToken("client_id=nobody") },
			)
			got.WantJSON(t, 429,
				`{"error":"too_many_requests","error_description":"Global limit has been reached"}`)
			if served < 9 { // One more token was fetched for the Management API.
				t.Errorf("%d requests were served", served)
			}
		})
	documented(t, "12.1", "the token endpoint and the Management API have separate buckets",
		func(t *testing.T, _ *tenant) {
			x := newLimitedTenant(t, testserver.RateLimit{PerSecond: 1, Burst: 2})
			exhaust(t, 1000, func() servertest.Answer { return x.AskToken("client_id=nobody") })
			x.API("GET", "/client-grants", "").WantHeader(t, "x-ratelimit-remaining", "1")
		})
}
