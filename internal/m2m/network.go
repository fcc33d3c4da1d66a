// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// maxBody is the maximum size of an answer in bytes, unless the request sets a lower bound. The
// largest answer of the API is a page of 100 resource servers with up to 1,000 scopes each.
const maxBody = 64 << 20

var errBodyTooLarge = errors.New("the answer is too large")

// network is the innermost layer. It bounds one attempt in time and size, and reads
// the whole answer, so that the layers above see a broken answer as a failed attempt.
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

	var body []byte
	resp, err := s.transport.RoundTrip(a.req.WithContext(ctx))
	if err == nil {
		defer resp.Body.Close()
		body, err = readBody(resp.Body, cmp.Or(a.maxBody, maxBody))
	}
	if err != nil {
		err = s.timedOut(ctx, a.req, err)
		if through != nil && !connected.Load() {
			err = through.blame(err)
		}
		return outcome{err: err, connected: connected.Load()}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.Request = a.req
	return outcome{resp: resp, connected: true}
}

func readBody(r io.Reader, limit int) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err == nil && len(body) > limit {
		err = fmt.Errorf("%w: more than %d MiB", errBodyTooLarge, limit>>20)
	}
	return body, err
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
