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

// MaxBody is the largest request body that is taken. What is longer is read up to maxDrained and
// thrown away: a client that is cut off in the middle of sending would not see the answer.
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
	Caller  Caller          // Who authenticated; the log and the recorder name the client.
	Query   schema.Document // Valid by the schema of the route.
	Given   schema.Document // The body, valid by the schema of the route.

	// What is given in place of ids and secrets that the server makes.
	Pinned map[string]string
	View   tenant.View // How far the reading of this call lags behind.
	Mishap string      // The fault that struck, for the log and the recorder.
	// By a fault: the token that comes or goes with this call has expired.
	TokenExpired bool
	// Makes a page shorter than it was asked for; nil leaves it as it is.
	Shorten func(int) int
	Acts    []string // How the call was made awkward, for the log.
}

// Endpoint answers a call: a handler, or a handler with links of the chain around it.
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

// Hold waits by the machine's time, and no longer than the client does or the server lives.
func (c *Call) Hold(d time.Duration, closing <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.HTTP.Context().Done():
	case <-closing:
	}
}

// Pin returns what is given in place of an id or a secret that was made.
func (c *Call) Pin(name, made string) string {
	return cmp.Or(c.Pinned[name], made)
}

// PageSize is how long a page is, which can be less than was asked for.
func (c *Call) PageSize(asked int) int {
	if c.Shorten == nil {
		return asked
	}
	return c.Shorten(asked)
}
