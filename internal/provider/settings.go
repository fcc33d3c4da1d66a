// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/requestreport"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The bounds of max_api_capacity, in percent.
const minCapacity, maxCapacity = 1, 100

// setting is one value of the provider's configuration and its source. The zero value means
// unset.
type setting struct {
	value     string
	attribute string // Name of the attribute, if the configuration set it.
	env       string // Name of the variable, if the environment set it.
	unknown   bool
}

func (s setting) isSet() bool { return s.value != "" || s.unknown }

// source names, in the words of errors, where the value came from.
func (s setting) source() string {
	if s.env != "" {
		return "the environment variable " + s.env
	}
	return "the provider's " + s.attribute
}

// report adds an error about the value, on its attribute if the configuration set it.
func (s setting) report(diags *diag.Diagnostics, summary, detail string) {
	if s.attribute == "" {
		diags.AddError(summary, detail)
		return
	}
	diags.AddAttributeError(path.Root(s.attribute), summary, detail)
}

// says returns a sentence about the value.
func (s setting) says(err error) string {
	return report.Capitalize(s.source()) + " " + err.Error() + "."
}

// settings is the configuration of the provider. Values that the provider block omits come from
// the environment.
type settings struct {
	domain, audience, caCertFile setting

	requestTimeout, retryTimeout, maxAPICapacity setting
	readBatching, adoptIdentical                 setting
	requestReportFile                            setting

	clientID, clientSecret, privateKey, signingAlg setting
	apiToken, apiTokenFile                         setting

	headers headers

	unknown  bool  // Some value is not known yet, so no request can be made.
	unusable error // Why no request can be made.
}

// resolveSettings applies the rules of precedence: the configuration wins over the
// environment, and a method of authentication in the configuration disables the
// environment's other methods.
func resolveSettings(config providerModel, getenv func(string) string) settings {
	pick := func(attr types.String, attribute, env string) setting {
		switch {
		case attr.IsUnknown():
			return setting{attribute: attribute, unknown: true}
		case !attr.IsNull():
			return setting{value: attr.ValueString(), attribute: attribute}
		case env != "" && strings.TrimSpace(getenv(env)) != "":
			// A value that a shell read from a file may end in a newline.
			return setting{value: strings.TrimSpace(getenv(env)), env: env}
		default:
			return setting{}
		}
	}
	s := settings{
		domain:         pick(config.Domain, "domain", "AUTH0_DOMAIN"),
		audience:       pick(config.Audience, "audience", "AUTH0_AUDIENCE"),
		caCertFile:     pick(config.CACertFile, "ca_cert_file", "AUTH0_CA_CERT_FILE"),
		requestTimeout: pick(config.RequestTimeout, "request_timeout", ""),
		readBatching:   pick(textOf(config.ReadBatching), "read_batching", "M2M_READ_BATCHING"),
		adoptIdentical: pick(
			textOf(config.AdoptIdentical), "adopt_identical", "M2M_ADOPT_IDENTICAL",
		),
		retryTimeout: pick(config.RetryTimeout, "retry_timeout", ""),
		maxAPICapacity: pick(
			textOf(config.MaxAPICapacity), "max_api_capacity", "M2M_MAX_API_CAPACITY",
		),
		requestReportFile: pick(
			config.RequestReportFile, "request_report_file", "M2M_REQUEST_REPORT_FILE",
		),
		clientID:     pick(config.ClientID, "client_id", "AUTH0_CLIENT_ID"),
		clientSecret: pick(config.ClientSecret, "client_secret", "AUTH0_CLIENT_SECRET"),
		privateKey: pick(
			config.ClientAssertionPrivateKey, "client_assertion_private_key",
			"AUTH0_CLIENT_ASSERTION_PRIVATE_KEY",
		),
		signingAlg: pick(
			config.ClientAssertionSigningAlg, "client_assertion_signing_alg",
			"AUTH0_CLIENT_ASSERTION_SIGNING_ALG",
		),
		apiToken:     pick(config.APIToken, "api_token", "AUTH0_API_TOKEN"),
		apiTokenFile: pick(config.APITokenFile, "api_token_file", "AUTH0_API_TOKEN_FILE"),
		headers:      headersOf(config.Headers),
	}
	s.choose()
	s.unusable = s.whyUnusable()
	return s
}

// textOf returns a number or a boolean like the value of an environment variable.
func textOf(value attr.Value) types.String {
	switch {
	case value.IsNull():
		return types.StringNull()
	case value.IsUnknown():
		return types.StringUnknown()
	default:
		return types.StringValue(value.String())
	}
}

// whyUnusable returns why no request can be made, or nil. It also sets s.unknown.
func (s *settings) whyUnusable() error {
	var unknown []string
	for _, v := range []setting{
		s.domain, s.clientID, s.clientSecret, s.privateKey, s.signingAlg, s.apiToken,
		s.apiTokenFile,
		s.audience, s.caCertFile, s.requestTimeout, s.retryTimeout, s.maxAPICapacity,
		s.readBatching, s.adoptIdentical, s.requestReportFile,
		{attribute: "headers", unknown: s.headers.unknown},
	} {
		if v.unknown {
			unknown = append(unknown, v.attribute)
		}
	}
	s.unknown = len(unknown) > 0
	switch {
	case s.unknown:
		return &report.DiagnosticError{
			Summary: "Provider configuration not known yet",
			Detail: fmt.Sprintf("This needs a request to the tenant, but the provider's %s will "+
				"be known only after apply. Apply what it depends on first (terraform apply "+
				"-target=…), or use a value that is known at plan.",
				strings.Join(unknown, ", ")),
			StopsRun: true,
		}
	case !s.domain.isSet():
		return &report.DiagnosticError{
			Summary: "No tenant configured",
			Detail: "This needs a request to the tenant. Set the provider's domain, or the " +
				"environment variable AUTH0_DOMAIN, " +
				"to the host of the tenant, such as acme.eu.auth0.com.",
			StopsRun: true,
		}
	default:
		return nil
	}
}

// capacity returns the percentage of the rate limit that may be used. A validator has checked a
// number from the configuration.
func (s settings) capacity(diags *diag.Diagnostics) int {
	if s.maxAPICapacity.value == "" {
		return maxCapacity
	}
	percent, err := strconv.Atoi(s.maxAPICapacity.value)
	if err != nil || percent < minCapacity || percent > maxCapacity {
		s.maxAPICapacity.report(diags, "Invalid max_api_capacity", fmt.Sprintf("%s: %q is not a "+
			"whole number from %d to %d.",
			report.Capitalize(s.maxAPICapacity.source()), s.maxAPICapacity.value,
			minCapacity, maxCapacity))
	}
	return percent
}

func (s settings) baseURL(diags *diag.Diagnostics) *url.URL {
	if s.unusable != nil {
		return nil
	}
	base, err := input.ParseDomain(s.domain.value)
	if err != nil {
		s.domain.report(diags, "Invalid domain",
			report.Capitalize(s.domain.source())+": "+err.Error()+".")
	}
	return base
}

// rootCAs returns the certificate authorities of the system and of ca_cert_file. It returns nil if
// ca_cert_file is not set.
func (s settings) rootCAs(diags *diag.Diagnostics) *x509.CertPool {
	if s.caCertFile.value == "" {
		return nil
	}
	fail := func(err error) *x509.CertPool {
		s.caCertFile.report(diags, "Invalid CA certificates",
			report.Capitalize(s.caCertFile.source())+": "+err.Error()+
				". It must be a file with certificates in PEM.")
		return nil
	}
	pem, err := os.ReadFile(s.caCertFile.value)
	if err != nil {
		return fail(err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		why := ""
		if fault := input.PEMFault(string(pem)); fault != "" {
			why = ", because " + fault
		}
		return fail(fmt.Errorf("%s contains no PEM certificate%s", s.caCertFile.value, why))
	}
	return pool
}

// isTrue returns the value of a setting that is true or false. name is its name in errors.
func (s setting) isTrue(name string, byDefault bool, diags *diag.Diagnostics) bool {
	if !s.isSet() || s.unknown {
		return byDefault
	}
	on, err := strconv.ParseBool(s.value)
	if err != nil {
		s.report(diags, "Invalid "+name, fmt.Sprintf("%s: %q is neither true nor false.",
			report.Capitalize(s.source()), s.value))
	}
	return on
}

// requestReport opens the file of request_report_file. It returns nil if there is none.
func (s settings) requestReport(diags *diag.Diagnostics) *requestreport.File {
	if s.requestReportFile.value == "" {
		return nil
	}
	file, err := requestreport.Open(s.requestReportFile.value)
	if err != nil {
		s.requestReportFile.report(diags, "Unable to write the request report",
			report.Capitalize(s.requestReportFile.source())+": "+err.Error()+
				". Choose a path that this process can write to, and that no other file has.")
	}
	return file
}

// connection describes the settings in the words of errors.
func (s settings) connection() report.Connection {
	c := report.Connection{
		Domain: s.domain.value, DomainSource: s.domain.source(),
		Login: s.login(), Proof: s.proof(), UsesToken: s.usesToken(),
		TokenFileSource: s.apiTokenFile.source(), Reported: &report.Reported{},
		Tenant: strings.TrimSuffix(
			strings.TrimPrefix(s.managementAudience(), "https://"), "/api/v2/",
		),
	}
	if s.privateKey.isSet() {
		c.KeyAlg = cmp.Or(s.signingAlg.value, "RS256")
	}
	return c
}

// managementAudience returns the identifier of the Management API.
func (s settings) managementAudience() string {
	if s.audience.value != "" {
		return s.audience.value
	}
	base, err := input.ParseDomain(s.domain.value)
	if err != nil {
		return ""
	}
	return base.String() + "/api/v2/"
}
