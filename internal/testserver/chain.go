// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

func (s *Server) newCall(r *http.Request) *routing.Call {
	found, params := s.routes.Match(r.Method, r.URL.EscapedPath())
	return routing.ReadCall(r, found, params)
}

// assemble builds the chain. The first link in the expression is outermost.
//
// The log and the recorder are outermost, so they see every request and its final answer.
// Latency and faults come before authentication, like a network or a proxy in front of the
// server. The guard is inside the faults, so that a fault can also change the answer to a panic.
// Authentication, rate limit, scope and validation have the order of API contract 1.4.
// Awkwardness is innermost, because it changes what handlers read and answer, but not the
// refusals of the outer links.
func (s *Server) assemble() routing.Endpoint {
	return s.logged(s.recorded(s.slowed(s.faults.Link(s.guarded(s.authenticated(
		s.limits.paced(authorized(s.validated(s.bounded(s.awkward.Link(s.dispatch)))))))))))
}

// The memory that reads can take: how many are answered at a time, and the bytes of the replies
// that clients have not yet received.
const (
	maxReads  = 8
	maxUnsent = 128 << 20
)

// bounded lets only a few reads build their replies at a time. It refuses a read if clients do not
// receive the replies that are ready.
func (s *Server) bounded(next routing.Endpoint) routing.Endpoint {
	reading := make(chan struct{}, maxReads)
	return func(c *routing.Call) wire.Reply {
		if c.Route.Method != http.MethodGet {
			return next(c)
		}
		reading <- struct{}{}
		defer func() { <-reading }()
		answer := next(c)
		if !s.unsent.Take(len(answer.Body)) {
			s.log.Warn("clients do not receive their replies; refusing a read",
				"route", c.Route.Name(), "bytes", s.unsent.Used())
			return c.Route.Refuse(wire.RefusalOf(http.StatusServiceUnavailable))
		}
		c.Unsent = len(answer.Body)
		return answer
	}
}

// ServeHTTP answers one request. Tests can call it without a socket.
//
// A request can have both a chunked body and a Content-Length, which Go's HTTP server drops. A
// proxy that trusted the length would treat the rest of the body as another request, so the
// connection is closed (RFC 9112, 6.1).
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if len(r.TransferEncoding) > 0 {
		w.Header().Set("Connection", "close")
	}
	c := s.newCall(r)
	// The limit for requests must not end a long delay.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	defer func() { s.unsent.Give(c.Unsent) }()
	answer := s.chain(c).Compressed(r)
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.http.ReadTimeout))
	answer.Write(w)
}

// logged writes one line for each request. It omits path, query and body, which may contain
// secrets. A warning has the path, since there may be no route that tells as much.
func (s *Server) logged(next routing.Endpoint) routing.Endpoint {
	return func(c *routing.Call) wire.Reply {
		start := time.Now()
		answer := next(c)
		attributes := []slog.Attr{
			slog.String("method", c.HTTP.Method),
			slog.String("route", c.Route.Pattern),
			slog.Int("status", answer.Status),
			slog.Duration("duration", time.Since(start)),
			slog.String("client_id", c.Caller.ClientID),
		}
		if c.Reason != "" {
			attributes = append(attributes, slog.String("reason", c.Reason))
		}
		if c.Fault != "" {
			attributes = append(attributes, slog.String("fault", c.Fault))
		}
		if len(c.Acts) > 0 {
			attributes = append(attributes, slog.String("awkward", strings.Join(c.Acts, ", ")))
		}
		s.log.LogAttrs(c.HTTP.Context(), slog.LevelInfo, "request", attributes...)
		if c.Warning != "" {
			path := c.HTTP.URL.EscapedPath()
			s.log.Warn(c.Warning, "method", c.HTTP.Method, "path", path[:min(len(path), maxLogged)])
		}
		return answer
	}
}

// maxLogged limits the length of a path in the log.
const maxLogged = 200

func (s *Server) recorded(next routing.Endpoint) routing.Endpoint {
	return func(c *routing.Call) wire.Reply {
		start := time.Now()
		entry := s.recorder.add(Request{
			Method:   c.HTTP.Method,
			Route:    c.Route.Name(),
			Path:     c.HTTP.URL.EscapedPath(),
			RawQuery: c.HTTP.URL.RawQuery,
			Body:     c.Body,
		})
		answer := next(c)
		s.recorder.finish(entry, func(r *Request) {
			r.Status, r.ClientID = answer.Status, c.Caller.ClientID
			r.Reason, r.Fault, r.Duration = c.Reason, c.Fault, time.Since(start)
		})
		return answer
	}
}

// slowed delays each request.
func (s *Server) slowed(next routing.Endpoint) routing.Endpoint {
	if s.latency <= 0 {
		return next
	}
	return func(c *routing.Call) wire.Reply {
		c.Hold(s.latency, s.closing.Done())
		return next(c)
	}
}

// authenticated checks the Management API token of each request, unless the route is public.
func (s *Server) authenticated(next routing.Endpoint) routing.Endpoint {
	return func(c *routing.Call) wire.Reply {
		if len(c.Route.Scopes) > 0 {
			who, err := s.tokens.Authenticate(c)
			if err != nil {
				return s.refused(c, err)
			}
			c.Caller = who
		}
		return next(c)
	}
}

// authorized checks that the token has one of the scopes of the route, or all of them if the route
// requires it.
func authorized(next routing.Endpoint) routing.Endpoint {
	return func(c *routing.Call) wire.Reply {
		if expected := c.Caller.Lacks(c.Route); len(expected) > 0 {
			refusal := routing.ErrInsufficientScope.With(strings.Join(expected, ","))
			c.Reason = refusal.Text
			return refusal.Reply()
		}
		return next(c)
	}
}

// validated decodes and checks query and body by the schemas of the route.
func (s *Server) validated(next routing.Endpoint) routing.Endpoint {
	return func(c *routing.Call) wire.Reply {
		// A handler of a form has its own text for a body that is too large.
		if c.BodyErr != nil &&
			(c.Route.Form == nil || !errors.Is(c.BodyErr, wire.ErrBodyTooLarge)) {
			return unreadBody(c)
		}
		var err error
		if c.Route.Query != nil {
			c.Query, err = query(c, *c.Route.Query)
		}
		if err == nil && c.Route.Body != nil {
			c.Given, err = payload(c, *c.Route.Body)
		}
		if err != nil {
			return s.refused(c, err)
		}
		return next(c)
	}
}

// unreadBody answers a request whose body is incomplete or too large.
func unreadBody(c *routing.Call) wire.Reply {
	if errors.Is(c.BodyErr, wire.ErrBodyTooLarge) {
		c.Reason = "the body is too large"
		return wire.ErrBodyTooLarge.With(routing.MaxBody).Reply()
	}
	c.Reason = "the body is incomplete"
	return c.Route.Refuse(wire.RefusalOf(http.StatusBadRequest))
}

// refused answers an error: with its own reply if it is a refusal, otherwise as a server error.
func (s *Server) refused(c *routing.Call, err error) wire.Reply {
	if refused, ok := wire.AsRefusal(err); ok {
		if c.Reason == "" {
			c.Reason = refused.Reason()
		}
		return refused.Reply()
	}
	return s.failure(c, err)
}

// guarded turns a panic into the answer that the API gives for an internal error.
func (s *Server) guarded(next routing.Endpoint) routing.Endpoint {
	return func(c *routing.Call) (answer wire.Reply) {
		defer func() {
			if cause := recover(); cause != nil {
				answer = s.failure(c, fmt.Errorf("panic: %v", cause))
			}
		}()
		return next(c)
	}
}

func (s *Server) failure(c *routing.Call, cause error) wire.Reply {
	s.log.ErrorContext(
		c.HTTP.Context(), "the server is at fault", "route", c.Route.Name(), "cause", cause,
	)
	c.Reason = "the server is at fault, and its log has the cause"
	if errors.Is(cause, tenant.ErrFileLost) {
		return c.Route.Refuse(wire.RefusalOf(http.StatusServiceUnavailable))
	}
	return c.Route.Refuse(wire.ErrInternal)
}

// dispatch runs the handler.
func (s *Server) dispatch(c *routing.Call) wire.Reply {
	result, err := c.Route.Handle(c)
	if refused, ok := wire.AsRefusal(err); ok &&
		!slices.Contains(c.Route.Refuses, refused.Listed()) {
		return s.failure(c, fmt.Errorf("the route table does not list the refusal: %w", err))
	}
	if err != nil {
		return s.refused(c, err)
	}
	if answer, ok := result.(wire.Reply); ok {
		return answer
	}
	return wire.Respond(cmp.Or(c.Route.Status, http.StatusOK), result)
}
