// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package routing

import (
	"cmp"
	"io"
	"net/http"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// MaxBody is the largest request body that is accepted. Up to maxDrained bytes of a larger body are
// read and discarded: a client that is cut off while it sends would not see the reply.
//
// ASSUMED: one mebibyte, the default of the API's HTTP framework.
const (
	MaxBody    = 1 << 20
	maxDrained = 32 << 20
)

// Call is one request on its way through the chain.
type Call struct {
	HTTP    *http.Request
	Route   *Route
	Params  map[string]string
	Body    []byte
	BodyErr error
	Caller  Caller          // Who sent the request, once it is authenticated.
	Query   schema.Document // Valid according to the route's schema.
	Given   schema.Document // The decoded body, valid according to the route's schema.

	// Ids and secrets to use instead of generated ones.
	Pinned map[string]string
	View   tenant.View // How far this call's reads lag behind writes.
	Fault  string      // The fault that applied, for the log and the recorder.
	// Why the request was refused, for the log and the recorder. It contains no secrets.
	Reason string
	// Set by a fault: the token that is sent or issued has expired.
	TokenExpired bool
	// Returns a shorter page size than the requested one; nil keeps the requested size.
	Shorten func(int) int
	Unsent  int      // The bytes of the reply that count as unsent until it is sent.
	Acts    []string // What made the call awkward, for the log.
	// What may be a gap of the server and not a mistake of the client, for the log.
	Warning string
}

// Endpoint answers a call: a handler, possibly wrapped in links of the chain.
type Endpoint func(*Call) wire.Reply

// ReadCall reads the body of a request.
func ReadCall(r *http.Request, found *Route, params map[string]string) *Call {
	c := &Call{HTTP: r, Route: found, Params: params}
	if r.Body == nil {
		return c
	}
	c.Body, c.BodyErr = io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if c.BodyErr == nil && len(c.Body) > MaxBody {
		c.Body, c.BodyErr = c.Body[:MaxBody], wire.ErrBodyTooLarge
		_, _ = io.CopyN(io.Discard, r.Body, maxDrained)
	}
	return c
}

// Hold waits for d in real time, or until the client has gone or the server closes.
func (c *Call) Hold(d time.Duration, closing <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.HTTP.Context().Done():
	case <-closing:
	}
}

// Pin returns the pinned id or secret of this name, or the generated one if none is pinned.
func (c *Call) Pin(name, made string) string {
	return cmp.Or(c.Pinned[name], made)
}

// PageSize returns the page size to use, which can be smaller than the requested one.
func (c *Call) PageSize(asked int) int {
	if c.Shorten == nil {
		return asked
	}
	return c.Shorten(asked)
}
