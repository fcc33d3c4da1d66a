// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"cmp"
	"context"
	"net/http"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/control"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/faults"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tokens"
)

// steered is a server as the control API sees it.
type steered struct{ *Server }

// Ready implements control.Server.
func (s steered) Ready() bool {
	select {
	case <-s.served:
		return false
	case <-s.closing.Done():
		return false
	default:
		return true
	}
}

// WaitingFaults implements control.Server.
func (s steered) WaitingFaults() (queued, rules []faults.Rule) { return s.faults.Waiting() }

// Tenant implements control.Server.
func (s steered) Tenant() *tenant.Store { return s.store }

// TokenFaults implements control.Server.
func (s steered) TokenFaults() []faults.Rule {
	return s.faults.Awaiting(http.MethodPost, routing.TokenPath)
}

// Issue implements control.Server.
func (s steered) Issue(q tokens.Question) (string, tokens.Explanation, error) {
	return s.tokens.Issue(q)
}

// Inspect implements control.Server.
func (s steered) Inspect(token, audience, scope string) tokens.Inspection {
	return s.tokens.Inspect(token, audience, scope)
}

// Routes implements control.Server.
func (s steered) Routes() []string {
	names := make([]string, len(s.routes))
	for i := range s.routes {
		names[i] = s.routes[i].Name()
	}
	return names
}

// Explain implements control.Server.
func (s steered) Explain(q tokens.Question) tokens.Explanation { return s.tokens.Explain(q) }

// RequestsAfter implements control.Server.
func (s steered) RequestsAfter(number uint64) []control.Request {
	return controlRequests(s.recorder.after(number))
}

// News implements control.Server.
func (s steered) News(ctx context.Context, after uint64) control.News {
	found := s.recorder.since(ctx, after, control.MostNews)
	return control.News{
		Last: found.last, Oldest: found.oldest, Requests: controlRequests(found.requests),
	}
}

// LastChange implements control.Server.
func (s steered) LastChange() uint64 { return s.recorder.lastChange() }

// RateLimit implements control.Server.
func (s steered) RateLimit() control.RateLimit {
	limit := s.limits.current()
	return control.RateLimit{
		PerSecond: limit.PerSecond, Burst: limit.Burst,
		Reset: string(cmp.Or(limit.Reset, ResetFull)),
	}
}

// SetRateLimit implements control.Server.
func (s steered) SetRateLimit(limit control.RateLimit) {
	s.limits.set(RateLimit{
		PerSecond: limit.PerSecond, Burst: limit.Burst, Reset: Reset(limit.Reset),
	})
}

// RemoveFault implements control.Server.
func (s steered) RemoveFault(id int) bool { return s.faults.Remove(id) }

func controlRequests(found []Request) []control.Request {
	out := make([]control.Request, len(found))
	for i, one := range found {
		out[i] = control.Request{
			Number: one.Number, Method: one.Method, Route: one.Route, Status: one.Status,
			ClientID: one.ClientID, Reason: one.Reason, Fault: one.Fault, Duration: one.Duration,
		}
	}
	return out
}
