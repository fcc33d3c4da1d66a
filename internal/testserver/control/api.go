// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package control is the control API: a way to steer a server from outside, on a port of its own.
// It works on what its interface Server has and knows nothing else of the server.
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

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/faults"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/listen"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// Server is what the control API steers.
type Server interface {
	// Ready is true while the tenant is served.
	Ready() bool
	// Reset makes the server as it was when it was first started.
	Reset() error
	// Snapshot returns the tenant as a JSON document that Restore takes.
	Snapshot() []byte
	// Restore puts the tenant of a snapshot in the place of the present one.
	Restore(taken []byte) error
	// Clock is the time that the server lives in.
	Clock() *tenant.Clock
	// WaitingFaults are those that have not struck yet.
	WaitingFaults() (queued, rules []faults.Rule)
	// Inject adds rules: all of them, or none and says what is wrong.
	Inject(rules ...faults.Rule) error
	// ClearFaults drops all faults.
	ClearFaults()
	// RequestsAfter returns the requests that have a higher number.
	RequestsAfter(number uint64) []Request
	// ForgetRequests empties the record of requests.
	ForgetRequests()
}

// Request is what the control API shows of a request. No secret can be in it.
type Request struct {
	Number   uint64
	Method   string
	Route    string
	Status   int // 0 while it is under way, and when it was not answered.
	ClientID string
	Fault    string
	Duration time.Duration // 0 while it is under way.
}

// API is the control API: a way to steer a server from outside, on a port of its own. A nil control
// is one that was not asked for.
type API struct {
	url      string
	host     string // As configured, without a port.
	log      *slog.Logger
	http     *http.Server
	served   chan struct{}
	tenant   atomic.Pointer[Server] // nil until it is served.
	changing sync.Mutex             // Held by each call that changes something.
}

// Listen accepts connections when it returns.
func Listen(addr string, log *slog.Logger) (*API, error) {
	if addr == "" {
		return nil, nil
	}
	listener, err := listen.TCP(addr)
	if err != nil {
		return nil, fmt.Errorf("listen for the control API: %w", err)
	}
	host, _, _ := net.SplitHostPort(listen.WithHost(addr))
	k := &API{
		url: listen.URL("http", addr, listener.Addr()), host: host, log: log,
		served: make(chan struct{}),
	}
	k.http = listen.NewServer(k.guarded(http.HandlerFunc(k.serve)), k.log)
	go func() {
		defer close(k.served)
		if err := k.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			k.log.Error("the control API stopped", "error", err)
		}
	}()
	return k, nil
}

// Attach hands over a tenant that is served.
func (k *API) Attach(s Server) {
	if k != nil {
		k.tenant.Store(&s)
	}
}

// Shutdown lets the calls under way end, and cuts them off when ctx ends.
func (k *API) Shutdown(ctx context.Context) error {
	if k == nil {
		return nil
	}
	err := listen.Stop(ctx, k.http)
	<-k.served
	return err
}

// URL is where the control API listens, without a slash at the end; empty when there is none.
func (k *API) URL() string {
	if k == nil {
		return ""
	}
	return k.url
}

// guarded keeps browsers from driving the server for a page that a person happens to look at:
// neither a form or script of another site, nor a name that leads to this address for the purpose
// (DNS rebinding), gets through.
func (k *API) guarded(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		write(
			w, http.StatusForbidden,
			problemBody("Web pages of other origins cannot use the control API; call it from "+
				"outside a browser."),
		)
	}))
	sameOrigin := crossOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !k.isAddressed(r.Host) {
			write(w, http.StatusForbidden, problemBody(
				"The control API answers to IP addresses, to localhost and to the host that it "+
					"was told to listen on. Use one of these in the URL."))
			return
		}
		sameOrigin.ServeHTTP(w, r)
	})
}

// isAddressed accepts the hosts that no stranger can point at this server.
func (k *API) isAddressed(hostport string) bool {
	host := hostport
	if name, _, err := net.SplitHostPort(hostport); err == nil {
		host = name
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || strings.EqualFold(host, "localhost") || strings.EqualFold(host, k.host)
}

// serve answers one call and logs it, with the path as the table has it: one that is not known is
// not logged.
func (k *API) serve(w http.ResponseWriter, r *http.Request) {
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
	k.log.LogAttrs(r.Context(), slog.LevelInfo, "control",
		slog.String("method", r.Method), slog.String("path", found.path),
		slog.Int("status", status),
		slog.Duration("duration", time.Since(start)))
}

// answer reads the whole call before it keeps others waiting.
func (k *API) answer(w http.ResponseWriter, r *http.Request, found route) (any, error) {
	var steered Server
	if attached := k.tenant.Load(); attached != nil {
		steered = *attached
	}
	if !found.always && (steered == nil || !steered.Ready()) {
		return nil, errNotServed
	}
	c := call{query: r.URL.RawQuery}
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

// write writes an answer that no browser takes for anything but data.
func write(w http.ResponseWriter, status int, answer any) {
	out := wire.Reply{Status: status, Header: http.Header{
		"Content-Type":           {"application/json"},
		"Cache-Control":          {"no-store"},
		"X-Content-Type-Options": {"nosniff"},
	}}
	if answer != nil {
		out.Body = wire.Encode(answer)
	}
	out.Write(w)
}
