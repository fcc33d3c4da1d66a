// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

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

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// control is the control API: a way to steer a server from outside, on a port of its own. A nil control is one that was
// not asked for.
type control struct {
	url      string
	host     string // As configured, without a port.
	log      *slog.Logger
	http     *http.Server
	served   chan struct{}
	tenant   atomic.Pointer[Server] // nil until it is served.
	changing sync.Mutex             // Held by each call that changes something.
}

// listenControl accepts connections when it returns.
func listenControl(config Config) (*control, error) {
	if config.ControlAddr == "" {
		return nil, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", withHost(config.ControlAddr))
	if err != nil {
		return nil, fmt.Errorf("listen for the control API: %w", err)
	}
	host, _, _ := net.SplitHostPort(withHost(config.ControlAddr))
	k := &control{
		url: baseURL("http", config.ControlAddr, listener.Addr()), host: host, log: logOf(config), served: make(chan struct{}),
	}
	k.http = newHTTPServer(k.guarded(http.HandlerFunc(k.serve)), k.log)
	go func() {
		defer close(k.served)
		if err := k.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			k.log.Error("the control API stopped", "error", err)
		}
	}()
	return k, nil
}

// attach hands over a tenant that is served.
func (k *control) attach(s *Server) {
	if k != nil {
		k.tenant.Store(s)
	}
}

func (k *control) shutdown(ctx context.Context) error {
	if k == nil {
		return nil
	}
	err := stop(ctx, k.http)
	<-k.served
	return err
}

func (k *control) baseURL() string {
	if k == nil {
		return ""
	}
	return k.url
}

// guarded keeps browsers from driving the server for a page that a person happens to look at: neither a form or script
// of another site, nor a name that leads to this address for the purpose (DNS rebinding), gets through.
func (k *control) guarded(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeControl(w, http.StatusForbidden, controlProblem("Web pages of other origins cannot use the control API; call it from outside a browser."))
	}))
	sameOrigin := crossOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !k.isAddressed(r.Host) {
			writeControl(w, http.StatusForbidden, controlProblem(
				"The control API answers to IP addresses, to localhost and to the host that it was told to listen on. Use one of these in the URL."))
			return
		}
		sameOrigin.ServeHTTP(w, r)
	})
}

// isAddressed accepts the hosts that no stranger can point at this server.
func (k *control) isAddressed(hostport string) bool {
	host := hostport
	if name, _, err := net.SplitHostPort(hostport); err == nil {
		host = name
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || strings.EqualFold(host, "localhost") || strings.EqualFold(host, k.host)
}

// serve answers one call and logs it, with the path as the table has it: one that is not known is not logged.
func (k *control) serve(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	found, err := findControlRoute(w, r)
	var result any
	if err == nil {
		result, err = k.answer(w, r, found)
	}
	status := found.status
	if err != nil {
		var text string
		status, text = controlFailure(err)
		result = controlProblem(text)
	}
	writeControl(w, status, result)
	k.log.LogAttrs(r.Context(), slog.LevelInfo, "control",
		slog.String("method", r.Method), slog.String("path", found.path), slog.Int("status", status),
		slog.Duration("duration", time.Since(start)))
}

// answer reads the whole call before it keeps others waiting.
func (k *control) answer(w http.ResponseWriter, r *http.Request, found controlRoute) (any, error) {
	s := k.tenant.Load()
	if !found.always && (s == nil || !s.ready()) {
		return nil, errNotServed
	}
	c := controlCall{query: r.URL.RawQuery}
	if found.method == http.MethodGet {
		return found.handle(s, c)
	}
	var err error
	if c.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, found.maxBody)); err != nil {
		return nil, unreadable(err)
	}
	k.changing.Lock()
	defer k.changing.Unlock()
	return found.handle(s, c)
}

// ready is true while the tenant is served.
func (s *Server) ready() bool {
	select {
	case <-s.served:
		return false
	case <-s.closing.Done():
		return false
	default:
		return true
	}
}

// writeControl writes an answer that no browser takes for anything but data.
func writeControl(w http.ResponseWriter, status int, answer any) {
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
