// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"net/http"
	"time"
)

// logTransport logs each attempt: method, path, status, attempt and duration.
// Headers, bodies and queries may hold secrets and are never logged.
type logTransport struct {
	log   func(ctx context.Context, msg string, fields ...map[string]any)
	known *redactor
	next  http.RoundTripper
}

func (t *logTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	started := time.Now()
	resp, err := t.next.RoundTrip(req)

	fields := map[string]any{
		"method":      req.Method,
		"host":        req.URL.Host,
		"path":        req.URL.EscapedPath(),
		"duration_ms": time.Since(started).Milliseconds(),
	}
	if tries := triesOf(req.Context()); tries != nil {
		fields["attempt"] = tries.sent + 1
	}
	if err != nil {
		fields["error"] = t.known.redact(err.Error())
		t.log(req.Context(), "Request failed", fields)
		return nil, err
	}
	fields["status"] = resp.StatusCode
	t.log(req.Context(), "Request answered", fields)
	return resp, nil
}
