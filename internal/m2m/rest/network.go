// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// network is the innermost layer. It bounds one attempt in time, and decodes the answer, so that
// the layers above see a broken answer as a failed attempt.
type network struct {
	timeout   time.Duration
	proxies   *proxies
	transport http.RoundTripper
}

func (s *network) send(a attempt) outcome {
	through, err := s.proxies.of(a.req.URL)
	if err != nil {
		return outcome{err: err, unsent: true}
	}
	ctx, cancel := context.WithTimeout(a.req.Context(), s.timeout)
	defer cancel()
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})

	var refused *Error
	resp, err := s.transport.RoundTrip(a.req.WithContext(ctx))
	if err == nil {
		defer resp.Body.Close()
		resp.Request, resp.Body = a.req, timely{resp.Body, ctx}
		err = a.read(resp)
	}
	if err != nil && !errors.As(err, &refused) {
		err = s.timedOut(ctx, a.req, err)
		if through != nil && !connected.Load() {
			err = through.blame(err)
		}
		return outcome{err: err, connected: connected.Load()}
	}
	resp.Body = http.NoBody
	return outcome{resp: resp, refused: refused, connected: true}
}

// timely is a body that cannot be read after the time for the attempt is over, even if it is at
// hand. It does not matter here if the caller has given up: the answer may be complete.
type timely struct {
	io.ReadCloser
	ctx context.Context //nolint:containedctx // A reader cannot be given a context otherwise.
}

func (b timely) Read(p []byte) (int, error) {
	if deadline, ok := b.ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return 0, context.DeadlineExceeded
	}
	return b.ReadCloser.Read(p)
}

// timedOut distinguishes an attempt that took too long from an attempt whose caller gave up.
func (s *network) timedOut(ctx context.Context, req *http.Request, err error) error {
	if ctx.Err() != nil && req.Context().Err() == nil {
		return &timeoutError{after: s.timeout}
	}
	return err
}

// timeoutError is a net.Error that names the bound.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string   { return "no answer within " + e.after.String() }
func (e *timeoutError) Timeout() bool   { return true }
func (e *timeoutError) Temporary() bool { return true }
