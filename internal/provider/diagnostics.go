// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// operation is what was being done when the API said no.
type operation struct {
	verb string // create, read, update, delete
	kind string // resource server, client grant
	// object tells people which one: API "https://…".
	object string
	// typeName is the Terraform type, for import blocks.
	typeName string
	// leavesToTenant says that what the configuration leaves out is the tenant's to
	// decide.
	leavesToTenant bool
	// importOnly says that there is no use_existing: one that exists is imported.
	importOnly bool
	// attributes are the names that errors may be put on.
	attributes func(name string) bool
}

func (op operation) summary() string { return "Unable to " + op.verb + " " + op.kind }

// report is the only place where errors of the API become diagnostics: what
// happened, to which object, what to do.
func (s *session) report(diags *diag.Diagnostics, op operation, err error) {
	var (
		config    *configError
		login     *m2m.LoginError
		conflict  *m2m.ConflictError
		uncertain *m2m.UncertainError
		answer    *m2m.Error
	)
	switch {
	case errors.As(err, &config):
		diags.AddError(config.summary, config.detail)
	case errors.As(err, &login):
		diags.AddError("Unable to log in to the Management API", s.explainLogin(login))
	case errors.Is(err, errClaimedTwice):
		diags.AddError(op.summary(), fmt.Sprintf("The %s exists already: another resource has created or adopted it in this run. "+
			"Two resources that manage one object undo each other's changes; keep one of them.", op.object))
	case errors.As(err, &conflict):
		diags.AddError(op.summary(), explainConflict(op, conflict))
	case errors.As(err, &uncertain):
		diags.AddError(op.summary(), s.explainUncertain(op, uncertain))
	case errors.As(err, &answer):
		detail := s.explainAnswer(op, answer)
		if name := attributeOf(op, answer); name != "" {
			diags.AddAttributeError(path.Root(name), op.summary(), detail)
			return
		}
		diags.AddError(op.summary(), detail)
	default:
		diags.AddError(op.summary(), s.explainTransport(op, err))
	}
}

func (s *session) explainLogin(err *m2m.LoginError) string {
	var (
		answer *m2m.Error
		file   *m2m.TokenFileError
	)
	if errors.As(err.Err, &file) {
		return sentences(capitalize(s.settings.apiTokenFile.source())+": "+file.Error()+".",
			"It names a file that must hold a Management API token and nothing else, and that this process can read. "+
				"Check the path, and the program that writes the token.")
	}
	if !errors.As(err.Err, &answer) {
		return s.explainTransport(operation{object: "token endpoint"}, err.Err)
	}
	said := "The token endpoint answered: " + quote(answer) + "."
	who := capitalize(s.settings.login())
	switch {
	case answer.NotJSON, answer.Status < 300:
		return s.explainForeign(answer)
	case answer.Status == http.StatusUnauthorized:
		check := "Check the id, the secret"
		if s.settings.privateKey.isSet() {
			check = "Check the id, that the client has the public key of this private key as a credential for private_key_jwt, with the " +
				"algorithm " + cmp.Or(s.settings.signingAlg.value, "RS256") + ", the clock of this machine"
		}
		return sentences(said, who+" was refused. "+check+", and that the domain "+s.settings.domain.value+" is the tenant they belong to.")
	case strings.HasPrefix(answer.Message, "Service not enabled"):
		return sentences(said, fmt.Sprintf("No Management API with the identifier %q is known there. Check the domain; "+
			"where it is a custom domain, set the provider's audience (or AUTH0_AUDIENCE) to https://TENANT/api/v2/, "+
			"with the tenant's own host and the slash at the end.", err.Audience))
	case answer.Status == http.StatusForbidden:
		return sentences(said, who+" may not use the Management API. Authorize it for the API "+err.Audience+
			" in the tenant's dashboard, with the management scopes that the plan needs.")
	default:
		return sentences(said, tried(answer))
	}
}

func (s *session) explainUncertain(op operation, err *m2m.UncertainError) string {
	happened := fmt.Sprintf("The request to create the %s was sent, but no usable answer arrived: %s.", op.object, err.Err)
	if err.Lookup != nil {
		happened += fmt.Sprintf(" Looking for it failed too: %s.", err.Lookup)
	}
	foreign := ""
	var answer *m2m.Error
	if errors.As(err.Err, &answer) && answer.Status < 300 {
		foreign = s.explainForeign(answer)
	}
	return sentences(happened, foreign,
		"It may exist by now. Run terraform apply again: if it does, the error will hold the import block to adopt it with.")
}

func explainConflict(op operation, err *m2m.ConflictError) string {
	if err.ID == "" {
		return sentences(fmt.Sprintf("The tenant said that it already has the %s, but it could not be looked up: %s.",
			op.object, cmp.Or(err.Lookup, err.Err)),
			"Run terraform apply again. If the error stays, find the id in the dashboard and import it.")
	}
	alternative := "Or set use_existing = true to adopt it and bring it to this configuration in one apply. "
	if op.importOnly {
		alternative = ""
	}
	return fmt.Sprintf("The tenant already has the %s. To manage it here, import it with this block, "+
		"with NAME replaced so that it is the address shown above after \"with\", and apply again:\n\n"+
		"import {\n  to = %s.NAME\n  id = %q\n}\n\n%s"+
		"If this state has it already, under another address or to be replaced, use a moved block or create_before_destroy = false instead.",
		op.object, op.typeName, err.ID, alternative)
}

func (s *session) explainAnswer(op operation, answer *m2m.Error) string {
	if answer.NotJSON || answer.Status < 300 {
		return s.explainForeign(answer)
	}
	said := fmt.Sprintf("The API answered for the %s: %s.", op.object, quote(answer))
	switch answer.Status {
	case http.StatusUnauthorized:
		return sentences(said, "It does not accept "+s.settings.login()+
			". Check that it has not expired and that it belongs to the tenant "+s.settings.domain.value+".")
	case http.StatusForbidden:
		return sentences(said, explainForbidden(s, answer))
	case http.StatusNotFound:
		if op.verb == "update" {
			return sentences(said, "It was deleted since it was last read. Run terraform plan again: it will be planned anew.")
		}
		return sentences(said, "Check that what it refers to exists in the tenant "+s.settings.domain.value+".")
	case http.StatusConflict:
		// What is not about an object that exists is about a limit (API contract 5.2).
		return sentences(said, "Nothing was changed in the tenant. Take away associations that are no longer needed; "+
			"a grant with allow_any_organization = true needs none.")
	case http.StatusBadRequest:
		if answer.Code == "Bearer" {
			return sentences(said, "What "+s.settings.login()+" holds is not a Management API token.")
		}
		return sentences(said, "Change the configuration accordingly. Nothing was changed in the tenant.")
	default:
		return sentences(said, tried(answer))
	}
}

func explainForbidden(s *session, answer *m2m.Error) string {
	switch answer.Code {
	case "insufficient_scope":
		if s.settings.usesToken() {
			return "Use a token that has the missing management scope in place of " + s.settings.login() + "; one of those listed is enough."
		}
		return "Grant the missing management scope to " + s.settings.login() + "; one of those listed is enough."
	case "feature_not_enabled", "insufficient_entitlement":
		return "The plan of the tenant does not include this. Take the attributes it names out of the configuration, or upgrade the plan."
	default:
		return "Nothing was changed in the tenant."
	}
}

// explainForeign is for answers that are no answers of an Auth0 API.
func (s *session) explainForeign(answer *m2m.Error) string {
	what := fmt.Sprintf("%s %s was answered with status %d", answer.Method, answer.Path, answer.Status)
	switch {
	case answer.Location != "":
		what += " and a redirect to " + answer.Location
	case !answer.NotJSON:
		what += ", but " + answer.Message
	case answer.ContentType != "":
		what += " and " + answer.ContentType + " instead of JSON"
	default:
		what += " and no JSON"
	}
	return sentences(what+".", fmt.Sprintf("That is not what an Auth0 API answers. Check that the domain %s (from %s) is the host of the tenant, "+
		"and whether a proxy or a firewall stands in between.", s.settings.domain.value, s.settings.domain.source()), tried(answer))
}

func (s *session) explainTransport(op operation, err error) string {
	var (
		dns       *net.DNSError
		cert      *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		timeout   net.Error
	)
	domain := fmt.Sprintf("%s (from %s)", s.settings.domain.value, s.settings.domain.source())
	said := fmt.Sprintf("No answer for the %s: %s.", op.object, err)
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return sentences(said, "There is no host of this name. Check the domain "+domain+".")
	case errors.Is(err, syscall.ECONNREFUSED):
		return sentences(said, "Nothing listens there. Check the domain "+domain+", and that the server runs.")
	case errors.As(err, &authority):
		return sentences(said, "Its certificate is not signed by an authority that this machine trusts. Check the domain "+domain+
			"; where a proxy or a test server has its own authority, set ca_cert_file (or AUTH0_CA_CERT_FILE) to its certificate.")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return sentences(said, "Its certificate has expired or is not valid yet. Renew it, or check the clock of this machine.")
	case errors.As(err, &hostname), errors.As(err, &cert):
		return sentences(said, "Its certificate is not valid for this host. Check the domain "+domain+".")
	case errors.Is(err, http.ErrSchemeMismatch):
		return sentences(said, "The server speaks plain http. Check the domain "+domain+"; on loopback it can start with http://.")
	case errors.Is(err, context.Canceled):
		return sentences(said, "The run was cancelled.")
	case errors.As(err, &timeout) && timeout.Timeout():
		return sentences(said, "The tenant did not answer in time. Check the network; request_timeout sets how long one attempt may take.")
	default:
		return sentences(said, "Check the network and the domain "+domain+", and run terraform apply again.")
	}
}

// quote is what the API answered, in one line without a full stop.
func quote(answer *m2m.Error) string {
	text := fmt.Sprintf("%d %s", answer.Status, http.StatusText(answer.Status))
	if answer.Code != "" {
		text += " (" + answer.Code + ")"
	}
	if answer.Message != "" {
		text += ": " + strings.TrimSuffix(answer.Message, ".")
	}
	if answer.RequestID != "" {
		text += " [request " + answer.RequestID + "]"
	}
	return text
}

func tried(answer *m2m.Error) string {
	if answer.Attempts < 2 {
		return ""
	}
	return fmt.Sprintf("It was tried %d times in %s.", answer.Attempts, answer.Elapsed.Round(100*time.Millisecond))
}

// sentences joins what happened and what to do with a blank line between.
func sentences(parts ...string) string {
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, "\n\n")
}

// namedProperty finds the property that a 400 or a 403 complains of (API
// contract 1.3, 1.4). It only decides where an error is shown.
var namedProperty = regexp.MustCompile(
	"on property ([a-z_]+)|Additional properties not allowed: ([a-z_]+)|Missing required property: ([a-z_]+)|" +
		"subscription to use ([a-z_]+)|`([a-z_]+)` cannot be provided")

// missingReference is the attribute that refers to an object which does not exist,
// under the names that it has in different types.
func missingReference(answer *m2m.Error) []string {
	switch {
	case answer.Status != http.StatusNotFound:
		return nil
	case answer.Code == "inexistent_resource_server":
		return []string{"audience", "resource_server_identifier"}
	case answer.Code == "inexistent_client":
		return []string{"client_id"}
	case answer.Code == "inexistent_client_grant":
		return []string{"grant_id"}
	case strings.HasPrefix(answer.Message, "No organization found"): // It has no code (API contract 1.5).
		return []string{"organization_id"}
	default:
		return nil
	}
}

func attributeOf(op operation, answer *m2m.Error) string {
	if op.attributes == nil {
		return ""
	}
	if op.verb == "create" {
		for _, name := range missingReference(answer) {
			if op.attributes(name) {
				return name
			}
		}
	}
	if answer.Status != http.StatusBadRequest && answer.Code != "feature_not_enabled" {
		return ""
	}
	for _, match := range namedProperty.FindAllStringSubmatch(answer.Message, -1) {
		name := attributeName(strings.Join(match[1:], ""))
		if op.attributes(name) && !strings.HasPrefix(name, "signing_secret") { // Terraform would print the line that holds it.
			return name
		}
	}
	return ""
}

// hasAttribute tells whether the object of a plan has an attribute of a name.
func hasAttribute(plan tftypes.Value) func(name string) bool {
	object, _ := plan.Type().(tftypes.Object)
	return func(name string) bool {
		_, ok := object.AttributeTypes[name]
		return ok
	}
}
