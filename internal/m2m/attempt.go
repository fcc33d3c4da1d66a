// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"
)

// maxBody is the most that is read of an answer, in bytes, unless its request
// says less. The largest one the API gives is a page of 100 resource servers with
// up to 1,000 scopes each.
const maxBody = 64 << 20

var errBodyTooLarge = errors.New("the answer is too large")

// attemptTransport bounds one attempt in time and size. It reads the whole
// answer, so that one that breaks off is a failed attempt for the layers above.
type attemptTransport struct {
	timeout time.Duration
	next    http.RoundTripper
}

func (t *attemptTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), t.timeout)
	defer cancel()
	limit := maxBody
	if tries := triesOf(ctx); tries != nil {
		if tries.maxBody > 0 {
			limit = tries.maxBody
		}
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { tries.connected.Store(true) },
		})
	}
	resp, err := t.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, t.timedOut(ctx, req, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(limit)+1))
	if err != nil {
		return nil, t.timedOut(ctx, req, err)
	}
	if len(body) > limit {
		return nil, fmt.Errorf("%w: more than %d MiB", errBodyTooLarge, limit>>20)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.Request = req
	return resp, nil
}

// timedOut tells an attempt that took too long from one that its caller gave up.
func (t *attemptTransport) timedOut(attempt context.Context, req *http.Request, err error) error {
	if attempt.Err() != nil && req.Context().Err() == nil {
		return &timeoutError{after: t.timeout}
	}
	return err
}

// timeoutError is a net.Error that names the bound.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string   { return "no answer within " + e.after.String() }
func (e *timeoutError) Timeout() bool   { return true }
func (e *timeoutError) Temporary() bool { return true }
