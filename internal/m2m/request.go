// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// conn is what all endpoint groups send their requests through.
type conn struct {
	base         string                // Root URL of the tenant, without a slash at its end.
	management   *retryablehttp.Client // Sends the Management API token.
	open         *retryablehttp.Client // Sends no token.
	userAgent    string
	headers      map[string]string // Extra ones, for every request to the tenant.
	retryTimeout time.Duration
	known        *redactor // The secrets that an answer or an error could echo.
	unusable     error
	writes       atomic.Uint64 // Counts what may change what a token carries.
}

// request is one call of an endpoint.
type request struct {
	op         string   // What is being done, for errors: "create resource server".
	method     string   // An HTTP method.
	path       []string // Path segments, not escaped.
	query      url.Values
	body       any      // Sent as JSON; nil sends none.
	secrets    []string // Secrets in the body.
	repeatable bool     // Sending it twice does no harm.
	maxBody    int      // The most that is read of the answer; 0 means the usual bound.
}

// manage calls an endpoint of the Management API and decodes the answer.
func manage[Out any](ctx context.Context, c *conn, r request) (Out, error) {
	var out Out
	if c.unusable != nil {
		return out, c.unusable
	}
	target, err := c.target(append([]string{"api", "v2"}, r.path...), r.query)
	if err != nil {
		return out, fmt.Errorf("%s: %w", r.op, err)
	}
	var body any
	if r.body != nil {
		if body, err = json.Marshal(r.body); err != nil {
			return out, fmt.Errorf("%s: %w", r.op, err)
		}
	}
	if r.method != http.MethodGet {
		defer c.writes.Add(1)
	}
	return send[Out](ctx, c, c.management, call{
		request: r, target: target, body: body, contentType: "application/json",
	})
}

// call is a request ready to go out. Its body is anything that go-retryablehttp
// can send more than once.
type call struct {
	request
	target      string
	body        any
	contentType string
	// authorization is that of a client which authenticates by HTTP Basic.
	authorization string
}

func send[Out any](ctx context.Context, c *conn, via *retryablehttp.Client, r call) (Out, error) {
	var out Out
	ctx, cancel := context.WithTimeout(ctx, c.retryTimeout)
	defer cancel()
	ctx, tries := withTries(ctx, r.repeatable)
	tries.maxBody = r.maxBody
	c.known.add(r.secrets...)

	req, err := retryablehttp.NewRequestWithContext(ctx, r.method, r.target, r.body)
	if err != nil {
		return out, fmt.Errorf("%s: %w", r.op, err)
	}
	// The key set of a tenant may be on another host, which has no claim to them.
	if strings.HasPrefix(r.target, c.base+"/") {
		for name, value := range c.headers {
			req.Header.Set(name, value)
		}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if r.body != nil {
		req.Header.Set("Content-Type", r.contentType)
	}
	if r.authorization != "" {
		req.Header.Set("Authorization", r.authorization)
	}

	resp, err := via.Do(req)
	if err != nil {
		return out, fmt.Errorf("%s: %w", r.op, c.transportError(req.Request, err, tries.lost))
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return out, fmt.Errorf("%s: %w", r.op, err)
	}
	var apiErr *Error
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		apiErr = readError(resp, raw)
	} else if err := decode(resp.StatusCode, raw, &out); err != nil {
		apiErr = newError(resp)
		apiErr.NotJSON, apiErr.Message = !json.Valid(raw), err.Error()
	} else {
		return out, nil
	}
	apiErr.Attempts, apiErr.Elapsed = tries.sent, time.Since(tries.started)
	for _, text := range []*string{&apiErr.Message, &apiErr.Code, &apiErr.RequestID, &apiErr.Location} {
		*text = c.known.redact(*text)
	}
	var none Out
	return none, fmt.Errorf("%s: %w", r.op, apiErr)
}

// decode reads the answer to a request that succeeded. One that does not hold
// what was asked for is an error: an object without an id would be an orphan.
func decode(status int, raw []byte, out any) error {
	_, nothing := out.(*struct{})
	if nothing && status == http.StatusNoContent {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return errors.New("the answer is not of the expected form")
	}
	object, ok := out.(interface{ complete() bool })
	if string(bytes.TrimSpace(raw)) == "null" || ok && !object.complete() {
		return errors.New("the answer holds no object")
	}
	return nil
}

// target joins the tenant's root with path segments, each escaped, since an
// identifier is a URL inside a path.
func (c *conn) target(segments []string, query url.Values) (string, error) {
	var b strings.Builder
	b.WriteString(c.base)
	for _, s := range segments {
		// These would silently address another endpoint, such as the list.
		if s == "" || s == "." || s == ".." {
			return "", fmt.Errorf("%q cannot be an id", s)
		}
		b.WriteString("/" + url.PathEscape(s))
	}
	if len(query) > 0 {
		b.WriteString("?" + query.Encode())
	}
	return b.String(), nil
}

// transportError names the host where the standard library would name the whole
// URL, and leaves a failed login as it is: its request was another one.
func (c *conn) transportError(req *http.Request, err error, lost bool) error {
	if login, ok := errors.AsType[*LoginError](err); ok {
		return login
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	return &TransportError{
		Method: req.Method, Host: req.URL.Host, Err: err, text: c.known.redact(err.Error()), lost: lost,
	}
}

func mediaType(resp *http.Response) string {
	t, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return t
}
