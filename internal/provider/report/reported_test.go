// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// A problem that stops every request is reported in full once.
func TestReport_sharedProblemIsReportedInFullOnce(t *testing.T) {
	t.Parallel()
	refusal := func(status int, message string) *rest.Error {
		return &rest.Error{Status: status, Message: message}
	}
	refused := &net.OpError{
		Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED),
	}
	const login = "Unable to log in to the Management API"
	for name, c := range map[string]struct {
		err           error
		summary, want string // Of the second report; want is empty if it is the same again.
	}{
		"wrong secret": {
			&rest.LoginError{Err: refusal(401, "Unauthorized")}, login,
			"The login failed, as reported for another object of this run.",
		},
		"missing token file": {
			&rest.LoginError{Err: &m2m.TokenFileError{Err: os.ErrNotExist}}, login,
			"The login failed, as reported for another object of this run.",
		},
		"no credentials": {
			&rest.LoginError{Err: &DiagnosticError{Summary: "No credentials", StopsRun: true}},
			"No credentials", "No request can be sent, as reported for another object of this run.",
		},
		"no tenant": {
			fmt.Errorf("read: %w", &DiagnosticError{Summary: "No tenant", StopsRun: true}),
			"No tenant", "No request can be sent, as reported for another object of this run.",
		},
		"proxy": {
			&rest.ProxyError{Proxy: "http://p", Err: errors.New("407")},
			"Unable to read resource server",
			"The proxy did not pass the request on, as reported for another object of this run.",
		},
		"expired token": {
			refusal(401, "Expired token received"), "Unable to read resource server",
			"The API does not accept the management token, as reported for another object of " +
				"this run.",
		},
		"closed port": {
			&rest.TransportError{Err: refused}, "Unable to read resource server",
			"The tenant cannot be reached, as reported for another object of this run.",
		},
		"one object":    {refusal(403, "no"), "Unable to read resource server", ""},
		"system API":    {&DiagnosticError{Summary: "Unable to adopt", Detail: "x"}, "", ""},
		"page of 401":   {&rest.Error{Status: 401, NotJSON: true}, "", ""},
		"lost reply":    {&m2m.UncertainError{Err: refused}, "", ""},
		"reply cut off": {&rest.TransportError{Err: http.ErrBodyReadAfterClose}, "", ""},
	} {
		connection := &Connection{
			Domain: "acme", DomainSource: "x", Login: "y", TokenFileSource: "z",
			Reported: &Reported{},
		}
		var said [2]diag.Diagnostic
		for i := range said {
			var diags diag.Diagnostics
			connection.Report(
				&diags, Operation{Verb: Read, Kind: "resource server", Object: "API \"o\""}, c.err,
			)
			said[i] = diags[0]
		}
		if c.want == "" {
			if !said[0].Equal(said[1]) {
				t.Errorf("%s: %v, then %v", name, said[0], said[1])
			}
			continue
		}
		if strings.Contains(said[0].Detail(), "as reported") ||
			said[0].Summary() != c.summary || said[1].Summary() != c.summary ||
			said[1].Detail() != c.want+" So the provider could not read the API \"o\"." {
			t.Errorf("%s: %v, then %v; want %s", name, said[0], said[1], c.want)
		}
	}
}

// After a refusal, a login that fails for another reason is reported in full.
func TestReport_otherProblemIsReportedInFull(t *testing.T) {
	t.Parallel()
	connection := &Connection{Login: "x", Reported: &Reported{}}
	for _, status := range []int{401, 403} {
		var diags diag.Diagnostics
		connection.Report(&diags, Operation{}, &rest.LoginError{Err: &rest.Error{Status: status}})
		want := fmt.Sprint("The token endpoint answered: ", status)
		if !strings.HasPrefix(diags[0].Detail(), want) {
			t.Errorf("%d: %v", status, diags)
		}
	}
}
