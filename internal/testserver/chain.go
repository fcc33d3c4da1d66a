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

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// assemble builds the chain; what is listed first is outermost.
//
// The log and the recorder see every request, and what becomes of it in the end. Latency and faults come before the server
// looks at the token, as the network and a proxy in front do, and a fault can spoil whatever answer there is: that of a
// handler that panics too, so the guard is within. Authentication, rate limit, scope and validation have the order of API
// contract 1.4. Awkwardness is innermost, because it is about what handlers read and answer, and leaves refusals alone.
func (s *Server) assemble() endpoint {
	return s.logged(s.recorded(s.slowed(s.faulty(s.guarded(s.authenticated(
		s.limits.paced(authorized(s.validated(s.awkwardly(s.dispatch))))))))))
}

// serve answers one request. A chunked body may have come with a length too, which the HTTP server drops: whoever
// counted by that takes the rest for part of this request, so no other may be read from the connection (RFC 9112, 6.1).
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if len(r.TransferEncoding) > 0 {
		w.Header().Set("Connection", "close")
	}
	s.chain(s.newCall(r)).Compressed(r).Write(w)
}

// logged writes one line for each request. Neither path nor query nor body is in it: they may hold secrets.
func (s *Server) logged(next endpoint) endpoint {
	return func(c *call) wire.Reply {
		start := time.Now()
		answer := next(c)
		attributes := []slog.Attr{
			slog.String("method", c.http.Method),
			slog.String("route", c.route.pattern),
			slog.Int("status", answer.Status),
			slog.Duration("duration", time.Since(start)),
			slog.String("client_id", c.caller.clientID),
		}
		if c.mishap != "" {
			attributes = append(attributes, slog.String("fault", c.mishap))
		}
		if acts := c.awkward.named(); acts != "" {
			attributes = append(attributes, slog.String("awkward", acts))
		}
		s.log.LogAttrs(c.http.Context(), slog.LevelInfo, "request", attributes...)
		return answer
	}
}

func (s *Server) recorded(next endpoint) endpoint {
	return func(c *call) wire.Reply {
		start := time.Now()
		entry := s.recorder.add(Request{
			Method:   c.http.Method,
			Route:    c.route.name(),
			Path:     c.http.URL.EscapedPath(),
			RawQuery: c.http.URL.RawQuery,
			Body:     c.body,
		})
		answer := next(c)
		s.recorder.finish(entry, func(r *Request) {
			r.Status, r.ClientID, r.Fault, r.Duration = answer.Status, c.caller.clientID, c.mishap, time.Since(start)
		})
		return answer
	}
}

// slowed holds each request back.
func (s *Server) slowed(next endpoint) endpoint {
	if s.latency <= 0 {
		return next
	}
	return func(c *call) wire.Reply {
		s.hold(c, s.latency)
		return next(c)
	}
}

func (s *Server) faulty(next endpoint) endpoint {
	return func(c *call) wire.Reply {
		fault, ok := s.faults.take(c.route)
		if !ok {
			return next(c)
		}
		c.mishap = fault.String()
		return faultKinds[fault.kind].strike(s, c, fault, next)
	}
}

// authenticated lets only valid Management API tokens pass to the routes that are not public.
func (s *Server) authenticated(next endpoint) endpoint {
	return func(c *call) wire.Reply {
		if len(c.route.scopes) > 0 {
			who, err := s.tokens.authenticate(c)
			if err != nil {
				return s.refused(c, err)
			}
			c.caller = who
		}
		return next(c)
	}
}

// authorized checks that the token has one of the scopes of the route, or all of them where the route says so.
func authorized(next endpoint) endpoint {
	return func(c *call) wire.Reply {
		if expected := c.caller.lacks(c.route); len(expected) > 0 {
			return errInsufficientScope.With(strings.Join(expected, ",")).Reply()
		}
		return next(c)
	}
}

// validated decodes and checks query and body by the schemas of the route.
func (s *Server) validated(next endpoint) endpoint {
	return func(c *call) wire.Reply {
		if c.bodyErr != nil {
			return unreadBody(c)
		}
		var err error
		if c.route.query != nil {
			c.query, err = query(c, *c.route.query)
		}
		if err == nil && c.route.body != nil {
			c.given, err = payload(c, *c.route.body)
		}
		if err != nil {
			return s.refused(c, err)
		}
		return next(c)
	}
}

// unreadBody answers a request whose body did not arrive as a whole.
func unreadBody(c *call) wire.Reply {
	switch {
	case !errors.Is(c.bodyErr, wire.ErrBodyTooLarge):
		return c.route.refuse(wire.RefusalOf(http.StatusBadRequest))
	case c.route.pattern == tokenPattern:
		return errTokenBodyTooLarge.Reply()
	default:
		return wire.ErrBodyTooLarge.With(maxBody).Reply()
	}
}

// refused answers an error: as the refusal that it is, or else as a failure of the server.
func (s *Server) refused(c *call, err error) wire.Reply {
	if refused, ok := wire.AsRefusal(err); ok {
		return refused.Reply()
	}
	return s.failure(c, err)
}

// guarded answers what breaks inside the server as the API answers its own failures.
func (s *Server) guarded(next endpoint) endpoint {
	return func(c *call) (answer wire.Reply) {
		defer func() {
			if cause := recover(); cause != nil {
				answer = s.failure(c, fmt.Errorf("panic: %v", cause))
			}
		}()
		return next(c)
	}
}

func (s *Server) failure(c *call, cause error) wire.Reply {
	s.log.ErrorContext(c.http.Context(), "the server is at fault", "route", c.route.name(), "cause", cause)
	return c.route.refuse(wire.ErrInternal)
}

// dispatch runs the handler.
func (s *Server) dispatch(c *call) wire.Reply {
	result, err := c.route.handle(c)
	if refused, ok := wire.AsRefusal(err); ok && !slices.Contains(c.route.refuses, refused.Listed()) {
		return s.failure(c, fmt.Errorf("the route table does not list the refusal: %w", err))
	}
	if err != nil {
		return s.refused(c, err)
	}
	if answer, ok := result.(wire.Reply); ok {
		return answer
	}
	return wire.Respond(cmp.Or(c.route.status, http.StatusOK), result)
}
