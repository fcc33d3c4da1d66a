// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package control is the control API, which lets scripts steer a server on a separate port. It
// knows the server only through its interface Server.
package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/control/page"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/faults"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/listen"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Server is what the control API steers.
type Server interface {
	page.Server
	// Ready reports whether the tenant is served.
	Ready() bool
	// Reset restores the server's first state.
	Reset() error
	// Snapshot returns the tenant as a JSON document, which Restore accepts.
	Snapshot() []byte
	// Restore replaces the tenant with the one in a snapshot.
	Restore(taken []byte) error
	// Clock returns the server's clock.
	Clock() *tenant.Clock
	// WaitingFaults returns the faults that have not yet been used up.
	WaitingFaults() (queued, rules []faults.Rule)
	// Inject adds rules. On an error, it adds none.
	Inject(rules ...faults.Rule) error
	// RemoveFault removes the fault with an id, and reports whether there was one.
	RemoveFault(id int) bool
	// ClearFaults removes all faults.
	ClearFaults()
	// RequestsAfter returns the requests with higher numbers.
	RequestsAfter(number uint64) []Request
	// News returns what has changed in the record of requests after a change. It waits for a change
	// until ctx ends.
	News(ctx context.Context, after uint64) News
	// RateLimit returns the present limit, and SetRateLimit changes it.
	RateLimit() RateLimit
	SetRateLimit(RateLimit)
	// ForgetRequests clears the record of requests.
	ForgetRequests()
}

// Request is what the control API shows of a request. It contains no secrets.
type Request struct {
	Number   uint64
	Method   string
	Route    string
	Status   int // 0 while the request is in progress, and if it got no reply.
	ClientID string
	Reason   string // Of a refusal.
	Fault    string
	Duration time.Duration // 0 while the request is in progress.
}

// News is what has changed in the record of requests.
type News struct {
	Last     uint64 // The number of the last change.
	Oldest   uint64 // The number of the first request that is still recorded.
	Requests []Request
}

// MostNews is how many requests News returns at most: the last ones.
const MostNews = 1000

// RateLimit limits requests to the Management API; without limit if PerSecond is 0.
type RateLimit struct {
	PerSecond float64 `json:"per_second"`
	Burst     int     `json:"burst"`
	Reset     string  `json:"reset"` // The meaning of x-ratelimit-reset: full, next or past.
}

// API serves the control API. A nil API does nothing.
type API struct {
	url      string
	host     string // As configured, without the port.
	log      *slog.Logger
	http     *http.Server
	stop     context.CancelFunc // Ends the contexts of all calls.
	served   chan struct{}
	tenant   atomic.Pointer[Server] // nil until Attach.
	changing sync.Mutex             // Held by each call that changes something.
}

// ErrReachable reports an address of the control API that needs permission.
var ErrReachable = errors.New("other machines can reach this address, and the control API gives " +
	"everybody who can reach it all secrets and private keys of the tenant")

// Listen starts the control API, which accepts connections once Listen has returned. It returns nil
// if addr is empty. An address beyond loopback needs permission, because the control API asks for
// no credentials.
func Listen(addr string, remote bool, log *slog.Logger) (*API, error) {
	if addr == "" {
		return nil, nil
	}
	listener, err := listen.TCP(addr)
	if err != nil {
		return nil, fmt.Errorf("listen for the control API: %w", err)
	}
	if !listen.IsLoopback(listener.Addr()) {
		if !remote {
			return nil, errors.Join(
				fmt.Errorf("listen for the control API on %s: %w", addr, ErrReachable),
				listener.Close(),
			)
		}
		log.Warn("everybody who can reach the control API can read all secrets and private keys "+
			"of the tenant; make sure that only trusted machines can", "address", addr)
	}
	host, _, _ := net.SplitHostPort(listen.WithHost(addr))
	k := &API{
		url: listen.URL("http", addr, listener.Addr()), host: host, log: log,
		served: make(chan struct{}),
	}
	k.http = listen.NewServer(k.guarded(http.HandlerFunc(k.serve)), k.log)
	calls, stop := context.WithCancel(context.Background())
	k.stop = stop
	k.http.BaseContext = func(net.Listener) context.Context { return calls }
	go func() {
		defer close(k.served)
		if err := k.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			k.log.Error("the control API stopped", "error", err)
		}
	}()
	return k, nil
}

// Attach sets the server that calls steer.
func (k *API) Attach(s Server) {
	if k != nil {
		k.tenant.Store(&s)
	}
}

// Shutdown waits for calls in progress, and aborts them when ctx ends.
func (k *API) Shutdown(ctx context.Context) error {
	if k == nil {
		return nil
	}
	k.stop() // Nobody waits for news any more.
	err := listen.Stop(ctx, k.http)
	<-k.served
	return err
}

// URL returns the address of the control API without a trailing slash; "" if k is nil.
func (k *API) URL() string {
	if k == nil {
		return ""
	}
	return k.url
}

// guarded refuses requests that another web page makes through a person's browser: forms, scripts
// and files of other sites, and host names that point to this address (DNS rebinding). A link may
// lead to the page.
func (k *API) guarded(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	denied := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusForbidden, problemBody(
			"Web pages of other origins cannot use the control API; open its own page, or call it "+
				"from outside a browser."))
	})
	crossOrigin.SetDenyHandler(denied)
	sameOrigin := crossOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !k.isAddressed(r.Host) {
			write(w, http.StatusForbidden, problemBody(
				"The host in the URL must be an IP address, localhost or the host that the "+
					"control API listens on."))
			return
		}
		site := r.Header.Get("Sec-Fetch-Site")
		if (site == "cross-site" || site == "same-site") &&
			(r.Header.Get("Sec-Fetch-Mode") != "navigate" || !page.Serves(r.URL.Path)) {
			denied(w, r)
			return
		}
		sameOrigin.ServeHTTP(w, r)
	})
}

// isAddressed accepts the hosts that an attacker cannot point at this server.
func (k *API) isAddressed(hostport string) bool {
	host := hostport
	if name, _, err := net.SplitHostPort(hostport); err == nil {
		host = name
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || strings.EqualFold(host, "localhost") || strings.EqualFold(host, k.host)
}

// serve answers one call and logs it. The log has the path from the table, so that it contains no
// unknown paths.
func (k *API) serve(w http.ResponseWriter, r *http.Request) {
	if page.Serves(r.URL.Path) {
		k.servePage(w, r)
		return
	}
	start := time.Now()
	found, err := findRoute(w, r)
	var result any
	if err == nil {
		result, err = k.answer(w, r, found)
	}
	status := found.status
	if err != nil {
		var text string
		status, text = failure(err)
		result = problemBody(text)
	}
	write(w, status, result)
	level := slog.LevelInfo
	if found.quiet {
		level = slog.LevelDebug
	}
	k.log.LogAttrs(r.Context(), level, "control",
		slog.String("method", r.Method), slog.String("path", found.path),
		slog.Int("status", status),
		slog.Duration("duration", time.Since(start)))
}

// servePage writes to the log only what is for debugging: a page asks again and again.
func (k *API) servePage(w http.ResponseWriter, r *http.Request) {
	steered := k.steered()
	if steered == nil || !steered.Ready() {
		write(w, http.StatusServiceUnavailable, problemBody(errNotServed.text))
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, HEAD, POST")
		write(w, http.StatusMethodNotAllowed, problemBody("The page is only read."))
		return
	}
	page.Serve(w, r, steered)
	k.log.DebugContext(r.Context(), "page", "method", r.Method)
}

// steered returns the server, or nil if there is none yet.
func (k *API) steered() Server {
	if attached := k.tenant.Load(); attached != nil {
		return *attached
	}
	return nil
}

// answer reads the whole body before it takes the lock that other calls wait for.
func (k *API) answer(w http.ResponseWriter, r *http.Request, found route) (any, error) {
	steered := k.steered()
	if !found.always && (steered == nil || !steered.Ready()) {
		return nil, errNotServed
	}
	c := call{ctx: r.Context(), query: r.URL.RawQuery}
	if found.method == http.MethodGet {
		return found.handle(steered, c)
	}
	var err error
	if c.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, found.maxBody)); err != nil {
		return nil, unreadable(err)
	}
	k.changing.Lock()
	defer k.changing.Unlock()
	return found.handle(steered, c)
}

// write sends a reply whose headers keep browsers from interpreting it as anything but data.
func write(w http.ResponseWriter, status int, answer any) {
	out := wire.Reply{Status: status, Header: http.Header{
		"Content-Type":  {"application/json"},
		"Cache-Control": {"no-store"},
	}}
	page.Protect(out.Header)
	if answer != nil {
		out.Body = wire.Encode(answer)
	}
	out.Write(w)
}
