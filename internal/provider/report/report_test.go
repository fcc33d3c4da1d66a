// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// The reference server never gives these answers, or gives them only after a long wait.
func TestReport_advice(t *testing.T) {
	t.Parallel()
	refusal := func(status int, code, message string) *rest.Error {
		return &rest.Error{
			Method: "PATCH", Path: "/api/v2/resource-servers/1", Status: status, Code: code,
			Message: message,
		}
	}
	for name, c := range map[string]struct {
		verb Verb
		err  error
		at   path.Path // Where the error is shown.
		want string
	}{
		"feature of another subscription": {
			"create", refusal(
				403, "feature_not_enabled",
				"Please upgrade your subscription to use consent_policy, token_encryption.",
			), path.Root("consent_policy"),
			"The tenant's subscription does not include this feature. Remove the attributes that " +
				"the API names from the configuration, or upgrade the subscription.",
		},
		"property": {
			"create", refusal(
				400, "invalid_body",
				"Payload validation error: 'No enum match for: x' on property scopes[8] (Scopes).",
			), path.Root("scopes"),
			"No enum match for: x' on property scopes[8] (Scopes)",
		},
		"property by its name in the API": {
			"create", refusal(
				400, "invalid_body", "Payload validation error: 'x' on property scope[0].",
			), path.Root("scopes"), "on property scope[0]",
		},
		"secret property": {
			"create", refusal(
				400, "invalid_body", "Payload validation error: 'x' on property signing_secret.",
			), path.Empty(), "on property signing_secret",
		},
		"unknown property": {
			"create", refusal(
				400, "invalid_body", "Payload validation error: 'x' on property nobody.",
			), path.Empty(), "on property nobody",
		},
		"deleted before the update": {
			"update", refusal(
				404, "inexistent_resource_server", "The resource server does not exist",
			), path.Empty(),
			"It was deleted after Terraform last read it. Run terraform plan again; it will be " +
				"recreated.",
		},
		"no such API": {
			"create", refusal(404, "inexistent_resource_server", "No resource with identifier x"),
			path.Root("audience"), "Check that the objects it refers to exist",
		},
		"no such client": {
			"create", refusal(404, "inexistent_client", "The client does not exist"),
			path.Root("client_id"), "Check that the objects it refers to exist",
		},
		"no such grant": {
			"create", refusal(404, "inexistent_client_grant", "The grant does not exist."),
			path.Root("grant_id"), "Check that the objects it refers to exist",
		},
		"no such organization": {
			"create", refusal(404, "", "No organization found by that id"),
			path.Root("organization_id"), "Check that the objects it refers to exist",
		},
		"no such route": {
			"create", refusal(404, "", "Not Found"), path.Empty(),
			"Check that the objects it refers to exist",
		},
		"limit": {
			"create", refusal(409, "", "Quota exceeded; cannot add more than 100"), path.Empty(),
			"Nothing was changed in the tenant. Remove associations",
		},
		"after retries": {
			"read", &rest.Error{
				Status: 503, Message: "Service Unavailable",
				Tries: rest.Tries{Attempts: 5, Elapsed: 3760 * time.Millisecond},
			}, path.Empty(),
			"503 Service Unavailable: Service Unavailable.\n\nThe tenant is failing. Nothing was " +
				"changed by this request; run Terraform again later.\n\nThe request was tried 5 " +
				"times in 3.8s.",
		},
		"after waits": {
			"create", &rest.Error{
				Status: 429, Message: "Global limit has been reached", Code: "too_many_requests",
				Tries: rest.Tries{
					Attempts: 17, Elapsed: 10 * time.Minute, Limited: 590 * time.Second,
					Paused: 4 * time.Second,
				},
			}, path.Empty(),
			"The request was tried 17 times in 10m0s. It waited 9m50s for the tenant's rate limit " +
				"and 4s between attempts. The provider's retry_timeout bounds this time.",
		},
		"after a wait without a turn": {
			"create", &rest.LimitError{
				Err: context.DeadlineExceeded, Tries: rest.Tries{Limited: time.Minute},
			}, path.Empty(),
			"did not get its turn in time. Nothing was changed in the tenant by it. Run Terraform " +
				"again later, or raise the provider's retry_timeout.\n\nThe request was not sent. " +
				"It waited 1m0s for the tenant's rate limit. The provider's retry_timeout bounds " +
				"this time.",
		},
		"no answer after retries": {
			"read", &rest.TransportError{
				Method: "GET", Host: "acme", Err: io.EOF,
				Tries: rest.Tries{Attempts: 3, Elapsed: 2 * time.Second, Paused: 2 * time.Second},
			}, path.Empty(),
			"The request was tried 3 times in 2s. It waited 2s between attempts.",
		},
		"failing during a change": {
			"update", &rest.Error{Status: 503, Message: "Service Unavailable"}, path.Empty(),
			"The tenant is failing. The change may or may not have been made; the next plan " +
				"shows it. Run Terraform again later.",
		},
		"failing with a page": {
			"read", &rest.Error{
				Method: "GET", Path: "/x", Status: 502, NotJSON: true,
				Body: "text/html instead of JSON",
			}, path.Empty(),
			"GET /x was answered with status 502 and text/html instead of JSON.\n\nThe tenant " +
				"is failing. Nothing was changed by this request; run Terraform again later.\n\n" +
				"If this continues, check that the domain acme.eu.auth0.com (from the provider's " +
				"domain) is the host of the tenant.",
		},
		"a page of a load balancer that waited too long": {
			"update", &rest.Error{
				Method: "PATCH", Path: "/x", Status: 408, NotJSON: true, Body: "an empty body",
			}, path.Empty(),
			"PATCH /x was answered with status 408 and an empty body.\n\nThe tenant is failing. " +
				"The change may or may not have been made; the next plan shows it.",
		},
		"rate limit without a message": {
			"read", &rest.Error{
				Method: "GET", Path: "/x", Status: 429, NotJSON: true,
				Body:  "JSON without a message",
				Tries: rest.Tries{Attempts: 9, Elapsed: time.Minute, Limited: 50 * time.Second},
			}, path.Empty(),
			"GET /x was answered with status 429 and JSON without a message.\n\nThe tenant limits " +
				"the rate of requests. The request was not carried out. Run Terraform again " +
				"later, or raise the provider's retry_timeout.\n\nIf this continues, check that " +
				"the domain acme.eu.auth0.com (from the provider's domain) is the host of the " +
				"tenant.\n\nThe request was tried 9 times in 1m0s. It waited 50s for the tenant's " +
				"rate limit. The provider's retry_timeout bounds this time.",
		},
		"empty answers": {
			"read", &rest.Error{
				Method: "GET", Path: "/x", Status: 200, NotJSON: true, Body: "an empty body",
				Tries: rest.Tries{Attempts: 5, Elapsed: 4 * time.Second, Paused: 4 * time.Second},
			}, path.Empty(),
			"GET /x was answered with status 200 and an empty body.\n\nThis is not an answer from " +
				"an Auth0 API. Check that the domain acme.eu.auth0.com (from the provider's " +
				"domain) is the host of the tenant, and that no proxy or firewall intercepts the " +
				"request.\n\nThe request was tried 5 times in 4s. It waited 4s between attempts.",
		},
		"a long single attempt": {
			"create", &m2m.UncertainError{Err: &rest.TransportError{
				Method: "POST", Host: "acme", Err: io.EOF,
				Tries: rest.Tries{Attempts: 1, Elapsed: 95 * time.Second},
			}}, path.Empty(),
			"It may exist by now. Run terraform apply again. If it exists, the error will contain " +
				"an import block for it.\n\nThe request was tried once in 1m35s.",
		},
		"unsupported": {
			"read", &rest.Error{Status: 501, Message: "No."}, path.Empty(),
			"The API answered for the API \"x\": 501 Not Implemented: No.",
		},
		"rate limit": {
			"read", refusal(429, "too_many_requests", "Global limit has been reached"),
			path.Empty(),
			"The tenant limits the rate of requests. The request was not carried out. Run " +
				"Terraform again later, or raise the provider's retry_timeout.",
		},
		"reply cut off": {
			"read", io.ErrUnexpectedEOF, path.Empty(),
			"No answer for the API \"x\": unexpected EOF.\n\nCheck the network and the domain " +
				"acme.eu.auth0.com (from the provider's domain), and run Terraform again.",
		},
		"expired certificate": {
			"read", &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{
				Reason: x509.Expired,
			}}, path.Empty(),
			"Its certificate has expired or is not valid yet. Renew it, or check the clock of " +
				"this machine.",
		},
		"other host's certificate": {
			"read", &tls.CertificateVerificationError{Err: x509.HostnameError{
				Certificate: &x509.Certificate{},
				Host:        "acme",
			}}, path.Empty(),
			"Its certificate is not valid for this host.",
		},
		"cancelled": {"read", context.Canceled, path.Empty(), "The run was cancelled. Run Terraform again."},
		"conflict with a template for an id": {
			"create", &m2m.ConflictError{ID: "${x}", Err: errors.New("taken")}, path.Empty(),
			"import {\n  to = m2m_resource_server.NAME\n  id = \"$${x}\"\n}",
		},
		"conflict with an identical object": {
			"create", &m2m.ConflictError{ID: "x", Err: errors.New("taken"), Identical: true},
			path.Empty(),
			"The tenant already has the API \"x\". It is as this configuration would create it: a " +
				"run that was killed or failed has probably made it. To take over all such " +
				"objects at once, without a change in the tenant, apply again with " +
				"adopt_identical = true in the provider block, or with its environment " +
				"variable:\n\n  M2M_ADOPT_IDENTICAL=true terraform apply\n\nDo not do this if " +
				"another configuration manages it. If another block",
		},
		"conflict with an object that is not found": {
			"create", &m2m.ConflictError{Err: errors.New("taken")}, path.Empty(),
			"The tenant reported that it already has the API \"x\", but looking it up failed: " +
				"taken.",
		},
		"conflict with a forbidden lookup": {
			"create", &m2m.ConflictError{
				Err:    errors.New("taken"),
				Lookup: errors.New("Insufficient scope"),
			}, path.Empty(),
			"but looking it up failed: Insufficient scope.",
		},
		"possibly created, foreign answer": {
			"create", &m2m.UncertainError{Err: &rest.Error{
				Method: "POST", Path: "/x", Status: 200, NotJSON: true,
				Body: "text/html instead of JSON",
			}}, path.Empty(),
			"Check that the domain acme.eu.auth0.com (from the provider's domain) is the host of " +
				"the tenant, and that no proxy or firewall intercepts the request.\n\nIt may " +
				"exist by now.",
		},
		"possibly created": {
			"create", &m2m.UncertainError{Err: errors.New("reset")}, path.Empty(),
			"no usable answer arrived: reset.\n\nIt may exist by now. Run terraform apply again",
		},
	} {
		var diags diag.Diagnostics
		s := &Connection{Domain: "acme.eu.auth0.com", DomainSource: "the provider's domain"}
		s.Report(&diags, Operation{
			Verb: c.verb, Kind: "resource server", Object: `API "x"`,
			TypeName:   "m2m_resource_server",
			Attributes: func(name string) bool { return name != "nobody" },
		}, c.err)
		if len(diags) != 1 ||
			diags[0].Summary() != "Unable to "+string(c.verb)+" resource server" ||
			!strings.Contains(diags[0].Detail(), c.want) {
			t.Errorf("%s: %v, want %q", name, diags, c.want)
			continue
		}
		at := path.Empty()
		if with, ok := diags[0].(diag.DiagnosticWithPath); ok {
			at = with.Path()
		}
		if !at.Equal(c.at) {
			t.Errorf("%s: shown at %q, want %q", name, at, c.at)
		}
	}
}

func TestAdoptionWarning_listsChanges(t *testing.T) {
	t.Parallel()
	op := Operation{Kind: "client grant", Object: "grant"}
	for want, settings := range map[string]m2m.ClientGrantProperties{
		"Changed to match the configuration:\n\n  organization_usage\n  scopes": {
			Scope: m2m.Set([]string{"a"}), OrganizationUsage: m2m.Null[string](),
		},
		"It already matched the configuration; nothing was changed.": {},
	} {
		var diags diag.Diagnostics
		WarnOfAdoption(&diags, op, "cgr_1", attribute.NamesOf(settings))
		if len(diags) != 1 || diags[0].Severity() != diag.SeverityWarning ||
			!strings.Contains(diags[0].Detail(), want) {
			t.Errorf("%v, want the warning %q", diags, want)
		}
	}
}
