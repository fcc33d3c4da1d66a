// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"io"
	"net/http"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
)

// maxBody is the largest request body that is taken. What is longer is read up to maxDrained and thrown away: a client
// that is cut off in the middle of sending would not see the answer.
//
// ASSUMED: one mebibyte, the default of the API's HTTP framework.
const (
	maxBody    = 1 << 20
	maxDrained = 32 << 20
)

// call is one request on its way through the chain.
type call struct {
	http    *http.Request
	route   *route
	params  map[string]string
	body    []byte
	bodyErr error
	caller  caller          // Who authenticated; the log and the recorder name the client.
	query   schema.Document // Valid by the schema of the route.
	given   schema.Document // The body, valid by the schema of the route.

	pinned       map[string]string // What is given in place of ids and secrets that the server makes.
	view         tenant.View       // How far the reading of this call lags behind.
	mishap       string            // The fault that struck, for the log and the recorder.
	tokenExpired bool              // By a fault: the token that comes or goes with this call has expired.
	awkward      *awkwardness      // nil unless the call is made awkward.
}

// endpoint answers a call: a handler, or a handler with links of the chain around it.
type endpoint func(*call) wire.Reply

func (s *Server) newCall(r *http.Request) *call {
	c := &call{http: r}
	c.route, c.params = s.match(r.Method, r.URL.EscapedPath())
	if r.Body == nil {
		return c
	}
	c.body, c.bodyErr = io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if c.bodyErr == nil && len(c.body) > maxBody {
		c.body, c.bodyErr = c.body[:maxBody], wire.ErrBodyTooLarge
		_, _ = io.CopyN(io.Discard, r.Body, maxDrained)
	}
	return c
}

// hold waits by the machine's time, and no longer than the client does or the server lives.
func (s *Server) hold(c *call, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.http.Context().Done():
	case <-s.closing.Done():
	}
}
