// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// setting is one value of the provider's configuration and where it came from.
// The zero value is one that nobody set.
type setting struct {
	value     string
	attribute string // Name of the attribute, where the configuration set it.
	env       string // Name of the variable, where the environment did.
	unknown   bool
}

func (s setting) isSet() bool { return s.value != "" || s.unknown }

// source names where the value came from, for people.
func (s setting) source() string {
	if s.env != "" {
		return "the environment variable " + s.env
	}
	return "the provider's " + s.attribute
}

// settings is the configuration of the provider after the environment has
// filled in what was left out.
type settings struct {
	domain, clientID, clientSecret, apiToken setting
	audience, caCertFile, requestTimeout     setting

	unknown  bool  // A value that every call needs is not known yet.
	unusable error // Why no call can be made.
}

// configError is a fault of the provider's configuration that only matters once
// a request has to be sent.
type configError struct{ summary, detail string }

func (e *configError) Error() string { return e.summary }

// resolveSettings applies the rules of precedence: the configuration wins over the
// environment, and a method of authentication chosen in the configuration makes
// the environment's other methods ignored.
func resolveSettings(config providerModel, getenv func(string) string) settings {
	pick := func(attr types.String, attribute, env string) setting {
		switch {
		case attr.IsUnknown():
			return setting{attribute: attribute, unknown: true}
		case !attr.IsNull():
			return setting{value: attr.ValueString(), attribute: attribute}
		case env != "" && strings.TrimSpace(getenv(env)) != "":
			// What a shell reads from a file may end in a newline.
			return setting{value: strings.TrimSpace(getenv(env)), env: env}
		default:
			return setting{}
		}
	}
	s := settings{
		domain:         pick(config.Domain, "domain", "AUTH0_DOMAIN"),
		clientID:       pick(config.ClientID, "client_id", "AUTH0_CLIENT_ID"),
		clientSecret:   pick(config.ClientSecret, "client_secret", "AUTH0_CLIENT_SECRET"),
		apiToken:       pick(config.APIToken, "api_token", "AUTH0_API_TOKEN"),
		audience:       pick(config.Audience, "audience", "AUTH0_AUDIENCE"),
		caCertFile:     pick(config.CACertFile, "ca_cert_file", "AUTH0_CA_CERT_FILE"),
		requestTimeout: pick(config.RequestTimeout, "request_timeout", ""),
	}
	// Where the block chooses both, check reports the clash.
	choosesToken := s.apiToken.attribute != ""
	choosesClient := s.clientID.attribute != "" || s.clientSecret.attribute != ""
	switch {
	case choosesToken && !choosesClient:
		s.clientID, s.clientSecret = setting{}, setting{}
	case choosesClient && !choosesToken:
		s.apiToken = setting{}
	}

	var unknown []string
	for _, v := range []setting{s.domain, s.clientID, s.clientSecret, s.apiToken, s.audience, s.caCertFile, s.requestTimeout} {
		if v.unknown {
			unknown = append(unknown, v.attribute)
		}
	}
	switch {
	case len(unknown) > 0:
		s.unknown = true
		s.unusable = &configError{
			"Provider configuration not known yet",
			fmt.Sprintf("This needs a request to the tenant, but the provider's %s will be known only after apply. "+
				"Apply what it depends on first (terraform apply -target=…), or give it a value that is known at plan.",
				strings.Join(unknown, ", ")),
		}
	case !s.domain.isSet():
		s.unusable = &configError{
			"No tenant configured",
			"This needs a request to the tenant. Set the provider's domain, or the environment variable AUTH0_DOMAIN, " +
				"to the host of the tenant, such as acme.eu.auth0.com.",
		}
	}
	return s
}

// check reports two methods of authentication that come from the same place. A
// value that is not known yet may turn out to be none, and a client id alone in
// the environment authenticates nobody.
func (s settings) check(diags *diag.Diagnostics) {
	other := s.clientSecret
	if other.value == "" && s.clientID.attribute != "" {
		other = s.clientID
	}
	if s.apiToken.value == "" || other.value == "" {
		return
	}
	advice := "Take one of them out of the provider block."
	if s.apiToken.env != "" {
		advice = "Unset one of them, or choose one in the provider block, which makes the environment's other methods ignored."
	}
	diags.AddError("Two ways to authenticate", fmt.Sprintf("%s and %s are both set, and only one can be used. %s",
		capitalize(s.apiToken.source()), other.source(), advice))
}

// noLogin says why there are no complete credentials for the Management API.
func (s settings) noLogin() error {
	const how = "Set the provider's client_id and client_secret (or AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET), " +
		"or its api_token (or AUTH0_API_TOKEN)."
	switch {
	case s.apiToken.isSet() || s.clientID.isSet() && s.clientSecret.isSet():
		return nil
	case s.clientID.isSet():
		return &configError{"Incomplete credentials", "There is a client_id, from " + s.clientID.source() + ", but no client_secret. " + how}
	case s.clientSecret.isSet():
		return &configError{"Incomplete credentials", "There is a client_secret, from " + s.clientSecret.source() + ", but no client_id. " + how}
	default:
		return &configError{"No credentials configured", "This needs a request to the Management API. " + how}
	}
}

// credentials are the provider's own; they are empty unless they are complete.
func (s settings) credentials() m2m.Credentials {
	if s.apiToken.isSet() || s.noLogin() != nil {
		return m2m.Credentials{}
	}
	return m2m.Credentials{ClientID: s.clientID.value, ClientSecret: s.clientSecret.value}
}

// login names the credentials and where they came from.
func (s settings) login() string {
	if s.apiToken.isSet() {
		return "the token from " + s.apiToken.source()
	}
	return fmt.Sprintf("the client %q (client_id from %s, client_secret from %s)",
		s.clientID.value, s.clientID.source(), s.clientSecret.source())
}

func (s settings) baseURL(diags *diag.Diagnostics) *url.URL {
	if s.unusable != nil {
		return nil
	}
	base, err := m2m.ParseDomain(s.domain.value)
	if err != nil {
		diags.AddAttributeError(path.Root("domain"), "Invalid domain",
			capitalize(s.domain.source())+": "+err.Error()+".")
	}
	return base
}

// rootCAs returns the system's authorities and those of ca_cert_file; nil means
// the system's alone.
func (s settings) rootCAs(diags *diag.Diagnostics) *x509.CertPool {
	if s.caCertFile.value == "" {
		return nil
	}
	fail := func(err error) *x509.CertPool {
		diags.AddAttributeError(path.Root("ca_cert_file"), "Invalid CA certificates",
			capitalize(s.caCertFile.source())+": "+err.Error()+".")
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
		return fail(errors.New(s.caCertFile.value + " holds no certificate in PEM"))
	}
	return pool
}

func capitalize(sentence string) string {
	return strings.ToUpper(sentence[:1]) + sentence[1:]
}

// managementAudience is the identifier of the Management API.
func (s settings) managementAudience() string {
	if s.audience.value != "" {
		return s.audience.value
	}
	base, err := m2m.ParseDomain(s.domain.value)
	if err != nil {
		return ""
	}
	return base.String() + "/api/v2/"
}
