// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// choose drops the environment's values for methods of authentication that the configuration
// does not use. If the configuration uses several methods, check reports that.
func (s *settings) choose() {
	// The client id belongs to both logins, so it is in neither list.
	logins := [][]*setting{{&s.privateKey, &s.signingAlg}, {&s.clientSecret}}
	tokens := [][]*setting{{&s.apiToken}, {&s.apiTokenFile}}
	all := slices.Concat(logins, tokens)

	inConfiguration := func(v *setting) bool { return v.attribute != "" }
	chosen := func(method []*setting) bool { return slices.ContainsFunc(method, inConfiguration) }
	var others [][]*setting
	switch {
	case slices.ContainsFunc(all, chosen):
		others = slices.DeleteFunc(all, chosen)
	case inConfiguration(&s.clientID): // The environment decides between secret and key.
		others = tokens
	}
	for _, method := range others {
		for _, v := range method {
			*v = setting{}
		}
	}
}

// check reports errors that make the whole configuration unusable. They are not on an
// attribute, because Terraform would print the line with the secret.
func (s settings) check(diags *diag.Diagnostics) {
	s.checkMethods(diags)
	s.headers.check(diags)
	s.checkEnds(diags)
	if s.privateKey.value != "" || s.privateKey.attribute != "" && !s.privateKey.unknown {
		if _, err := input.ParsePrivateKey(s.privateKey.value); err != nil {
			diags.AddError("Invalid private key", fmt.Sprintf("%s: %s. %s",
				report.Capitalize(s.privateKey.source()), err, attribute.PrivateKeyForm))
		}
	}
	// A validator has checked an algorithm from the configuration.
	if s.signingAlg.env != "" && s.privateKey.isSet() &&
		!slices.Contains(m2m.AssertionAlgs(), s.signingAlg.value) {
		diags.AddError("Unknown value", fmt.Sprintf("%s: %q is not known; use %s.",
			report.Capitalize(s.signingAlg.source()), s.signingAlg.value,
			attribute.Alternatives(m2m.AssertionAlgs())))
	}
}

// checkEnds reports invisible characters at the ends of values. The environment's values have no
// white space there. The domain and the key are checked where they are read.
func (s settings) checkEnds(diags *diag.Diagnostics) {
	const summary = "Invisible characters"
	for _, v := range []setting{
		s.audience, s.caCertFile, s.clientID, s.apiTokenFile, s.requestReportFile,
	} {
		if err := input.CheckEnds(v.value); err != nil {
			v.report(diags, summary, v.says(err))
		}
	}
	// On the attribute, Terraform would print the line with the secret.
	if err := input.CheckEnds(s.clientSecret.value); err != nil {
		diags.AddError(summary, s.clientSecret.says(err))
	}
	if err := input.CheckToken(s.apiToken.value); err != nil {
		diags.AddError("Invalid token", s.apiToken.says(err))
	}
}

// checkMethods reports several methods of authentication in the same source. Unknown values are
// not counted, because they may turn out to be null. In the environment, a client id or an
// algorithm alone is not a method.
func (s settings) checkMethods(diags *diag.Diagnostics) {
	var found []setting
	add := func(v setting) bool {
		if v.value != "" {
			found = append(found, v)
		}
		return v.value != ""
	}
	add(s.apiToken)
	add(s.apiTokenFile)
	byKey := add(s.privateKey) || s.signingAlg.attribute != "" && add(s.signingAlg)
	bySecret := add(s.clientSecret)
	if !byKey && !bySecret && s.clientID.attribute != "" {
		add(s.clientID)
	}
	if len(found) < 2 {
		return
	}
	var sources []string
	for _, v := range found {
		sources = append(sources, v.source())
	}
	all, advice := "both", "Keep only one of them in the provider block."
	if len(found) > 2 {
		all = "all"
	}
	if found[0].env != "" {
		advice = "Unset all but one of them, or set one in the provider block; the other methods " +
			"in the environment are then ignored."
	}
	diags.AddError("Several ways to authenticate", fmt.Sprintf("%s are %s set, but only one can "+
		"be used. %s",
		report.Capitalize(strings.Join(sources, " and ")), all, advice))
}

// noLogin returns why there are no complete credentials for the Management API, or nil.
func (s settings) noLogin() error {
	const how = "Set one of these, in the provider block or in the environment: client_id and " +
		"client_secret (AUTH0_CLIENT_ID and " +
		"AUTH0_CLIENT_SECRET), client_id and client_assertion_private_key (AUTH0_CLIENT_ID and " +
		"AUTH0_CLIENT_ASSERTION_PRIVATE_KEY), " +
		"api_token (AUTH0_API_TOKEN), or api_token_file (AUTH0_API_TOKEN_FILE)."
	incomplete := func(has, source, lacks string) error {
		return &report.DiagnosticError{
			Summary: "Incomplete credentials",
			Detail: fmt.Sprintf("There is a %s, from %s, but no %s. %s",
				has, source, lacks, how),
			StopsRun: true,
		}
	}
	secret, key := s.clientSecret, s.privateKey
	switch {
	case s.usesToken() || s.clientID.isSet() && (secret.isSet() || key.isSet()):
		return nil
	case secret.isSet():
		return incomplete("client_secret", secret.source(), "client_id")
	case key.isSet():
		return incomplete("client_assertion_private_key", key.source(), "client_id")
	case s.signingAlg.attribute != "":
		return incomplete(
			"client_assertion_signing_alg", s.signingAlg.source(), "client_assertion_private_key",
		)
	case s.clientID.isSet():
		return incomplete(
			"client_id", s.clientID.source(), "client_secret and no client_assertion_private_key",
		)
	default:
		return &report.DiagnosticError{
			Summary: "No credentials configured",
			Detail:  "This needs a request to the Management API. " + how,

			StopsRun: true,
		}
	}
}

// usesToken reports whether a Management API token is configured, directly or as a file.
func (s settings) usesToken() bool { return s.apiToken.isSet() || s.apiTokenFile.isSet() }

// credentials returns the provider's own client credentials. They are empty if they are
// incomplete, or if the provider uses a token.
func (s settings) credentials() m2m.Credentials {
	if s.usesToken() || s.noLogin() != nil {
		return m2m.Credentials{}
	}
	creds := m2m.Credentials{
		ClientID:     s.clientID.value,
		ClientSecret: s.clientSecret.value,
		PrivateKey:   s.privateKey.value,
	}
	if creds.PrivateKey != "" {
		creds.SigningAlg = s.signingAlg.value
	}
	return creds
}

// login names, in the words of errors, the credentials and where they were configured.
func (s settings) login() string {
	switch {
	case s.apiToken.isSet():
		return "the token from " + s.apiToken.source()
	case s.apiTokenFile.isSet():
		return fmt.Sprintf(
			"the token in the file %s (from %s)", s.apiTokenFile.value, s.apiTokenFile.source(),
		)
	default:
		return fmt.Sprintf(
			"the client %q (client_id from %s, %s)", s.clientID.value, s.clientID.source(),
			s.proof(),
		)
	}
}

// proof names the secret or key that the client logs in with, and where it was configured.
func (s settings) proof() string {
	if s.privateKey.isSet() {
		return "client_assertion_private_key from " + s.privateKey.source()
	}
	return "client_secret from " + s.clientSecret.source()
}
