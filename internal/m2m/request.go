// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/redact"
)

// conn sends the requests of all endpoints.
type conn struct {
	base         string // Root URL of the tenant, without a trailing slash.
	chain        sender
	stats        *stats
	reached      sync.Map      // The hosts that have answered a request.
	login        authenticator // Authenticates at the Management API.
	userAgent    string
	headers      map[string]string // Extra headers of every request to the tenant.
	retryTimeout time.Duration
	secrets      *redact.Secrets // Secrets that an answer or an error could repeat.
	writes       atomic.Uint64   // Counts changes that may affect the content of tokens.
}

// request is one call of an endpoint.
type request struct {
	op         string   // What is being done, for errors: "create resource server".
	method     string   // An HTTP method.
	path       []string // Path segments, not escaped.
	route      string   // As in attempt; if empty, the path has no ids.
	query      url.Values
	body       any      // Sent as JSON; nil sends none.
	secrets    []string // Secrets in the body.
	repeatable bool     // Sending it twice does no harm.
	optional   bool     // There is another way to get the answer.
	// prompt means that the body gets old: the request is sent at once, and not again after a
	// pause. Then Tries.repeatAfter is the pause.
	prompt    bool
	about     string // Id or natural key of the object in the answer; empty if it may be any.
	maxSize   int    // Maximum size of the answer in bytes; 0 means the default.
	maxMemory int    // Maximum memory that the answer takes; 0 means the default.
}

// manage calls an endpoint of the Management API and decodes the answer. It is thin, because the
// compiler copies it for each type of answer.
func manage[Out any](ctx context.Context, c *conn, r request) (Out, error) {
	var out, none Out
	if err := c.manage(ctx, r, &out); err != nil {
		return none, err
	}
	return out, nil
}

func (c *conn) manage(ctx context.Context, r request, out any) error {
	target, err := c.target(append([]string{"api", "v2"}, r.path...), r.query)
	if err != nil {
		return fmt.Errorf("%s: %w", r.op, err)
	}
	if r.method != http.MethodGet {
		defer c.writes.Add(1)
	}
	r.route = routeOf(r.method, r.path)
	return c.send(ctx, r, target, c.login, out)
}

// routeOf returns the route of an endpoint of the Management API. In its paths, the names of
// collections alternate with ids.
func routeOf(method string, path []string) string {
	route := method + " /api/v2"
	for i, segment := range path {
		switch {
		case i == 1 && len(path) == 3 && path[0] == "organizations" && segment == "name":
			return route + "/name/{name}"
		case i%2 == 1:
			route += "/{id}"
		default:
			route += "/" + segment
		}
	}
	return route
}

// send sends a request to a target and decodes the answer into what out points to. If auth is not
// nil, it adds the credentials.
func (c *conn) send(
	ctx context.Context, r request, target string, auth authenticator, out any,
) error {
	ctx, cancel := context.WithTimeout(ctx, c.retryTimeout)
	defer cancel()
	started := time.Now()
	c.secrets.Add(r.secrets...)
	req, err := c.newRequest(ctx, r, target)
	if err != nil {
		return fmt.Errorf("%s: %w", r.op, err)
	}

	tries := &attempts{
		conn: c, auth: auth, repeatable: r.repeatable, optional: r.optional,
		prompt: r.prompt,
		route:  cmp.Or(r.route, r.method+" "+req.URL.Path),
		read:   func(resp *http.Response) error { return read(resp, r, out) },
	}
	resp, err := tries.do(req)
	spent := tries.spent
	spent.Elapsed = time.Since(started)
	if err != nil {
		err = c.transportError(req.Request, err, tries.last, spent)
		return fmt.Errorf("%s: %w", r.op, err)
	}
	_ = resp.Body.Close() // It has been read.
	if refused := tries.last.refused; refused != nil {
		refused.Tries = spent
		refused.redact(c.secrets)
		return fmt.Errorf("%s: %w", r.op, refused)
	}
	if holder, ok := out.(interface{ secrets() []string }); ok {
		c.secrets.Add(holder.secrets()...)
	}
	return nil
}

func (c *conn) newRequest(
	ctx context.Context, r request, target string,
) (*retryablehttp.Request, error) {
	var body any // A nil []byte would be an empty body.
	if r.body != nil {
		encoded, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = encoded
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, r.method, target, body)
	if err != nil {
		return nil, err
	}
	// The key set of a tenant may be on another host, which must not get these headers.
	if strings.HasPrefix(target, c.base+"/") {
		for name, value := range c.headers {
			req.Header.Set(name, value)
		}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// issuer is the issuer of the tenant's tokens: its root URL with a trailing slash (API
// contract 10.2). It is also the audience of client assertions (API contract 9.3).
func (c *conn) issuer() string { return c.base + "/" }

// target joins the root of the tenant with path segments. Each segment is escaped, because an
// identifier is a URL inside a path.
func (c *conn) target(segments []string, query url.Values) (string, error) {
	var b strings.Builder
	b.WriteString(c.base)
	for _, s := range segments {
		// Such a segment would silently address another endpoint, such as the list.
		if s == "" || s == "." || s == ".." {
			return "", fmt.Errorf("%q is not a valid id", s)
		}
		b.WriteString("/" + url.PathEscape(s))
	}
	if len(query) > 0 {
		b.WriteString("?" + query.Encode())
	}
	return b.String(), nil
}

// transportError names the host instead of the whole URL, which the standard library would quote.
// It returns an error from before the request, such as a failed login, unchanged.
func (c *conn) transportError(
	req *http.Request, err error, last outcome, spent Tries,
) error {
	if last.unsent {
		if tries := triesOf(last.err); tries != nil {
			*tries = spent
		}
		return last.err
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	return &TransportError{
		Method: req.Method, Host: req.URL.Host,
		Err: err, text: c.secrets.Text(err.Error()), lost: last.lost(), Tries: spent,
	}
}
