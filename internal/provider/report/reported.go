// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// Reported remembers which problems of a run have been reported. A problem that stops every
// request, such as a refused login, is reported in full for one object and in short for the others.
// A nil Reported remembers nothing.
type Reported struct {
	mu    sync.Mutex
	known map[string]bool
}

// Before reports whether a problem has been reported before, and remembers it.
func (r *Reported) Before(problem string) bool {
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[string]bool{}
	}
	known := r.known[problem]
	r.known[problem] = true
	return known
}

const (
	loginFailed    = "Unable to log in to the Management API"
	elsewhere      = ", as reported for another object of this run."
	nothingIsSent  = "No request can be sent"
	unreachable    = "The tenant cannot be reached"
	proxyRefuses   = "The proxy did not pass the request on"
	tokenIsRefused = "The API does not accept the management token"
)

// Mistakes reports mistakes that make the provider unusable.
func (r *Reported) Mistakes(diags *diag.Diagnostics, mistakes diag.Diagnostics) {
	if !mistakes.HasError() {
		return
	}
	if r.Before(nothingIsSent) {
		diags.AddError(mistakes[0].Summary(), nothingIsSent+elsewhere)
		return
	}
	diags.Append(mistakes...)
}

// again returns a short diagnostic for a problem that stops every request, if it has been reported
// before.
func (c *Connection) again(op Operation, err error) (summary, detail string, ok bool) {
	summary, problem := stopsEveryRequest(err)
	if problem == "" || !c.Reported.Before(problem+kindOf(err)) {
		return "", "", false
	}
	return cmp.Or(summary, op.Summary()), problem + elsewhere, true
}

// stopsEveryRequest returns a problem that every request of the run meets, or "". The summary is
// empty if it depends on the operation.
func stopsEveryRequest(err error) (summary, problem string) {
	var (
		known     *DiagnosticError
		login     *rest.LoginError
		conflict  *m2m.ConflictError
		uncertain *m2m.UncertainError
		proxy     *rest.ProxyError
		answer    *rest.Error
		dns       *net.DNSError
		cert      *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &known):
		if known.StopsRun {
			return known.Summary, nothingIsSent
		}
		return "", ""
	case errors.As(err, &login):
		return loginFailed, "The login failed"
	case errors.As(err, &conflict), errors.As(err, &uncertain):
		return "", "" // About one object.
	case errors.As(err, &proxy):
		return "", proxyRefuses
	case errors.As(err, &answer):
		if answer.Status == http.StatusUnauthorized && !answer.NotJSON {
			return "", tokenIsRefused
		}
		return "", ""
	case errors.As(err, &dns) && dns.IsNotFound, errors.Is(err, syscall.ECONNREFUSED),
		errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &cert):
		return "", unreachable
	default:
		return "", ""
	}
}

// kindOf distinguishes the answers that a problem can consist of. A later login may be refused for
// another reason.
func kindOf(err error) string {
	if answer, ok := errors.AsType[*rest.Error](err); ok {
		return fmt.Sprint(answer.Status, answer.Code)
	}
	return ""
}
