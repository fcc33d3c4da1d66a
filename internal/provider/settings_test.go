// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// source is a place that credentials can come from, with its name in errors.
type source struct {
	name string
	set  func(config *providerModel, env map[string]string)
}

// sourcesOf returns the four ways to authenticate from each place: the configuration, the
// configuration with an unknown value, and the environment. The client id comes from the same
// place as the secret or the key.
func sourcesOf() map[string]source {
	value := func(v string) func() types.String {
		return func() types.String { return types.StringValue(v) }
	}
	sources := map[string]source{}
	for _, m := range []struct {
		attribute, env string
		value          func() types.String
		of             func(*providerModel) *types.String
		ofClient       bool
	}{
		{
			"client_secret", "AUTH0_CLIENT_SECRET", value("secret"),
			func(c *providerModel) *types.String { return &c.ClientSecret }, true,
		},
		{
			"client_assertion_private_key", "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY",
			value(testkeys.PrivatePEM()),
			func(c *providerModel) *types.String { return &c.ClientAssertionPrivateKey }, true,
		},
		{
			"api_token", "AUTH0_API_TOKEN", value("token"),
			func(c *providerModel) *types.String { return &c.APIToken }, false,
		},
		{
			"api_token_file", "AUTH0_API_TOKEN_FILE", value("/run/token"),
			func(c *providerModel) *types.String { return &c.APITokenFile }, false,
		},
	} {
		configured := func(v types.String) func(*providerModel, map[string]string) {
			return func(config *providerModel, _ map[string]string) {
				*m.of(config) = v
				switch {
				case m.ofClient && v.IsUnknown():
					config.ClientID = types.StringUnknown()
				case m.ofClient:
					config.ClientID = types.StringValue("id")
				}
			}
		}
		sources["config "+m.attribute] = source{
			"the provider's " + m.attribute, configured(m.value()),
		}
		sources["unknown "+m.attribute] = source{
			"the provider's " + m.attribute, configured(types.StringUnknown()),
		}
		sources["env "+m.attribute] = source{"the environment variable " +
			m.env, func(_ *providerModel, env map[string]string) {
			env[m.env] = m.value().ValueString()
			if m.ofClient {
				env["AUTH0_CLIENT_ID"] = "id"
			}
		}}
	}
	return sources
}

// TestSettings_precedence goes through all pairs of sources.
func TestSettings_precedence(t *testing.T) {
	t.Parallel()
	// The result for each pair of sources: a clash, or the source that is used. The row is the
	// first source and the column the second. c is the configuration, u the configuration with
	// an unknown value, e the environment, followed by the method: secret, key, token or file.
	// "!" is a clash, "?" means that one of the two may turn out to be null, and "-" is the
	// same attribute twice.
	const table = `
		       cs ck ct cf us uk ut uf es ek et ef
		    cs cs !  !  !  -  ?  ?  ?  cs cs cs cs
		    ck !  ck !  !  ?  -  ?  ?  ck ck ck ck
		    ct !  !  ct !  ?  ?  -  ?  ct ct ct ct
		    cf !  !  !  cf ?  ?  ?  -  cf cf cf cf
		    us -  ?  ?  ?  us ?  ?  ?  us us us us
		    uk ?  -  ?  ?  ?  uk ?  ?  uk uk uk uk
		    ut ?  ?  -  ?  ?  ?  ut ?  ut ut ut ut
		    uf ?  ?  ?  -  ?  ?  ?  uf uf uf uf uf
		    es cs ck ct cf us uk ut uf es !  !  !
		    ek cs ck ct cf us uk ut uf !  ek !  !
		    et cs ck ct cf us uk ut uf !  !  et !
		    ef cs ck ct cf us uk ut uf !  !  !  ef`
	long := map[byte]string{
		'c': "config ", 'u': "unknown ", 'e': "env ",
		's': "client_secret", 'k': "client_assertion_private_key", 't': "api_token",
		'f': "api_token_file",
	}
	sources := sourcesOf()
	find := func(short string) source { return sources[long[short[0]]+long[short[1]]] }
	rows := strings.Split(strings.TrimSpace(table), "\n")
	columns := strings.Fields(rows[0])
	pairs := 0
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		for i, cell := range cells[1:] {
			if cell == "-" {
				continue
			}
			pairs++
			first, second := find(cells[0]), find(columns[i])
			want := precedence{
				clash:   cell == "!",
				used:    []string{first.name, second.name},
				unknown: cell == "?",
			}
			if len(cell) == 2 {
				want.used, want.unknown = []string{find(cell).name}, cell[0] == 'u'
			}
			checkPrecedence(t, first, second, want)
		}
	}
	if pairs != 12*12-8 {
		t.Errorf("%d pairs", pairs)
	}
}

// precedence is the result for a pair of sources.
type precedence struct {
	clash   bool
	used    []string // The sources that are used, or that clash.
	unknown bool     // It is not known yet whether they are.
}

func checkPrecedence(t *testing.T, first, second source, want precedence) {
	t.Helper()
	config, env := providerModel{Domain: types.StringValue(
		"acme.eu.auth0.com",
	)}, map[string]string{}
	first.set(&config, env)
	second.set(&config, env)
	s := resolveSettings(config, func(name string) string { return env[name] })
	var (
		diags diag.Diagnostics
		used  []string
	)
	s.check(&diags)
	for _, v := range []setting{s.clientSecret, s.privateKey, s.apiToken, s.apiTokenFile} {
		if v.isSet() {
			used = append(used, v.source())
		}
	}
	slices.Sort(used)
	slices.Sort(want.used)
	if used = slices.Compact(used); !slices.Equal(used, slices.Compact(want.used)) ||
		s.unknown != want.unknown || diags.HasError() != want.clash {
		t.Errorf(
			"%s and %s: %q, unknown %v, %v; want %+v", first.name, second.name, used, s.unknown,
			diags, want,
		)
		return
	}
	if !want.clash {
		return
	}
	said := strings.ToLower(diags[0].Detail())
	if len(diags) != 1 || !strings.Contains(said, " are both set, ") ||
		!strings.Contains(said, strings.ToLower(first.name)) ||
		!strings.Contains(said, strings.ToLower(second.name)) {
		t.Errorf("%s and %s: the clash does not name both: %v", first.name, second.name, diags)
	}
}

// The client id and the algorithm belong to a method.
func TestSettings_precedenceWithinMethod(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	for name, c := range map[string]struct {
		config providerModel
		env    map[string]string
		want   string // The login, why there is none, or the clash.
	}{
		"client id chooses a login, not a token": {
			providerModel{ClientID: text("id")},
			map[string]string{"SECRET": "s", "TOKEN": "t", "FILE": "f"},
			`the client "id" (client_id from the provider's client_id, client_secret from the environment variable AUTH0_CLIENT_SECRET)`,
		},
		"client id leaves the choice between secret and key": {
			providerModel{ClientID: text("id")},
			map[string]string{"SECRET": "s", "KEY": testkeys.PrivatePEM()},
			"The environment variable AUTH0_CLIENT_ASSERTION_PRIVATE_KEY and the environment " +
				"variable AUTH0_CLIENT_SECRET are both set",
		},
		"client id beside a token": {
			providerModel{ClientID: text("id"), APITokenFile: text("f")},
			nil,
			"The provider's api_token_file and the provider's client_id are both set, but only " +
				"one can be used. Keep only one of them in the provider block.",
		},
		"three": {
			providerModel{ClientSecret: text("s"), APITokenFile: text("f"), APIToken: text("t")},
			nil,
			"The provider's api_token and the provider's api_token_file and the provider's " +
				"client_secret are all set",
		},
		"secret with the environment's client id": {
			providerModel{ClientSecret: text("s")},
			map[string]string{"ID": "id", "KEY": testkeys.PrivatePEM(), "ALG": "PS256"},
			`the client "id" (client_id from the environment variable AUTH0_CLIENT_ID, client_secret from the provider's client_secret)`,
		},
		"key with the environment's client id and algorithm": {
			providerModel{ClientAssertionPrivateKey: text(testkeys.PrivatePEM())},
			map[string]string{"ID": "id", "ALG": "PS256"},
			`the client "id" (client_id from the environment variable AUTH0_CLIENT_ID, client_assertion_private_key from the provider's client_assertion_private_key) PS256`,
		},
		"algorithm of the configuration with the environment's key": {
			providerModel{ClientAssertionSigningAlg: text("RS384")},
			map[string]string{
				"ID": "id", "KEY": testkeys.PrivatePEM(), "ALG": "PS256", "SECRET": "s",
			},
			`the client "id" (client_id from the environment variable AUTH0_CLIENT_ID, client_assertion_private_key from the environment variable AUTH0_CLIENT_ASSERTION_PRIVATE_KEY) RS384`,
		},
		"algorithm chooses the key": {
			providerModel{ClientAssertionSigningAlg: text("RS384")},
			map[string]string{"ID": "id", "SECRET": "s", "TOKEN": "t"},
			"There is a client_assertion_signing_alg, from the provider's " +
				"client_assertion_signing_alg, but no client_assertion_private_key.",
		},
		"algorithm beside a secret": {
			providerModel{ClientAssertionSigningAlg: text("RS384"), ClientSecret: text("s")},
			nil,
			"The provider's client_assertion_signing_alg and the provider's client_secret are " +
				"both set",
		},
		"algorithm alone in the environment": {
			providerModel{},
			map[string]string{"ID": "id", "SECRET": "s", "ALG": "none"},
			`the client "id" (client_id from the environment variable AUTH0_CLIENT_ID, client_secret from the environment variable AUTH0_CLIENT_SECRET)`,
		},
		"wrong algorithm in the environment": {
			providerModel{},
			map[string]string{"ID": "id", "KEY": testkeys.PrivatePEM(), "ALG": "HS256"},
			`The environment variable AUTH0_CLIENT_ASSERTION_SIGNING_ALG: "HS256" is not known; use RS256, RS384 or PS256.`,
		},
		"client id alone beside a token": {
			providerModel{},
			map[string]string{"ID": "id", "FILE": "/run/token"},
			"the token in the file /run/token (from the environment variable AUTH0_API_TOKEN_FILE)",
		},
		"secret without a client id": {
			providerModel{},
			map[string]string{"SECRET": "s"},
			"There is a client_secret, from the environment variable AUTH0_CLIENT_SECRET, but no " +
				"client_id.",
		},
		"key without a client id": {
			providerModel{},
			map[string]string{"KEY": testkeys.PrivatePEM()},
			"There is a client_assertion_private_key, from the environment variable " +
				"AUTH0_CLIENT_ASSERTION_PRIVATE_KEY, but no client_id.",
		},
		"client id alone": {
			providerModel{ClientID: text("id")},
			nil,
			"There is a client_id, from the provider's client_id, but no client_secret and no " +
				"client_assertion_private_key.",
		},
		"nothing": {
			providerModel{},
			map[string]string{"ALG": "RS256"},
			"This needs a request to the Management API. Set one of these",
		},
	} {
		env := map[string]string{}
		for short, value := range c.env {
			env[map[string]string{
				"ID": "AUTH0_CLIENT_ID", "SECRET": "AUTH0_CLIENT_SECRET",
				"TOKEN": "AUTH0_API_TOKEN", "FILE": "AUTH0_API_TOKEN_FILE",
				"KEY": "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY",
				"ALG": "AUTH0_CLIENT_ASSERTION_SIGNING_ALG",
			}[short]] = value
		}
		s := resolveSettings(c.config, func(name string) string { return env[name] })
		var diags diag.Diagnostics
		s.check(&diags)
		got := s.login() + " " + s.credentials().SigningAlg
		if missing, ok := errors.AsType[*report.DiagnosticError](s.noLogin()); ok {
			got = missing.Detail
		}
		if len(diags) > 0 {
			got = diags[0].Detail()
		}
		if len(diags) > 1 || !strings.HasPrefix(strings.TrimSpace(got), c.want) {
			t.Errorf("%s: %s, %v; want %s", name, got, diags, c.want)
		}
	}
}

func TestHeadersOf_nullAndUnknown(t *testing.T) {
	t.Parallel()
	value := func(elements map[string]attr.Value) types.Map {
		return types.MapValueMust(types.StringType, elements)
	}
	for name, c := range map[string]struct {
		config  types.Map
		want    string
		unknown bool
	}{
		"null":    {types.MapNull(types.StringType), "map[]", false},
		"unknown": {types.MapUnknown(types.StringType), "map[]", true},
		"empty":   {value(nil), "map[]", false},
		"values": {
			value(map[string]attr.Value{"A": types.StringValue("1"), "B": types.StringNull()}),
			"map[A:1]", false,
		},
		"some": {
			value(map[string]attr.Value{"A": types.StringValue("1"), "B": types.StringUnknown()}),
			"map[A:1]", true,
		},
	} {
		s := resolveSettings(
			providerModel{Domain: types.StringValue("acme"), Headers: c.config},
			func(string) string { return "" },
		)
		if got := fmt.Sprint(s.headers.values); got != c.want || s.unknown != c.unknown {
			t.Errorf("%s: %s, unknown %v", name, got, s.unknown)
		}
		var config *report.DiagnosticError
		if errors.As(s.unusable, &config) != c.unknown ||
			c.unknown && !strings.Contains(
				config.Detail, "the provider's headers will be known only",
			) {
			t.Errorf("%s: %v", name, s.unusable)
		}
	}
}

// A key from the configuration or the environment is checked, and no part of it is shown.
func TestSettings_badKey(t *testing.T) {
	t.Parallel()
	const line = "MIIEvSecretOfTheKey"
	for text, want := range map[string]string{
		line: "this is not PEM",
		"":   "this is not PEM",
		"-----BEGIN RSA PRIVATE KEY-----\nTUlJRXZTZWNyZXQ=\n-----END RSA PRIVATE KEY-----\n": `the PEM block "RSA PRIVATE KEY" contains no private key`,
		"-----BEGIN RSA PRIVATE KEY-----\\n" + line +
			"\\n-----END RSA PRIVATE KEY-----\\n": `the line breaks are written as \n, ` +
			"which is two characters each; they must be real line breaks. It must be",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\nTUlJRXZTZWNyZXQ=\n" +
			"-----END ENCRYPTED PRIVATE KEY-----\n": "the key is encrypted; decrypt it first, " +
			"for example with openssl pkey. It must be",
		"-----BEGIN PRIVATE KEY-----\n  " + line +
			"\n  -----END PRIVATE KEY-----\n": "the lines are indented; remove the white space " +
			"at their beginnings. It must be",
		testkeys.PublicPEM(): `the PEM block "PUBLIC KEY" contains no private key`,
	} {
		for from, s := range map[string]settings{
			"The provider's client_assertion_private_key": resolveSettings(
				providerModel{ClientAssertionPrivateKey: types.StringValue(text)},
				func(string) string { return "" }),
			"The environment variable AUTH0_CLIENT_ASSERTION_PRIVATE_KEY": resolveSettings(providerModel{}, func(name string) string {
				return map[string]string{"AUTH0_CLIENT_ASSERTION_PRIVATE_KEY": text}[name]
			}),
		} {
			var diags diag.Diagnostics
			s.check(&diags)
			if text == "" && strings.Contains(from, "environment") {
				if len(diags) > 0 {
					t.Errorf("an empty variable is an error: %v", diags)
				}
				continue
			}
			if len(diags) != 1 || diags[0].Summary() != "Invalid private key" ||
				!strings.HasPrefix(diags[0].Detail(), from+": "+want) {
				t.Errorf("%.20q: %v, want %s: %s", text, diags, from, want)
				continue
			}
			if _, ok := diags[0].(diag.DiagnosticWithPath); ok ||
				strings.Contains(diags[0].Detail(), "ecret") ||
				strings.Contains(diags[0].Detail(), "TUlJ") {
				t.Errorf("the key can be seen: %v", diags)
			}
		}
	}
}

// An invisible character at the end of a value is reported before any request: on the attribute if
// it is not secret, otherwise by its name. The environment's white space is dropped.
func TestSettings_invisibleCharacters(t *testing.T) {
	t.Parallel()
	const mark = " begins with a byte order mark, an invisible character that some editors add; " +
		"save the file as UTF-8 without it."
	text := types.StringValue
	for name, c := range map[string]struct {
		config providerModel
		env    map[string]string
		at     path.Path
		want   string
	}{
		"id": {
			providerModel{ClientID: text("id ")},
			nil, path.Root("client_id"),
			"The provider's client_id ends with white space.",
		},
		"secret": {
			providerModel{ClientSecret: text("hush\n")},
			nil, path.Empty(),
			"The provider's client_secret ends with a line break.",
		},
		"secret with a mark": {
			providerModel{ClientSecret: text("\ufeffhush")},
			nil, path.Empty(),
			"The provider's client_secret" + mark,
		},
		"token with a mark": {
			providerModel{APIToken: text("\ufeffhush\n")},
			nil, path.Empty(),
			"The provider's api_token" + mark,
		},
		"token of several words": {
			providerModel{APIToken: text("hush hush")},
			nil, path.Empty(),
			"The provider's api_token contains something other than a token, which is one word " +
				"of ASCII characters.",
		},
		"token from a file": {providerModel{APIToken: text("hush\n")}, nil, path.Empty(), ""},
		"path": {
			providerModel{APITokenFile: text("/run/token\n")},
			nil, path.Root("api_token_file"),
			"The provider's api_token_file ends with a line break.",
		},
		"audience": {
			providerModel{Audience: text("\thttps://acme/api/v2/")},
			nil, path.Root("audience"),
			"The provider's audience begins with white space.",
		},
		"variable": {
			providerModel{},
			map[string]string{"AUTH0_CLIENT_SECRET": "\ufeffhush\n"},
			path.Empty(),
			"The environment variable AUTH0_CLIENT_SECRET" + mark,
		},
		"variable with the id": {
			providerModel{},
			map[string]string{"AUTH0_CLIENT_ID": "\ufeffid"},
			path.Empty(),
			"The environment variable AUTH0_CLIENT_ID" + mark,
		},
		"variable with white space": {
			providerModel{}, map[string]string{"AUTH0_CLIENT_SECRET": " hush\n"}, path.Empty(), "",
		},
	} {
		var diags diag.Diagnostics
		resolveSettings(c.config, func(name string) string { return c.env[name] }).check(&diags)
		if c.want == "" && len(diags) == 0 {
			continue
		}
		if len(diags) != 1 || diags[0].Detail() != c.want {
			t.Errorf("%s: %v, want %s", name, diags, c.want)
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

func TestSettings_managementAudience(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	for want, config := range map[string]providerModel{
		"https://acme.auth0.com/api/v2/": {Domain: text("acme.auth0.com")},
		// With a custom domain, the tenant's own host is not otherwise known.
		"https://tenant.auth0.com/api/v2/": {
			Domain:   text("login.example.com"),
			Audience: text("https://tenant.auth0.com/api/v2/"),
		},
		"": {},
	} {
		if got := resolveSettings(
			config, func(string) string { return "" },
		).managementAudience(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
