// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const (
	ordersConflict = `{"statusCode":409,"error":"Conflict","message":"A resource server with the same identifier already exists"}`
	ordersMissing  = `{"statusCode":404,"error":"Not Found","message":"The resource server does not exist","errorCode":"inexistent_resource_server"}`
	ordersPost     = "POST /api/v2/resource-servers"
	ordersFind     = "GET /api/v2/resource-servers?identifiers=https%3A%2F%2Forders.example.com"
	ordersFound    = "[" + ordersJSON + "]"
	nothing        = "[]"
)

// newOrders is the create that ordersJSON answers.
func newOrders() NewResourceServer {
	return NewResourceServer{
		Identifier: "https://orders.example.com",
		ResourceServerProperties: ResourceServerProperties{
			TokenLifetime: Set[int64](86400), SigningAlg: Set("RS256"),
			TokenEncryption: Null[TokenEncryption](),
			SubjectTypeAuthorization: Set(SubjectTypeAuthorization{User: &SubjectPolicy{
				Policy: "allow_all",
			}}),
		},
	}
}

func TestCreate_isOneRequest(t *testing.T) {
	t.Parallel()
	s := script(t, reply(201, ordersJSON))
	got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
	want := ResourceServer{
		ID: "68f0a1b2c3d4e5f60718293a", Identifier: "https://orders.example.com",
		SigningAlg:         new("RS256"),
		AllowOfflineAccess: new(false), SkipConsent: new(false), TokenLifetime: new(int64(86400)),
		TokenLifetimeForWeb: new(int64(7200)),
		SubjectTypeAuthorization: &SubjectTypeAuthorization{
			&SubjectPolicy{"allow_all"}, &SubjectPolicy{"require_client_grant"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestCreate_lostReplyIsLookedUpByIdentifier(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]http.HandlerFunc{
		"reset": reset, "truncated": truncated, "502": html(502),
		"500": reply(
			500, `{"statusCode":500,"error":"Internal Server Error","message":"x"}`,
		),
		"HTML with 200": html(200), "empty 201": reply(201, ""), "201 without id": reply(201, "{}"),
		"204": reply(204, ""),
	} {
		s := script(t, lost, reply(200, ordersFound))
		got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
		if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if diff := cmp.Diff([]string{ordersPost, ordersFind}, s.Lines()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestCreate_lostReplyAndDifferentObjectIsAConflict(t *testing.T) {
	t.Parallel()
	in := newOrders()
	in.TokenLifetime = Set[int64](3600)
	s := script(t, reset, reply(200, ordersFound))
	got, err := client(t, s).ResourceServers.Create(t.Context(), in)
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.ID != "68f0a1b2c3d4e5f60718293a" || got.ID != "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestCreate_lostReplyWithoutObjectIsSentAgain(t *testing.T) {
	t.Parallel()
	s := script(t, reset, reply(200, nothing), reply(201, ordersJSON))
	got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
	if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" {
		t.Errorf("%+v, %v", got, err)
	}
	if diff := cmp.Diff([]string{ordersPost, ordersFind, ordersPost}, s.Lines()); diff != "" {
		t.Error(diff)
	}
	if a := s.Arrived(); a[0].Body != a[2].Body || a[0].Body == "" {
		t.Errorf("%q, then %q", a[0].Body, a[2].Body)
	}
}

func TestCreate_effectAfterLookupIsFound(t *testing.T) {
	t.Parallel()
	s := script(t, reset, reply(200, nothing), reply(409, ordersConflict), reply(200, ordersFound))
	got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
	if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestCreate_goesOnUntilTheTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var posts []time.Time
		c := over(t, func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodGet {
				return answer(req, reply(200, nothing))
			}
			posts = append(posts, time.Now())
			return answer(req, reply(
				503, `{"statusCode":503,"error":"Service Unavailable","message":"later"}`,
			))
		})
		started := time.Now()
		_, err := c.ResourceServers.Create(t.Context(), newOrders())
		var answer *rest.Error
		var uncertain *UncertainError
		if !errors.As(err, &answer) || answer.Status != 503 || errors.As(err, &uncertain) {
			t.Error(err)
		}
		// After six waits that double, 23 and fewer of 30 to 37.5 seconds fit into ten minutes.
		if took := time.Since(started); took < 9*time.Minute || took > 11*time.Minute ||
			len(posts) < 20 || len(posts) > 30 || answer.Attempts != len(posts) {
			t.Fatalf("sent %d times in %v, but reported %+v", len(posts), took, answer.Tries)
		}
		if posts[1].Sub(posts[0]) < 250*time.Millisecond ||
			posts[2].Sub(posts[1]) < 500*time.Millisecond {
			t.Errorf("sent at %v", posts)
		}
	})
}

// failedLookups are answers that do not say whether the object exists.
var failedLookups = map[string]http.HandlerFunc{
	"forbidden": reply(
		403,
		`{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:resource_servers","errorCode":"insufficient_scope"}`,
	),
	"null": reply(200, "null"), "404 of a proxy": html(404),
	"404 without code": reply(
		404, `{"statusCode":404,"error":"Not Found","message":"Not Found"}`,
	),
}

// A refusal is final earlier than other answers, because it is likely to be repeated.
func TestCreate_lostReplyAndFailedLookupsAreUncertain(t *testing.T) {
	t.Parallel()
	for name, lookup := range failedLookups {
		synctest.Test(t, func(t *testing.T) {
			w := &lostWire{lookup: func(int) http.HandlerFunc { return lookup }}
			started := time.Now()
			got, err := over(t, w.send).ResourceServers.Create(t.Context(), newOrders())
			least, most := 9*time.Minute, 10*time.Minute+lookupTimeout
			if name == "forbidden" {
				least, most = refusedTimeout, 2*refusedTimeout
			}
			if took := time.Since(started); took < least || took > most || len(w.posts) != 1 {
				t.Errorf("%s: it took %v and %d creates", name, took, len(w.posts))
			}
			var (
				uncertain *UncertainError
				transport *rest.TransportError
			)
			if !errors.As(err, &uncertain) || !errors.As(err, &transport) || rest.IsNotFound(err) ||
				got.ID != "" {
				t.Errorf("%s: %+v, %v", name, got, err)
				return
			}
			if rest.Answered(uncertain.Lookup) == nil ||
				err.Error() != "create resource server: "+transport.Error()+
					"; looking it up failed: "+uncertain.Lookup.Error() {
				t.Errorf("%s: %v, whose lookup %v", name, err, uncertain.Lookup)
			}
		})
	}
}

func TestCreate_failedLookupIsRepeated(t *testing.T) {
	t.Parallel()
	for name, lookup := range failedLookups {
		synctest.Test(t, func(t *testing.T) {
			w := &lostWire{lookup: func(n int) http.HandlerFunc {
				if n <= 3 {
					return lookup
				}
				return reply(200, ordersFound)
			}}
			got, err := over(t, w.send).ResourceServers.Create(t.Context(), newOrders())
			if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" || len(w.posts) != 1 {
				t.Errorf("%s: %+v, %v after %d creates", name, got, err, len(w.posts))
			}
			checkPauses(t, w.gets)
		})
	}
}

// The list of the tenant may be late by minutes, while its creates already know the object.
func TestCreate_lostReplyIsLookedUpForMinutes(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]http.HandlerFunc{
		"conflict": reply(409, ordersConflict), "refused": failedLookups["forbidden"],
		"unavailable": html(503),
	} {
		for _, shown := range []string{ordersFound, strings.Replace(ordersFound, "86400", "60", 1)} {
			synctest.Test(t, func(t *testing.T) {
				started, posts := time.Now(), 0
				got, err := over(t, func(req *http.Request) (*http.Response, error) {
					switch late := time.Since(started) < 9*time.Minute; {
					case req.Method == http.MethodGet && late:
						return answer(req, reply(200, nothing))
					case req.Method == http.MethodGet:
						return answer(req, reply(200, shown))
					}
					connected(req)
					if posts++; posts == 1 {
						return nil, errReset
					}
					return answer(req, second)
				}).ResourceServers.Create(t.Context(), newOrders())
				if took := time.Since(started); took > 10*time.Minute || posts > 30 {
					t.Errorf("%s: it took %v and %d creates", name, took, posts)
				}
				var conflict *ConflictError
				switch {
				case shown == ordersFound:
					if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" {
						t.Errorf("%s: %+v, %v", name, got, err)
					}
				case !errors.As(err, &conflict) || conflict.ID != "68f0a1b2c3d4e5f60718293a":
					t.Errorf("%s: %+v, %v; want a conflict", name, got, err)
				}
			})
		}
	}
}

func TestCreate_conflictHasTheIDOfAnEqualObject(t *testing.T) {
	t.Parallel()
	s := script(t, reply(409, ordersConflict), reply(200, ordersFound))
	got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
	var (
		conflict *ConflictError
		answer   *rest.Error
	)
	if !errors.As(err, &conflict) || !conflict.Identical ||
		conflict.ID != "68f0a1b2c3d4e5f60718293a" || got.ID != conflict.ID {
		t.Fatalf("%+v, %v", got, err)
	}
	if !errors.As(err, &answer) || answer.Status != 409 || answer.Method != http.MethodPost {
		t.Error(err)
	}
}

func TestCreate_conflictWithFailedLookupHasNoID(t *testing.T) {
	t.Parallel()
	for name, lookup := range map[string]http.HandlerFunc{
		"forbidden": reply(403, "{}"), "404 of a proxy": html(404),
		"no list": reply(200, ordersJSON), "null": reply(200, "null"),
	} {
		s := script(t, reply(409, ordersConflict), lookup)
		_, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
		var conflict *ConflictError
		if !errors.As(err, &conflict) || conflict.ID != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCreate_conflictWithDeletedObjectIsSentAgain(t *testing.T) {
	t.Parallel()
	s := script(t, reply(409, ordersConflict), reply(200, nothing), reply(201, ordersJSON))
	got, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
	if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" {
		t.Errorf("%+v, %v", got, err)
	}
	if diff := cmp.Diff([]string{ordersPost, ordersFind, ordersPost}, s.Lines()); diff != "" {
		t.Error(diff)
	}
	if a := s.Arrived(); a[0].Body != a[2].Body || a[0].Body == "" {
		t.Errorf("%q, then %q", a[0].Body, a[2].Body)
	}

	// Even if an equal object exists in the end, it is not ours.
	s = script(
		t, reply(409, ordersConflict), reply(200, nothing), reply(409, ordersConflict),
		reply(200, ordersFound),
	)
	got, err = client(t, s).ResourceServers.Create(t.Context(), newOrders())
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.ID != "68f0a1b2c3d4e5f60718293a" ||
		got.ID != conflict.ID {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestCreate_conflictWithoutObjectEndsAfterThreeRounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := map[string]int{}
		c := over(t, func(req *http.Request) (*http.Response, error) {
			sent[req.Method]++
			if req.Method == http.MethodGet {
				return answer(req, reply(200, nothing))
			}
			return answer(req, reply(409, ordersConflict))
		})
		got, err := c.ResourceServers.Create(t.Context(), newOrders())
		var (
			conflict  *ConflictError
			uncertain *UncertainError
		)
		if !errors.As(err, &conflict) || conflict.ID != "" || errors.As(err, &uncertain) ||
			got.ID != "" || sent[http.MethodPost] != conflictRounds {
			t.Errorf("%+v, %v after %v", got, err, sent)
		}
	})
}

func TestCreate_refusalIsNotLookedUp(t *testing.T) {
	t.Parallel()
	for _, h := range []http.HandlerFunc{
		reply(
			400,
			`{"statusCode":400,"error":"Bad Request","message":"no","errorCode":"invalid_body"}`,
		),
		reply(403, `{}`), reply(404, ordersMissing), html(404), html(409), reply(501, ""),
		reply(413, ""),
	} {
		s := script(t, h)
		_, err := client(t, s).ResourceServers.Create(t.Context(), newOrders())
		var answer *rest.Error
		if !errors.As(err, &answer) || len(s.Lines()) != 1 {
			t.Errorf("%v, %q", err, s.Lines())
		}
	}
}

func TestCreate_cancelledAfterSendingIsLookedUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := script(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}, reply(200, ordersFound))
	got, err := client(t, s).ResourceServers.Create(ctx, newOrders())
	if got.ID != "68f0a1b2c3d4e5f60718293a" || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if diff := cmp.Diff([]string{ordersPost, ordersFind}, s.Lines()); diff != "" {
		t.Error(diff)
	}
}

// lostWire loses the reply to every create, and answers the lookups with lookup, which gets their
// number, from 1. It records when each request was sent.
type lostWire struct {
	posts, gets []time.Time
	lookup      func(n int) http.HandlerFunc
}

func (w *lostWire) send(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodGet {
		w.gets = append(w.gets, time.Now())
		return answer(req, w.lookup(len(w.gets)))
	}
	w.posts = append(w.posts, time.Now())
	connected(req)
	return nil, errReset
}

func missing(int) http.HandlerFunc { return reply(200, nothing) }

// foundAt finds the object at the nth lookup.
func foundAt(n int) func(int) http.HandlerFunc {
	return func(i int) http.HandlerFunc {
		if i < n {
			return reply(200, nothing)
		}
		return reply(200, ordersFound)
	}
}

// fourRounds leaves time for four creates, whatever the jitter of the pauses is: the first three
// take 1.75 to 2.2 seconds, and the fourth would take two more.
func fourRounds(cfg *Config) { cfg.RetryTimeout = 3 * time.Second }

const rounds = 4

// lateLookups is how many lookups after the first one fit into lookupTimeout, whatever the jitter
// of their pauses is: they take 15.75 to 19.7 seconds.
const lateLookups = 6

// checkPauses checks that the pauses between lookups double.
func checkPauses(t *testing.T, gets []time.Time) {
	t.Helper()
	for i := range len(gets) - 1 {
		least := rest.Backoff(i)
		if wait := gets[i+1].Sub(gets[i]); wait < least || wait > least+least/4 {
			t.Errorf("pause %d is %v", i, wait)
		}
	}
}

// checkLate checks the lookups after the first ones.
func checkLate(t *testing.T, gets []time.Time, first int) {
	t.Helper()
	if len(gets) != first+lateLookups {
		t.Fatalf("%d lookups", len(gets))
	}
	checkPauses(t, gets[first-1:])
}

func TestCreate_neverAnsweredIsUncertain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &lostWire{lookup: missing}
		got, err := over(t, w.send, fourRounds).ResourceServers.Create(t.Context(), newOrders())
		var uncertain *UncertainError
		if !errors.As(err, &uncertain) || uncertain.Lookup != nil || !errors.Is(err, errReset) ||
			rest.IsNotFound(err) || got.ID != "" {
			t.Errorf("%+v, %v", got, err)
		}
		if want := "create resource server: POST to tenant.example: read tcp: read: connection " +
			"reset by peer"; err.Error() != want {
			t.Errorf("got %v; want %s", err, want)
		}
		if len(w.posts) != rounds {
			t.Errorf("sent %d times", len(w.posts))
		}
		checkLate(t, w.gets, rounds)
	})
}

func TestCreate_lateEffectIsFound(t *testing.T) {
	t.Parallel()
	for n := 1; n <= rounds+lateLookups; n++ {
		synctest.Test(t, func(t *testing.T) {
			w := &lostWire{lookup: foundAt(n)}
			got, err := over(t, w.send, fourRounds).ResourceServers.Create(t.Context(), newOrders())
			if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" ||
				len(w.posts) != min(n, rounds) || len(w.gets) != n {
				t.Errorf("at lookup %d: %+v, %v after %d creates", n, got, err, len(w.posts))
			}
		})
	}
}

func TestCreate_isLookedUpAfterItsCallerGaveUp(t *testing.T) {
	t.Parallel()
	const sending, pausing = 0, 100 * time.Millisecond // Within the first pause, of 250 ms or more.
	for name, tc := range map[string]struct {
		gone   time.Duration
		first  int // Lookups before the late lookups.
		lookup func(int) http.HandlerFunc
	}{
		"while it is sent":          {sending, 1, missing},
		"while it is sent, found":   {sending, 1, foundAt(1 + lateLookups)},
		"between the rounds":        {pausing, 2, missing},
		"between the rounds, found": {pausing, 2, foundAt(2 + lateLookups)},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			w := &lostWire{lookup: tc.lookup}
			c := over(t, func(req *http.Request) (*http.Response, error) {
				if tc.gone == 0 {
					cancel()
				} else if len(w.posts) == 0 {
					time.AfterFunc(tc.gone, cancel)
				}
				return w.send(req)
			})
			got, err := c.ResourceServers.Create(ctx, newOrders())
			if len(w.posts) != 1 {
				t.Errorf("%s: sent %d times", name, len(w.posts))
			}
			checkLate(t, w.gets, tc.first)
			if strings.HasSuffix(name, "found") {
				if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" {
					t.Errorf("%s: %+v, %v", name, got, err)
				}
				return
			}
			var uncertain *UncertainError
			if !errors.As(err, &uncertain) || uncertain.Lookup != nil || got.ID != "" {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		})
	}
}

// The first create may still take effect, whatever happens to the second.
func TestCreate_lostThenRefusedIsLookedUp(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]m2mtest.Wire{
		"not sent": func(*http.Request) (*http.Response, error) { return nil, errNoHost },
		"refused": func(req *http.Request) (*http.Response, error) {
			return answer(req, reply(
				403, `{"statusCode":403,"error":"Forbidden","message":"no more"}`,
			))
		},
	} {
		for _, found := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				w := &lostWire{lookup: missing}
				if found {
					w.lookup = foundAt(3)
				}
				posts := 0
				c := over(t, func(req *http.Request) (*http.Response, error) {
					if req.Method == http.MethodPost {
						if posts++; posts > 1 {
							return second(req)
						}
					}
					return w.send(req)
				})
				got, err := c.ResourceServers.Create(t.Context(), newOrders())
				var uncertain *UncertainError
				if (err == nil) != found || (got.ID != "") != found || found && posts != 3 {
					t.Errorf("%s: %+v, %v after %d creates", name, got, err, posts)
				}
				if !found && (!errors.As(err, &uncertain) || rest.Answered(uncertain.Err) != nil) {
					t.Errorf("%s: %v, want the lost create to be uncertain", name, err)
				}
			})
		}
	}
}

// If the create was not sent, an equal object that exists is not ours.
func TestCreate_neverSentAdoptsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, tc := range map[string]m2mtest.Wire{
			"refused": func(*http.Request) (*http.Response, error) { return nil, errRefused },
			"no host": func(*http.Request) (*http.Response, error) { return nil, errNoHost },
			"dial timeout": func(req *http.Request) (*http.Response, error) {
				<-req.Context().Done()
				return nil, req.Context().Err()
			},
			"limited, then ended": func(req *http.Request) (*http.Response, error) {
				return answer(req, reply(429, tooMany, "Retry-After", "60"))
			},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			time.AfterFunc(10*time.Second, cancel)
			c := over(t, func(req *http.Request) (*http.Response, error) {
				if req.Method == http.MethodGet {
					t.Errorf("%s: looked up", name)
					return answer(req, reply(200, ordersJSON))
				}
				return tc(req)
			})
			if got, err := c.ResourceServers.Create(ctx, newOrders()); err == nil || got.ID != "" {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			cancel()
		}
	})
}

func TestCreate_failedLoginIsNotALostReply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, network := range map[string]m2mtest.Wire{
			"refused": func(*http.Request) (*http.Response, error) { return nil, errRefused },
			"reset": func(req *http.Request) (*http.Response, error) {
				connected(req)
				return nil, errReset
			},
			"502": func(req *http.Request) (*http.Response, error) {
				return answer(req, html(502))
			},
		} {
			sent := 0
			c := over(t, func(req *http.Request) (*http.Response, error) {
				sent++
				if req.URL.Path != "/oauth/token" {
					t.Errorf("%s: %s was sent", name, req.URL)
				}
				return network(req)
			}, withLogin)
			_, err := c.ResourceServers.Create(t.Context(), newOrders())
			var (
				login     *rest.LoginError
				uncertain *UncertainError
			)
			if !errors.As(err, &login) || errors.As(err, &uncertain) ||
				sent < rest.MaxFailures || name == "refused" && sent != rest.MaxFailures {
				t.Errorf("%s: %d requests, %v", name, sent, err)
			}
		}
	})
}

func TestCreate_isBoundedByOneCallAndOneLookup(t *testing.T) {
	t.Parallel()
	hang := func(req *http.Request) (*http.Response, error) {
		connected(req)
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	for name, lookup := range map[string]m2mtest.Wire{
		"finds nothing": func(req *http.Request) (*http.Response, error) {
			return answer(req, reply(200, nothing))
		},
		"hangs": hang,
	} {
		synctest.Test(t, func(t *testing.T) {
			started := time.Now()
			c := over(t, func(req *http.Request) (*http.Response, error) {
				if req.Method == http.MethodGet {
					return lookup(req)
				}
				return hang(req)
			}, func(cfg *Config) {
				cfg.RequestTimeout, cfg.RetryTimeout = time.Minute, 40*time.Second
			})
			_, err := c.ResourceServers.Create(t.Context(), newOrders())
			var uncertain *UncertainError
			if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &uncertain) ||
				(uncertain.Lookup != nil) != (name == "hangs") {
				t.Errorf("%s: %v", name, err)
			}
			if took := time.Since(started); took < 40*time.Second || took > time.Minute {
				t.Errorf("%s: it took %v", name, took)
			}
		})
	}
}

func TestCreate_grantIsLookedUpByItsFullKey(t *testing.T) {
	t.Parallel()
	const (
		user = `{"id":"cgr_user","client_id":"abc","audience":"urn:orders","scope":["a","b"],"subject_type":"user"}`
		ours = `{"id":"cgr_ours","client_id":"abc","audience":"urn:orders","scope":["b","a"],"subject_type":"client"}`
	)
	in := NewClientGrant{
		ClientGrantKey{ClientID: "abc", Audience: "urn:orders"},
		ClientGrantProperties{Scope: Set([]string{"a", "b"})},
	}

	s := script(t, reset, reply(200, "["+user+","+ours+"]"))
	got, err := client(t, s).ClientGrants.Create(t.Context(), in)
	if got.ID != "cgr_ours" || err != nil {
		t.Errorf("%+v, %v", got, err)
	}

	s = script(t, reset, reply(200, "["+user+"]"), reply(201, ours))
	got, err = client(t, s).ClientGrants.Create(t.Context(), in)
	if got.ID != "cgr_ours" || err != nil || len(s.Lines()) != 3 {
		t.Errorf("%+v, %v, %q", got, err, s.Lines())
	}

	var conflict *ConflictError
	s = script(
		t,
		reply(409, `{"statusCode":409,"error":"Conflict","message":"client_grant already exists"}`),
		reply(200, "["+user+","+ours+"]"),
	)
	_, err = client(t, s).ClientGrants.Create(t.Context(), in)
	if !errors.As(err, &conflict) || conflict.ID != "cgr_ours" {
		t.Error(err)
	}
}

func TestCovers_comparesOnlyWhatWasSent(t *testing.T) {
	t.Parallel()
	ours, other := m2mtest.PublicPEM(
		t,
		&rsaKey().PublicKey,
	), m2mtest.PublicPEM(
		t,
		&otherRSAKey().PublicKey,
	)
	thumbprint, err := input.Thumbprint(ours)
	if err != nil {
		t.Fatal(err)
	}
	server := ResourceServer{
		ID: "1", Identifier: "urn:orders", Name: new("Orders"), TokenLifetime: new(int64(3600)),
		Scopes: []Scope{{"b", nil}, {"a", new("A")}},
		TokenEncryption: &TokenEncryption{
			"compact-nested-jwe", EncryptionKey{Alg: "RSA-OAEP-256", ThumbprintSHA256: thumbprint},
		},
		ProofOfPossession: &ProofOfPossession{"dpop", true, nil},
	}
	type settings = ResourceServerProperties
	for name, tc := range map[string]struct {
		sent settings
		want bool
	}{
		"nothing": {settings{}, true},
		"equal": {
			settings{Name: Set("Orders"), TokenLifetime: Set[int64](3600)}, true,
		},
		"other name":       {settings{Name: Set("orders")}, false},
		"other number":     {settings{TokenLifetime: Set[int64](3601)}, false},
		"null of absent":   {settings{ConsentPolicy: Null[string]()}, true},
		"null of present":  {settings{ProofOfPossession: Null[ProofOfPossession]()}, false},
		"value of absent":  {settings{ConsentPolicy: Set("x")}, false},
		"false of absent":  {settings{EnforcePolicies: Set(false)}, false},
		"scopes reordered": {settings{Scopes: Set([]Scope{{"a", new("A")}, {"b", nil}})}, true},
		"a scope less":     {settings{Scopes: Set([]Scope{{"b", nil}})}, false},
		"a scope more": {
			settings{Scopes: Set([]Scope{{"a", new("A")}, {"b", nil}, {"c", nil}})}, false,
		},
		"a description less":  {settings{Scopes: Set([]Scope{{"a", nil}, {"b", nil}})}, false},
		"none of some scopes": {settings{Scopes: Set([]Scope{})}, false},
		"empty of absent":     {settings{AuthorizationDetails: Set([]AuthorizationDetail{})}, true},
		"some of absent": {
			settings{AuthorizationDetails: Set([]AuthorizationDetail{{"x"}})}, false,
		},
		"the same key": {
			settings{TokenEncryption: Set(TokenEncryption{
				"compact-nested-jwe", EncryptionKey{Alg: "RSA-OAEP-256", PEM: ours},
			})},
			true,
		},
		"another key": {
			settings{TokenEncryption: Set(TokenEncryption{
				"compact-nested-jwe", EncryptionKey{Alg: "RSA-OAEP-256", PEM: other},
			})},
			false,
		},
		"other key algorithm": {
			settings{TokenEncryption: Set(TokenEncryption{
				"compact-nested-jwe", EncryptionKey{Alg: "RSA-OAEP-512", PEM: ours},
			})},
			false,
		},
	} {
		if got := covers(
			generic(server), generic(NewResourceServer{"urn:orders", tc.sent}),
		); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	// The answer to a grant for all scopes lacks the empty list (API contract 4.1).
	grant := ClientGrant{
		ID: "cgr_1", ClientID: new("abc"), Audience: "urn:orders", AllowAllScopes: new(true),
	}
	if !confirms(grant, NewClientGrant{
		ClientGrantKey{ClientID: "abc", Audience: "urn:orders"},
		ClientGrantProperties{AllowAllScopes: Set(true), Scope: Set([]string{})},
	}, clientGrantDefaults) {
		t.Error("a grant for all scopes")
	}
}

// Only the tenant fills in properties that were not sent.
func TestConfirms_unsentValuesMustBeDefaults(t *testing.T) {
	t.Parallel()
	ours := m2mtest.PublicPEM(t, &rsaKey().PublicKey)
	thumbprint, err := input.Thumbprint(ours)
	if err != nil {
		t.Fatal(err)
	}
	type settings = ResourceServerProperties
	encrypted := settings{TokenEncryption: Set(TokenEncryption{
		"compact-nested-jwe", EncryptionKey{Alg: "RSA-OAEP-256", PEM: ours},
	})}
	user := settings{SubjectTypeAuthorization: Set(SubjectTypeAuthorization{User: &SubjectPolicy{
		"deny_all",
	}})}
	for _, tc := range []struct {
		sent   settings
		answer string // The answer without the identifier.
		want   bool
	}{
		{settings{}, ``, true},
		{settings{}, `,"id":"1","client_id":"linked","is_system":false,"signing_alg":"RS256","signing_secret":"0123456789abcdef",
			"allow_offline_access":false,"skip_consent_for_verifiable_first_party_clients":false,"token_lifetime":86400,"token_lifetime_for_web":7200,
			"subject_type_authorization":{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}}`, true},
		{settings{}, `,"name":null,"scopes":null,"something_new":{"a":[1]}`, true},
		{settings{Name: Set("Orders")}, `,"name":"Orders","token_lifetime":86400`, true},
		{
			settings{TokenLifetime: Set[int64](1234)},
			`,"token_lifetime":1234,"token_lifetime_for_web":7200`, true,
		},

		{settings{}, `,"token_lifetime":1234`, false},
		{settings{}, `,"token_lifetime_for_web":600`, false},
		{settings{}, `,"consent_policy":"transactional-authorization-with-mfa"`, false},
		{settings{}, `,"name":"Somebody's"`, false},
		{settings{}, `,"scopes":[{"value":"read"}]`, false},
		{settings{}, `,"signing_alg":"HS256"`, false},
		{settings{}, `,"allow_offline_access":true`, false},
		{settings{}, `,"allow_online_access":true`, false},
		{settings{}, `,"enforce_policies":true`, false},
		{settings{}, `,"token_dialect":"rfc9068_profile"`, false},
		{settings{}, `,"skip_consent_for_verifiable_first_party_clients":true`, false},
		{settings{}, `,"authorization_details":[{"type":"payment"}]`, false},
		{settings{}, `,"proof_of_possession":{"mechanism":"mtls","required":false}`, false},
		{settings{}, `,"authorization_policy":{"policy_id":"pol_1"}`, false},
		{
			settings{},
			`,"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","thumbprint_sha256":"tp"}}`,
			false,
		},
		{settings{}, `,"is_system":true`, false},
		{
			settings{},
			`,"subject_type_authorization":{"user":{"policy":"deny_all"},"client":{"policy":"require_client_grant"}}`,
			false,
		},
		{settings{Name: Set("Orders")}, `,"name":"Orders","token_lifetime":1234`, false},
		{settings{Name: Set("Orders")}, `,"token_lifetime":86400`, false},

		// The same applies within objects that were sent.
		{user, `,"subject_type_authorization":{"user":{"policy":"deny_all"}}`, true},
		{
			user,
			`,"subject_type_authorization":{"user":{"policy":"deny_all"},"client":{"policy":"require_client_grant"}}`,
			true,
		},
		{
			user,
			`,"subject_type_authorization":{"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}}`,
			false,
		},
		{user, `,"subject_type_authorization":{"client":{"policy":"require_client_grant"}}`, false},
		{
			encrypted,
			`,"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","thumbprint_sha256":"` + thumbprint + `"}}`,
			true,
		},
		{
			encrypted,
			`,"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","kid":"x","thumbprint_sha256":"` + thumbprint + `"}}`,
			false,
		},
	} {
		var server ResourceServer
		if err := json.Unmarshal(
			[]byte(`{"identifier":"urn:orders"`+tc.answer+`}`), &server,
		); err != nil {
			t.Fatal(tc.answer, err)
		}
		if got := confirms(
			server, NewResourceServer{"urn:orders", tc.sent}, resourceServerDefaults,
		); got != tc.want {
			t.Errorf("%s for %v: %v", tc.answer, generic(tc.sent), got)
		}
	}
}

// Somebody else may have created the API or grant instead of us.
func TestCreate_lostReplyAdoptsNoForeignObject(t *testing.T) {
	t.Parallel()
	unavailable := reply(503, `{"statusCode":503,"error":"Service Unavailable","message":"later"}`)
	for extra, ours := range map[string]bool{
		`"token_lifetime":86400`: true, `"token_lifetime":1234`: false,
		`"consent_policy":"transactional-authorization-with-mfa"`: false,
		`"name":"Somebody's"`: false, `"scopes":[{"value":"read"}]`: false,
		`"is_system":true`: false,
	} {
		s := script(t, unavailable, reply(
			200, `[{"id":"theirs","identifier":"urn:orders",`+extra+`}]`,
		))
		got, err := client(t, s).ResourceServers.Create(t.Context(), NewResourceServer{
			Identifier: "urn:orders",
		})
		checkAdoption(t, extra, ours, got.ID, err)
	}
	for extra, ours := range map[string]bool{
		`"subject_type":"client"`: true, `"scope":[]`: true, `"is_system":false`: true,
		`"organization_usage":"require"`: false,
		`"allow_any_organization":true`:  false, `"scope":["read"]`: false,
		`"allow_all_scopes":true`:                   false,
		`"authorization_details_types":["payment"]`: false, `"is_system":true`: false,
	} {
		s := script(t, unavailable, reply(
			200, `[{"id":"theirs","client_id":"abc","audience":"urn:orders",`+extra+`}]`,
		))
		got, err := client(t, s).ClientGrants.Create(t.Context(), NewClientGrant{
			ClientGrantKey: ClientGrantKey{ClientID: "abc", Audience: "urn:orders"},
		})
		checkAdoption(t, extra, ours, got.ID, err)
	}
}

// A conflict tells whether the existing object is what the create would have made.
func TestCreate_conflictWithIdenticalObject(t *testing.T) {
	t.Parallel()
	const secret = "0123456789abcdef"
	orders := func(sent ResourceServerProperties) func(*Client) error {
		return func(c *Client) error {
			_, err := c.ResourceServers.Create(t.Context(), NewResourceServer{"urn:orders", sent})
			return err
		}
	}
	grant := func(c *Client) error {
		_, err := c.ClientGrants.Create(t.Context(), NewClientGrant{
			ClientGrantKey{ClientID: "abc", Audience: "urn:orders"},
			ClientGrantProperties{Scope: Set([]string{"read", "write"})},
		})
		return err
	}
	type settings = ResourceServerProperties
	for _, tc := range []struct {
		create func(*Client) error
		found  string // The existing object without its key.
		want   bool
	}{
		{orders(settings{Name: Set("Orders")}), `"name":"Orders","token_lifetime":86400`, true},
		{orders(settings{Name: Set("Orders")}), `"name":"orders"`, false},
		{orders(settings{Name: Set("Orders")}), `"name":"Orders","token_lifetime":1234`, false},
		{orders(settings{}), `"is_system":true`, false},
		// A secret that the tenant does not show may be another one.
		{orders(settings{SigningSecret: Set(secret)}), `"signing_secret":"` + secret + `"`, true},
		{orders(settings{SigningSecret: Set(secret)}), `"signing_secret":"another secret"`, false},
		{orders(settings{SigningSecret: Set(secret)}), `"name":null`, false},
		// Scopes that were not sent are objects of their own.
		{orders(settings{}), `"scopes":[{"value":"read"}]`, true},
		{
			orders(settings{Scopes: Set([]Scope{{Value: "read"}})}),
			`"scopes":[{"value":"read"}]`, true,
		},
		{
			orders(settings{Scopes: Set([]Scope{{Value: "read"}})}),
			`"scopes":[{"value":"read"},{"value":"write"}]`, false,
		},
		{
			orders(settings{Scopes: Set([]Scope{{Value: "read"}})}),
			`"scopes":[{"value":"read","description":"Read"}]`, false,
		},
		{grant, `"scope":["write","read"],"subject_type":"client"`, true},
		{grant, `"scope":["read"]`, false},
		{grant, `"scope":["read","write","admin"]`, false},
		{grant, `"scope":["read","write"],"organization_usage":"allow"`, false},
		{grant, `"scope":["read","write"],"allow_all_scopes":true`, false},
		{grant, `"scope":["read","write"],"is_system":true`, false},
	} {
		s := script(t, reply(409, ordersConflict), reply(200, `[{"id":"theirs",`+
			`"identifier":"urn:orders","client_id":"abc","audience":"urn:orders",`+tc.found+`}]`))
		var conflict *ConflictError
		err := tc.create(client(t, s))
		if !errors.As(err, &conflict) || conflict.ID != "theirs" ||
			conflict.Identical != tc.want {
			t.Errorf("%s: %+v, %v", tc.found, conflict, err)
		}
	}
}

func checkAdoption(t *testing.T, name string, ours bool, got string, err error) {
	t.Helper()
	if ours {
		if got != "theirs" || err != nil {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
		return
	}
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.ID != "theirs" {
		t.Errorf("%s: got %q, %v", name, got, err)
	}
}
