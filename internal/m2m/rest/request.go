// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Request is one call of an endpoint, which may take several attempts. Send does not use Path.
type Request struct {
	Op         string   // What is being done, for errors: "create resource server".
	Method     string   // An HTTP method.
	Path       []string // Path segments, not escaped.
	Route      string   // As in Usage. Manage sets it. If empty, the path has no ids.
	Query      url.Values
	Body       any      // Sent as JSON; nil sends none.
	Secrets    []string // Secrets in the body.
	Repeatable bool     // Sending it twice does no harm.
	Optional   bool     // There is another way to get the answer.
	// Prompt means that the body gets old: the request does not wait for the rate limit. If another
	// attempt needs a pause, the call ends, and Tries.RepeatAfter is the pause.
	Prompt    bool
	About     string // Id or natural key of the object in the answer; empty if it may be any.
	MaxSize   int    // Maximum size of the answer in bytes; 0 means the default.
	MaxMemory int    // Maximum memory that the answer takes; 0 means the default.
}

// Manage calls an endpoint of the Management API and decodes the answer. It is thin, because the
// compiler copies it for each type of answer.
func Manage[Out any](ctx context.Context, c *Conn, r Request) (Out, error) {
	var out, none Out
	if err := c.manage(ctx, r, &out); err != nil {
		return none, err
	}
	return out, nil
}

func (c *Conn) manage(ctx context.Context, r Request, out any) error {
	target, err := c.Target(append([]string{"api", "v2"}, r.Path...), r.Query)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Op, err)
	}
	if r.Method != http.MethodGet {
		defer c.writes.Add(1)
	}
	r.Route = routeOf(r.Method, r.Path)
	return c.Send(ctx, r, target, c.Login, out)
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

// Send sends a request to a target and decodes the answer into what out points to. If auth is not
// nil, it adds the credentials.
func (c *Conn) Send(
	ctx context.Context, r Request, target string, auth Authenticator, out any,
) error {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.RetryTimeout)
	defer cancel()
	started := time.Now()
	c.Secrets.Add(r.Secrets...)
	req, err := c.newRequest(ctx, r, target)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Op, err)
	}

	tries := &attempts{
		conn: c, auth: auth, repeatable: r.Repeatable, optional: r.Optional,
		prompt: r.Prompt,
		route:  cmp.Or(r.Route, r.Method+" "+req.URL.Path),
		read:   func(resp *http.Response) error { return Read(resp, r, out) },
	}
	resp, err := tries.do(req)
	spent := tries.spent
	spent.Elapsed = time.Since(started)
	if err != nil {
		err = c.transportError(req.Request, err, tries.last, spent)
		return fmt.Errorf("%s: %w", r.Op, err)
	}
	_ = resp.Body.Close() // It has been read.
	if refused := tries.last.refused; refused != nil {
		refused.Tries = spent
		refused.redact(c.Secrets)
		return fmt.Errorf("%s: %w", r.Op, refused)
	}
	if holder, ok := out.(Confidential); ok {
		c.Secrets.Add(holder.Secrets()...)
	}
	return nil
}

func (c *Conn) newRequest(
	ctx context.Context, r Request, target string,
) (*retryablehttp.Request, error) {
	var body any // A nil []byte would be an empty body.
	if r.Body != nil {
		encoded, err := json.Marshal(r.Body)
		if err != nil {
			return nil, err
		}
		body = encoded
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, r.Method, target, body)
	if err != nil {
		return nil, err
	}
	// The key set of a tenant may be on another host, which must not get these headers.
	if strings.HasPrefix(target, c.base+"/") {
		for name, value := range c.cfg.Headers {
			req.Header.Set(name, value)
		}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// Target joins the root of the tenant with path segments. Each segment is escaped, because an
// identifier is a URL inside a path.
func (c *Conn) Target(segments []string, query url.Values) (string, error) {
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
func (c *Conn) transportError(
	req *http.Request, err error, last outcome, spent Tries,
) error {
	if last.unsent {
		if tries := TriesIn(last.err); tries != nil {
			*tries = spent
		}
		return last.err
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	return &TransportError{
		Method: req.Method, Host: req.URL.Host,
		Err: err, text: c.Secrets.Text(err.Error()), lost: last.lost(), Tries: spent,
	}
}
