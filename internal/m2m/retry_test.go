// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const tooMany = `{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}`

// Errors as net/http returns them.
var (
	errRefused = &net.OpError{
		Op:  "dial",
		Net: "tcp",
		Err: os.NewSyscallError("connect", syscall.ECONNREFUSED),
	}
	errNoRoute = &net.OpError{
		Op:  "dial",
		Net: "tcp",
		Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH),
	}
	errReset = &net.OpError{
		Op:  "read",
		Net: "tcp",
		Err: os.NewSyscallError("read", syscall.ECONNRESET),
	}
	errNoHost = &net.OpError{
		Op:  "dial",
		Net: "tcp",
		Err: &net.DNSError{Err: "no such host", Name: "tenant.example", IsNotFound: true},
	}
	errResolver = &net.OpError{
		Op:  "dial",
		Net: "tcp",
		Err: &net.DNSError{Err: "server misbehaving", Name: "tenant.example", IsTemporary: true},
	}
	errCert  = &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	errNoTLS = tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}
)

// TestRetry_byMethodAndCause counts the requests of one call. After a lost reply, a create is
// looked up. The lookup is refused here, so that its requests are not counted as requests of the
// create.
func TestRetry_byMethodAndCause(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, *Client) error{
		"GET": getOrders,
		"DELETE": func(ctx context.Context, c *Client) error {
			return c.ResourceServers.Delete(ctx, "urn:orders")
		},
		"PATCH": func(ctx context.Context, c *Client) error {
			_, err := c.ResourceServers.Update(
				ctx, "urn:orders", ResourceServerProperties{Name: Set("Orders")},
			)
			return err
		},
		"TOKEN": func(ctx context.Context, c *Client) error {
			_, err := c.Tokens.Fetch(ctx, TokenRequest{
				Credentials: Credentials{ClientID: "a", ClientSecret: "b"},
				Audience:    "c",
			})
			return err
		},
		"POST": func(ctx context.Context, c *Client) error {
			_, err := c.ResourceServers.Create(ctx, NewResourceServer{Identifier: "urn:orders"})
			return err
		},
	}
	status := func(code int) m2mtest.Wire {
		return func(req *http.Request) (*http.Response, error) {
			return answer(req, reply(code, `{"statusCode":1,"error":"X","message":"Y"}`))
		}
	}
	before := func(err error) m2mtest.Wire {
		return func(*http.Request) (*http.Response, error) { return nil, err }
	}
	after := func(err error) m2mtest.Wire {
		return func(req *http.Request) (*http.Response, error) { connected(req); return nil, err }
	}
	const (
		few     = rest.MaxFailures
		lasting = 1000 // As long as there is time.
	)
	for name, tc := range map[string]struct {
		network      m2mtest.Wire
		others, post int
		lookup       bool // Whether the create may have taken effect.
	}{
		"400":                        {status(400), 1, 1, false},
		"401 with a fixed token":     {status(401), 1, 1, false},
		"403":                        {status(403), 1, 1, false},
		"404":                        {status(404), 1, 1, false},
		"408":                        {status(408), lasting, 1, true},
		"500":                        {status(500), lasting, 1, true},
		"501":                        {status(501), 1, 1, false},
		"502":                        {status(502), lasting, 1, true},
		"503":                        {status(503), lasting, 1, true},
		"504":                        {status(504), lasting, 1, true},
		"520 of a CDN":               {status(520), lasting, 1, true},
		"302":                        {status(302), 1, 1, false},
		"refused":                    {before(errRefused), few, few, false},
		"no route":                   {before(errNoRoute), few, few, false},
		"resolver down":              {before(errResolver), few, few, false},
		"TLS handshake reset":        {before(errReset), few, few, false},
		"no such host":               {before(errNoHost), 1, 1, false},
		"untrusted certificate":      {before(errCert), 1, 1, false},
		"no TLS spoken":              {before(errNoTLS), 1, 1, false},
		"plain http answered":        {before(http.ErrSchemeMismatch), 1, 1, false},
		"reset after sending":        {after(errReset), lasting, 1, true},
		"closed after sending":       {after(io.EOF), lasting, 1, true},
		"truncated body":             {after(io.ErrUnexpectedEOF), lasting, 1, true},
		"timeout after sending":      {after(context.DeadlineExceeded), lasting, 1, true},
		"connection lost on a reuse": {after(errRefused), lasting, 1, true},
	} {
		for method, call := range calls {
			t.Run(name+"/"+method, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					sent, lookups := 0, 0
					c := over(t, func(req *http.Request) (*http.Response, error) {
						if method == "POST" && req.Method == http.MethodGet {
							lookups++
							return answer(req, reply(
								403, `{"statusCode":403,"error":"Forbidden","message":"no"}`,
							))
						}
						// A 404 to a DELETE makes it ask whether the object is there.
						if method != "DELETE" || req.Method != http.MethodGet {
							sent++
						}
						return tc.network(req)
					})
					err := call(t.Context(), c)
					if err == nil {
						t.Fatal("no error")
					}
					want := tc.others
					if method == "POST" {
						want = tc.post
						var uncertain *UncertainError
						if (lookups > 0) != tc.lookup || errors.As(err, &uncertain) != tc.lookup {
							t.Errorf("%d lookups, %v", lookups, err)
						}
					}
					if sent != want && (want != lasting || sent <= few) {
						t.Errorf("%d requests, want %d (%v)", sent, want, err)
					}
				})
			})
		}
	}
}

func TestRetry_429IsRepeatedUntilTheTimeout(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "POST"} {
		synctest.Test(t, func(t *testing.T) {
			sent, started := 0, time.Now()
			c := over(t, func(req *http.Request) (*http.Response, error) {
				sent++
				if req.Method != method {
					t.Errorf("%s was sent", req.Method)
				}
				return answer(req, reply(429, tooMany, "Retry-After", "60"))
			})
			var err error
			if method == "GET" {
				err = getOrders(t.Context(), c)
			} else {
				_, err = c.ResourceServers.Create(t.Context(), NewResourceServer{
					Identifier: "urn:orders",
				})
			}
			var answer *rest.Error
			if !errors.As(err, &answer) || answer.Status != 429 ||
				answer.Message != "Global limit has been reached" ||
				answer.Code != "too_many_requests" {
				t.Fatal(err)
			}
			// 8 to 10 waits of 60 to 75 seconds fit into 10 minutes.
			if sent < 8 || sent > 10 || answer.Attempts != sent {
				t.Errorf("%d requests, but reported %d", sent, answer.Attempts)
			}
			if took := time.Since(started); took > 10*time.Minute || answer.Elapsed != took {
				t.Errorf("it took %v, but reported %v", took, answer.Elapsed)
			}
		})
	}
}

func TestRetry_429WithALongWaitIsReturned(t *testing.T) {
	t.Parallel()
	for _, timeout := range []time.Duration{20 * time.Second, 31 * time.Second, 37 * time.Second} {
		// Waits are jittered. A wait that fits only by luck must not be tried.
		for range 20 {
			synctest.Test(t, func(t *testing.T) {
				started := time.Now()
				c := over(t, func(req *http.Request) (*http.Response, error) {
					return answer(req, reply(429, tooMany, "Retry-After", "30"))
				}, func(cfg *Config) { cfg.RetryTimeout = timeout })
				err := getOrders(t.Context(), c)
				var answer *rest.Error
				if !errors.As(err, &answer) || answer.Status != 429 || answer.Attempts != 1 ||
					errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v: %v", timeout, err)
				}
				if waited := time.Since(started); waited != 0 {
					t.Errorf("it waited %v", waited)
				}
			})
		}
	}
}

func TestRetry_429IsNotCountedAsAFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		statuses := []int{429, 503, 429, 503, 429, 503, 429, 503, 429, 200}
		sent := 0
		c := over(t, func(req *http.Request) (*http.Response, error) {
			sent++
			return answer(req, reply(statuses[sent-1], ordersJSON))
		})
		if err := getOrders(t.Context(), c); err != nil || sent != len(statuses) {
			t.Errorf("%d requests, %v", sent, err)
		}
	})
}

func TestRetry_retryAfterZeroIsObeyedBriefly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		c := over(t, func(req *http.Request) (*http.Response, error) {
			sent++
			return answer(req, reply(429, tooMany, "Retry-After", "0"))
		})
		if err := getOrders(t.Context(), c); err == nil {
			t.Error("no error")
		}
		if sent > 50 {
			t.Errorf("%d requests in ten minutes", sent)
		}
	})
}

func TestRetry_failuresAreSpacedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		started := time.Now()
		c := over(t, func(req *http.Request) (*http.Response, error) {
			at = append(at, time.Since(started))
			return answer(req, html(502))
		})
		err := getOrders(t.Context(), c)
		var answer *rest.Error
		last := at[len(at)-1]
		if !errors.As(err, &answer) || answer.Attempts != len(at) || answer.Elapsed != last ||
			answer.Paused != last || answer.Limited != 0 {
			t.Fatalf("%v, %+v", err, answer)
		}
		least := 250 * time.Millisecond
		for i := range len(at) - 1 {
			if wait := at[i+1] - at[i]; wait < least || wait > least*5/4 {
				t.Errorf("wait %d is %v", i, wait)
			}
			least = min(2*least, 30*time.Second)
		}
		// The next wait could take until after the timeout of ten minutes.
		if last > 10*time.Minute || last < 10*time.Minute-least*5/4 {
			t.Errorf("it ended after %v", last)
		}
	})
}

func TestRetry_waitEndsWhenTheCallerGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		time.AfterFunc(10*time.Second, cancel)
		started, sent := time.Now(), 0
		c := over(t, func(req *http.Request) (*http.Response, error) {
			sent++
			return answer(req, reply(429, tooMany, "Retry-After", "60"))
		})
		// The create was refused, so there is nothing to look up.
		_, err := c.ResourceServers.Create(ctx, NewResourceServer{Identifier: "urn:orders"})
		if !errors.Is(err, context.Canceled) || time.Since(started) != 10*time.Second || sent != 1 {
			t.Errorf("%v after %v and %d requests", err, time.Since(started), sent)
		}
	})
}

func TestRetry_answerCountsAfterTheCallerGaveUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	c := over(t, func(req *http.Request) (*http.Response, error) {
		cancel()
		return answer(req, reply(200, ordersJSON))
	})
	got, err := c.ResourceServers.Update(
		ctx, "https://orders.example.com", ResourceServerProperties{Name: Set("Orders")},
	)
	if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" {
		t.Errorf("got %q, %v", got.ID, err)
	}
}

// silence is a body that never continues.
type silence struct{ ctx context.Context }

func (s silence) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func TestRetry_attemptTimeoutIsRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		c := over(t, func(req *http.Request) (*http.Response, error) {
			sent++
			if sent == 1 {
				connected(req)
				<-req.Context().Done()
				return nil, req.Context().Err()
			}
			resp, err := answer(req, reply(200, ordersJSON))
			if sent == 2 {
				// The timeout includes the body.
				resp.Body = io.NopCloser(io.MultiReader(
					strings.NewReader("{"), silence{req.Context()},
				))
			}
			return resp, err
		}, func(cfg *Config) { cfg.RequestTimeout = 50 * time.Millisecond })
		if err := getOrders(t.Context(), c); err != nil {
			t.Error(err)
		}
		if sent != 3 {
			t.Errorf("%d requests", sent)
		}
	})
}

// slow is a body that needs its time for each piece, whatever the context says.
type slow struct{ text io.Reader }

func (s slow) Read(p []byte) (int, error) {
	time.Sleep(time.Second)
	return s.text.Read(p[:1])
}

// The time for an attempt includes the decoding, also of what has arrived.
func TestRetry_attemptTimeoutIncludesDecoding(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		c := over(t, func(req *http.Request) (*http.Response, error) {
			sent++
			resp, err := answer(req, reply(200, ordersJSON))
			if sent == 1 {
				resp.Body = io.NopCloser(slow{strings.NewReader(ordersJSON)})
			}
			return resp, err
		})
		started := time.Now()
		err := getOrders(t.Context(), c)
		if took := time.Since(started); err != nil || sent != 2 || took < 30*time.Second ||
			took > 32*time.Second {
			t.Errorf("%v after %d requests and %v", err, sent, took)
		}
	})
}

func TestRetry_attemptTimeoutIsNamed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := over(t, func(req *http.Request) (*http.Response, error) {
			connected(req)
			<-req.Context().Done()
			return nil, req.Context().Err()
		}, func(cfg *Config) {
			cfg.RequestTimeout, cfg.RetryTimeout = 50*time.Millisecond, 200*time.Millisecond
		})
		err := getOrders(t.Context(), c)
		var (
			network   net.Error
			transport *rest.TransportError
		)
		if !errors.As(err, &transport) ||
			err.Error() != "read resource server: GET to tenant.example: no answer within 50ms" {
			t.Errorf("got %v", err)
		}
		if !errors.As(err, &network) || !network.Timeout() {
			t.Errorf("%v is not a timeout", err)
		}

		// A caller who gives up gets another error.
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := getOrders(ctx, c); !errors.Is(err, context.DeadlineExceeded) ||
			strings.Contains(err.Error(), "no answer") {
			t.Errorf("got %v", err)
		}
	})
}

func TestRetry_createTimeoutIsUncertain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := over(t, func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodGet {
				return answer(req, reply(200, nothing))
			}
			connected(req)
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
		_, err := c.ResourceServers.Create(t.Context(), newOrders())
		var uncertain *UncertainError
		if !errors.As(err, &uncertain) ||
			err.Error() != "create resource server: POST to tenant.example: no answer within 30s" {
			t.Error(err)
		}
	})
}

func TestRetry_onRealSockets(t *testing.T) {
	t.Parallel()
	s := script(t, reset, truncated, reply(200, ordersJSON))
	if err := getOrders(t.Context(), client(t, s)); err != nil {
		t.Error(err)
	}
	if n := len(s.Lines()); n != 3 {
		t.Errorf("%d requests", n)
	}
}

func TestRetry_createWaitsForAStartingServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		started := time.Now().Add(time.Second)
		refused, posts := 0, 0
		c := over(t, func(req *http.Request) (*http.Response, error) {
			if time.Now().Before(started) {
				refused++
				return nil, errRefused
			}
			posts++
			return answer(req, reply(201, ordersJSON))
		})
		got, err := c.ResourceServers.Create(t.Context(), NewResourceServer{
			Identifier: "https://orders.example.com",
		})
		if err != nil || got.ID != "68f0a1b2c3d4e5f60718293a" || refused == 0 || posts != 1 {
			t.Errorf(
				"%+v, %v after %d refused connections and %d creates", got, err, refused, posts,
			)
		}
	})
}

func TestTLS_trustsOnlyTheGivenAuthority(t *testing.T) {
	t.Parallel()
	s := &tenant{}
	s.Server = httptest.NewUnstartedServer(s.Record(reply(200, ordersJSON)))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)

	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	if err := getOrders(t.Context(), client(
		t, s, func(cfg *Config) { cfg.RootCAs = pool },
	)); err != nil {
		t.Error(err)
	}
	for domain, want := range map[string]any{
		s.URL: new(*tls.CertificateVerificationError),
	} {
		_, err := clientOf(t, domain).ResourceServers.Create(t.Context(), NewResourceServer{
			Identifier: "urn:orders",
		})
		if !errors.As(err, want) {
			t.Errorf("%s: %v", domain, err)
		}
	}
	if n := len(s.Lines()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestTLS_plainHTTPServerIsNamed(t *testing.T) {
	t.Parallel()
	s := script(t)
	err := getOrders(t.Context(), clientOf(t, strings.Replace(s.URL, "http:", "https:", 1)))
	var transport *rest.TransportError
	if !errors.Is(err, http.ErrSchemeMismatch) || !errors.As(err, &transport) ||
		transport.Host != s.Listener.Addr().String() {
		t.Error(err)
	}
}

func TestTransportError_saysHowOftenAndHowLong(t *testing.T) {
	t.Parallel()
	const want = "POST to tenant.example: no answer within 30s"
	synctest.Test(t, func(t *testing.T) {
		c := over(t, func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		}, withLogin)
		started := time.Now()
		err := getOrders(t.Context(), c)
		took := time.Since(started)
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		wanted := rest.Tries{
			Attempts: rest.MaxFailures, Elapsed: took,
			Paused: took - rest.MaxFailures*30*time.Second,
		}
		if got := rest.TriesOf(err); got != wanted || wanted.Paused <= 0 {
			t.Errorf("%+v, want %+v", got, wanted)
		}
	})
}

// The time includes the lookups.
func TestTransportError_createSaysHowLongItTook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := over(t, func(req *http.Request) (*http.Response, error) {
			connected(req)
			<-req.Context().Done()
			return nil, req.Context().Err()
		}, func(cfg *Config) { cfg.RetryTimeout = time.Minute })
		started := time.Now()
		_, err := c.ResourceServers.Create(t.Context(), newOrders())
		tries := rest.TriesOf(err)
		if took := time.Since(started); tries.Elapsed != took || took < 30*time.Second {
			t.Errorf("%v after %v: %+v", err, took, tries)
		}
	})
}

func TestTransportError_namesOnlyTheHost(t *testing.T) {
	t.Parallel()
	c := over(t, func(*http.Request) (*http.Response, error) { return nil, errCert })
	_, err := c.ClientGrants.Find(t.Context(), ClientGrantKey{
		ClientID: "abc",
		Audience: "urn:orders",
	})
	want := "look up client grant: GET to tenant.example: tls: failed to verify certificate: " +
		"x509: certificate signed by unknown authority"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// A 429 that never ends costs few requests, however soon the tenant says that it ends.
func TestRetry_endless429(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string]func() []string{
		"no header":   func() []string { return nil },
		"Retry-After": func() []string { return []string{"Retry-After", "1"} },
		"next token": func() []string {
			return append(limitHeaders(10, 0), "X-Ratelimit-Reset",
				strconv.FormatInt(time.Now().Unix()+1, 10))
		},
		"full bucket": func() []string {
			return append(limitHeaders(10, 0), "X-Ratelimit-Reset",
				strconv.FormatInt(time.Now().Unix()+4, 10))
		},
		"past": func() []string {
			return append(limitHeaders(10, 0), "X-Ratelimit-Reset",
				strconv.FormatInt(time.Now().Unix()-1, 10))
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			sent, started := 0, time.Now()
			c := over(t, func(req *http.Request) (*http.Response, error) {
				sent++
				return answer(req, reply(429, tooMany, headers()...))
			})
			err := getOrders(t.Context(), c)
			took, spent := time.Since(started), rest.TriesOf(err)
			if sent > 30 || spent.Attempts != sent || took > 10*time.Minute || took < 8*time.Minute {
				t.Errorf("%s: %d requests in %v, %+v", name, sent, took, spent)
			}
			// Of each wait for a turn, only whole milliseconds count.
			if took-spent.Limited > 100*time.Millisecond || spent.Elapsed != took ||
				spent.Paused != 0 {
				t.Errorf("%s: took %v, but reported %+v", name, took, spent)
			}
		})
	}
}
