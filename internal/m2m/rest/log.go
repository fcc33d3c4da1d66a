// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"context"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/redact"
)

// logging counts and logs each attempt: method, host, path, status, number and duration.
// Headers, bodies and queries may contain secrets and are never logged.
type logging struct {
	log     func(ctx context.Context, msg string, fields ...map[string]any)
	secrets *redact.Secrets
	stats   *stats
	sent    func()
	next    sender
}

func (s *logging) send(a attempt) outcome {
	started := time.Now()
	out := s.next.send(a)
	s.stats.sent(a, out)
	s.sent()

	fields := map[string]any{
		"method":      a.req.Method,
		"host":        a.req.URL.Host,
		"path":        a.req.URL.EscapedPath(),
		"duration_ms": time.Since(started).Milliseconds(),
		"attempt":     a.number,
	}
	if out.err != nil {
		fields["error"] = s.secrets.Text(out.err.Error())
		s.log(a.req.Context(), "Request failed", fields)
		return out
	}
	fields["status"] = out.resp.StatusCode
	s.log(a.req.Context(), "Request answered", fields)
	return out
}
