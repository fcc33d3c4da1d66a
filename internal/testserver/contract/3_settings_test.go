// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestContract3Scopes(t *testing.T) {
	t.Parallel()
	observed(t, "3.2", "every answer has the scopes in the order in which they were sent",
		func(t *testing.T, x *tenant) {
			const scopes = `"scopes":[{"value":"c","description":"C"},{"value":"a"},{"value":"b"}]`
			const turned = `"scopes":[{"value":"b"},{"value":"c"},{"value":"a"}]`
			wantAPI(
				t, x.API("POST", "/resource-servers", `{"identifier":"https://a",`+scopes+`}`), 201,
				scopes,
			)
			wantAPI(t, x.API("GET", aPath, ""), 200, scopes)
			x.API("GET", "/resource-servers?identifiers=https://a&fields=scopes", "").Want(t, 200,
				`[{`+scopes+`}]`)
			wantAPI(t, x.API("PATCH", aPath, `{`+turned+`}`), 200, turned)
			wantAPI(t, x.API("GET", aPath, ""), 200, turned)
		})
	observed(t, "3.2", "a description that was not sent is omitted; an empty one is returned as "+
		"empty",
		func(t *testing.T, x *tenant) {
			const scopes = `"scopes":[{"value":"a"},{"value":"b","description":""},{"value":"c","description":"C"}]`
			wantAPI(
				t, x.API("POST", "/resource-servers", `{"identifier":"https://a",`+scopes+`}`), 201,
				scopes,
			)
			wantAPI(t, x.API("GET", aPath, ""), 200, scopes)
		})
	observed(t, "3.2", "scopes in a PATCH replace the whole list",
		func(t *testing.T, x *tenant) {
			makeAPI(x, `,"scopes":[{"value":"a","description":"A"},{"value":"b"}]`)
			wantAPI(
				t, x.API("PATCH", aPath, `{"scopes":[{"value":"a"},{"value":"c"}]}`), 200,
				`"scopes":[{"value":"a"},{"value":"c"}]`,
			)
		})
	observed(t, "3.2", "a space in a scope is neither trimmed nor refused",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/client-grants", grantBody(`,"scope":[" read:x"]`)).Want(t, 201,
				shownGrant(`,"scope":[" read:x"],"subject_type":"client"`))
		})
	documented(t, "3.2", "a scope has a value of 1 to 280 characters, a description of at most "+
		"500, and no other property",
		func(t *testing.T, x *tenant) {
			const ofValue = ` on property scopes[0].value (Value of this scope).`
			wantAPIRefused(
				t, x, `"scopes":[{"value":""}]`,
				`'String is too short (0 chars), minimum 1'`+ofValue,
			)
			wantAPIRefused(
				t, x, `"scopes":[{"value":"`+strings.Repeat("v", 281)+`"}]`,
				`'String is too long (281 chars), maximum 280'`+ofValue,
			)
			wantAPIRefused(
				t,
				x,
				`"scopes":[{"value":"v","description":"`+strings.Repeat("d", 501)+
					`"}]`,
				`'String is too long (501 chars), maximum 500' on property scopes[0].description (User-friendly description of this scope).`,
			)
			wantAPIRefused(
				t, x, `"scopes":[{"description":"d"}]`,
				`'Missing required property: value' on property scopes[0].`,
			)
			wantAPIRefused(
				t, x, `"scopes":[{"name":"v","value":"v"}]`,
				`'Additional properties not allowed: name' on property scopes[0].`,
			)
			longest := `"scopes":[{"value":"` + strings.Repeat("v", 280) + `","description":"` +
				strings.Repeat("d", 500) + `"}]`
			wantAPI(
				t, x.API("POST", "/resource-servers", `{"identifier":"https://a",`+longest+`}`),
				201, longest,
			)
		})
	assumed(t, "3.2", "two scopes with the same value are refused",
		func(t *testing.T, x *tenant) {
			wantAPIRefused(
				t,
				x,
				`"scopes":[{"value":"a"},{"value":"b"},{"value":"a","description":"again"}]`,
				`'Array items are not unique (indexes 0 and 2)' on property scopes (List of permissions (scopes) that this API uses).`,
			)
		})
	documented(t, "3.2", "an API has at most 1,000 scopes",
		func(t *testing.T, x *tenant) {
			values := make([]string, 1001)
			for i := range values {
				values[i] = fmt.Sprintf(`{"value":"s%d"}`, i)
			}
			x.API(
				"POST", "/resource-servers",
				`{"identifier":"https://a","scopes":[`+strings.Join(values, ",")+`]}`,
			).WantProperties(t, 400, `{"statusCode":400,"error":"Bad Request","errorCode":"invalid_body"}`)
			most := `"scopes":[` + strings.Join(values[:1000], ",") + `]`
			wantAPI(
				t, x.API("POST", "/resource-servers", `{"identifier":"https://a",`+most+`}`), 201,
				most,
			)
		})
	assumed(t, "3.2", "names that OpenID Connect reserves are accepted as scopes",
		func(t *testing.T, x *tenant) {
			const scopes = `"scopes":[{"value":"openid"},{"value":"profile"},{"value":"email"},{"value":"offline_access"}]`
			wantAPI(
				t, x.API("POST", "/resource-servers", `{"identifier":"https://a",`+scopes+`}`), 201,
				scopes,
			)
		})
}

func TestContract3SigningSecret(t *testing.T) {
	t.Parallel()
	observed(t, "3.3", "the server generates a secret of 32 letters and digits for an HS256 API "+
		"if none is sent",
		func(t *testing.T, x *tenant) {
			got := x.API(
				"POST", "/resource-servers", `{"identifier":"https://a","signing_alg":"HS256"}`,
			)
			wantAPI(t, got, 201, `"signing_alg":"HS256","signing_secret":"MADE"`)
			if secret := got.Field(t, "signing_secret"); !regexp.MustCompile(
				`^[A-Za-z0-9]{32}$`,
			).MatchString(secret) {
				t.Errorf("the secret is %q", secret)
			}
		})
	observed(t, "3.3", "every answer shows the secret in clear text to any token with "+
		"read:resource_servers",
		func(t *testing.T, x *tenant) {
			const settings = `"signing_alg":"HS256","signing_secret":"sixteen-chars-ok"`
			wantAPI(
				t, x.API("POST", "/resource-servers", `{"identifier":"https://a",`+settings+`}`),
				201, settings,
			)
			wantAPI(t, x.API("PATCH", aPath, `{"token_lifetime":86400}`), 200, settings)
			reader := x.Bearer("read:resource_servers")
			wantAPI(t, x.Send("GET", "/api/v2"+aPath, "", reader), 200, settings)
			x.Send(
				"GET", "/api/v2/resource-servers?identifiers=https://a&fields=signing_secret", "",
				reader,
			).Want(t, 200, `[{"signing_secret":"sixteen-chars-ok"}]`)
		})
	observed(t, "3.3", "changing from HS256 to RS256 keeps the secret",
		func(t *testing.T, x *tenant) {
			makeAPI(x, `,"signing_alg":"HS256","signing_secret":"sixteen-chars-ok"`)
			wantAPI(
				t, x.API("PATCH", aPath, `{"signing_alg":"RS256"}`), 200,
				`"signing_secret":"sixteen-chars-ok"`,
			)
			wantAPI(
				t, x.API("PATCH", aPath, `{"signing_alg":"HS256"}`), 200,
				`"signing_alg":"HS256","signing_secret":"sixteen-chars-ok"`,
			)
		})
	observed(t, "3.3", "a secret sent for an RS256 API is stored and shown",
		func(t *testing.T, x *tenant) {
			wantAPI(t, x.API(
				"POST",
				"/resource-servers",
				`{"identifier":"https://a","signing_alg":"RS256","signing_secret":"sixteen-chars-ok"}`,
			),
				201, `"signing_secret":"sixteen-chars-ok"`)
			wantAPI(t, x.API("GET", aPath, ""), 200, `"signing_secret":"sixteen-chars-ok"`)
		})
	assumed(t, "3.3", "changing an API without a secret to HS256 generates a secret",
		func(t *testing.T, x *tenant) {
			makeAPI(x, "")
			got := x.API("PATCH", aPath, `{"signing_alg":"HS256"}`)
			wantAPI(t, got, 200, `"signing_alg":"HS256","signing_secret":"MADE"`)
			secret := got.Field(t, "signing_secret")
			if kept := x.API("GET", aPath, "").Field(t, "signing_secret"); kept != secret {
				t.Errorf("the secret changed from %s to %s", secret, kept)
			}
		})
	documented(t, "3.3", "a secret has at least 16 characters and cannot be null",
		func(t *testing.T, x *tenant) {
			const ofSecret = ` on property signing_secret (Secret used to sign tokens when using symmetric algorithms).`
			wantAPIRefused(
				t, x, `"signing_secret":"fifteen-chars-x"`,
				`'String is too short (15 chars), minimum 16'`+ofSecret,
			)
			wantAPIRefused(
				t, x, `"signing_secret":null`,
				`'Expected type string but found type null'`+ofSecret,
			)
		})
}

func TestContract3TokenDialect(t *testing.T) {
	t.Parallel()
	observed(t, "3.4", "a token dialect can be set on create",
		func(t *testing.T, x *tenant) {
			for i, dialect := range []string{"access_token", "rfc9068_profile"} {
				x.API("POST", "/resource-servers", fmt.Sprintf(
					`{"identifier":"urn:%d","token_dialect":"%s"}`, i, dialect,
				)).WantProperties(t, 201, `{"token_dialect":"`+dialect+`","enforce_policies":null}`)
			}
		})
	documented(t, "3.4", "the dialects are access_token and rfc9068_profile, and each of them "+
		"with the suffix _authz",
		func(t *testing.T, x *tenant) {
			wantAPIRefused(
				t, x, `"token_dialect":"opaque"`,
				`'No enum match for: opaque' on property token_dialect (Dialect of access tokens).`,
			)
			makeAPI(x, `,"enforce_policies":true`)
			for _, dialect := range []string{
				"access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz",
			} {
				wantAPI(
					t, x.API("PATCH", aPath, `{"token_dialect":"`+dialect+`"}`), 200,
					`"enforce_policies":true,"token_dialect":"`+dialect+`"`,
				)
			}
		})
	assumed(t, "3.4", "an _authz dialect without enforce_policies is accepted and has no effect",
		func(t *testing.T, x *tenant) {
			x.SampleGrant(`,"scope":["read:orders"]`)
			x.API(
				"PATCH", "/resource-servers/https:%2F%2Fsample-api.example.com",
				`{"token_dialect":"access_token_authz"}`,
			).WantProperties(t, 200,
				`{"token_dialect":"access_token_authz","enforce_policies":null}`)
			if claims := x.Claims(x.AskToken(servertest.SampleAudience).Token(t)); claims["permissions"] != nil {
				t.Errorf("permissions %v", claims["permissions"])
			}
		})
}

func TestContract3SubjectTypeAuthorization(t *testing.T) {
	t.Parallel()
	const bothDenied = `"subject_type_authorization":{"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}}`
	const userDenied = `"subject_type_authorization":{"user":{"policy":"deny_all"},"client":{"policy":"require_client_grant"}}`
	documented(t, "3.5", "the policies for user are allow_all, deny_all and "+
		"require_client_grant; for client all but allow_all",
		func(t *testing.T, x *tenant) {
			wantAPIRefused(
				t,
				x,
				`"subject_type_authorization":{"client":{"policy":"allow_all"}}`,
				`'No enum match for: allow_all' on property subject_type_authorization.client.policy.`,
			)
			wantAPIRefused(t, x, `"subject_type_authorization":{"user":{"policy":"none"}}`,
				`'No enum match for: none' on property subject_type_authorization.user.policy.`)
			makeAPI(x, "")
			for _, user := range []string{"allow_all", "deny_all", "require_client_grant"} {
				for _, client := range []string{"deny_all", "require_client_grant"} {
					policies := `"subject_type_authorization":{"user":{"policy":"` + user +
						`"},"client":{"policy":"` + client + `"}}`
					wantAPI(t, x.API("PATCH", aPath, "{"+policies+"}"), 200, policies)
				}
			}
		})
	documented(t, "3.5", "user and client accept unknown properties",
		func(t *testing.T, x *tenant) {
			x.API("POST", "/resource-servers",
				`{"identifier":"https://a","subject_type_authorization":`+
					`{"user":{"policy":"deny_all","more":1},"client":{"policy":"deny_all"}}}`).WantProperties(t, 201,
				`{"identifier":"https://a"}`)
		})
	documented(t, "3.5", "user or client may be sent without the other",
		func(t *testing.T, x *tenant) {
			wantAPI(t, x.API(
				"POST",
				"/resource-servers",
				`{"identifier":"https://a","subject_type_authorization":{"user":{"policy":"deny_all"}}}`,
			),
				201, userDenied)
		})
	assumed(t, "3.5", "user or client keeps its value if a PATCH omits it",
		func(t *testing.T, x *tenant) {
			makeAPI(x, `,`+userDenied)
			wantAPI(
				t,
				x.API(
					"PATCH", aPath,
					`{"subject_type_authorization":{"client":{"policy":"deny_all"}}}`,
				),
				200, bothDenied,
			)
		})
}

// encryptionKeys returns PEMs of one key, and the thumbprint of that key, computed by its
// definition (RFC 7638).
func encryptionKeys(t *testing.T) (pems map[string]string, thumbprint string) {
	t.Helper()
	modulus := base64.RawURLEncoding.EncodeToString(servertest.StrangerKey().N.Bytes())
	sum := sha256.Sum256([]byte(`{"e":"AQAB","kty":"RSA","n":"` + modulus + `"}`))
	pems = map[string]string{}
	for name, content := range map[string]string{
		"public key":  servertest.PublicPEM(t),
		"certificate": servertest.CertificatePEM(t),
	} {
		quoted, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		pems[name] = string(quoted)
	}
	return pems, base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestContract3TokenEncryption(t *testing.T) {
	t.Parallel()
	observed(t, "3.6", "answers show the SHA-256 thumbprint of an encryption key instead of its "+
		"PEM",
		func(t *testing.T, x *tenant) {
			pems, thumbprint := encryptionKeys(t)
			const begin = `"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"name":"n","alg":"RSA-OAEP-256","kid":"k",`
			shown := begin + `"thumbprint_sha256":"` + thumbprint + `"}}`
			wantAPI(
				t,
				x.API(
					"POST", "/resource-servers",
					`{"identifier":"https://a",`+begin+`"pem":`+pems["public key"]+`}}}`,
				),
				201, shown,
			)
			wantAPI(t, x.API("GET", aPath, ""), 200, shown)
			wantAPI(
				t, x.API("PATCH", aPath, `{`+begin+`"pem":`+pems["public key"]+`}}}`), 200, shown,
			)
		})
	observed(t, "3.6", "the thumbprint identifies the public key (RFC 7638), even if a "+
		"certificate was sent",
		func(t *testing.T, x *tenant) {
			pems, thumbprint := encryptionKeys(t)
			const begin = `"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-512","kid":"k",`
			wantAPI(t, x.API(
				"POST", "/resource-servers",
				`{"identifier":"https://a",`+begin+`"pem":`+pems["certificate"]+`}}}`,
			), 201,
				begin+`"thumbprint_sha256":"`+thumbprint+`"}}`)
		})
	observed(t, "3.6", "the kid of an encryption key is returned if it was sent, and omitted "+
		"otherwise",
		func(t *testing.T, x *tenant) {
			pems, thumbprint := encryptionKeys(t)
			const begin = `"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-384",`
			wantAPI(t, x.API(
				"POST", "/resource-servers",
				`{"identifier":"https://a",`+begin+`"kid":"k-1","pem":`+pems["public key"]+`}}}`,
			), 201,
				begin+`"kid":"k-1","thumbprint_sha256":"`+thumbprint+`"}}`)
			wantAPI(t, x.API("PATCH", aPath, `{`+begin+`"pem":`+pems["public key"]+`}}}`), 200,
				begin+`"thumbprint_sha256":"`+thumbprint+`"}}`)
		})
	documented(t, "3.6", "the format is compact-nested-jwe, the algorithm is RSA-OAEP-256, -384 "+
		"or -512, and a PEM is required",
		func(t *testing.T, x *tenant) {
			wantAPIRefused(t, x, `"token_encryption":{}`,
				`'Missing required property: format' on property token_encryption. (also) `+
					`Payload validation error: 'Missing required property: encryption_key' on property token_encryption.`)
			wantAPIRefused(
				t,
				x,
				`"token_encryption":{"format":"jwe","encryption_key":{"alg":"RSA-OAEP-256","pem":"p"}}`,
				`'No enum match for: jwe' on property token_encryption.format (Format of the encrypted JWT payload).`,
			)
			wantAPIRefused(
				t,
				x,
				`"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA1_5","pem":"p"}}`,
				`'No enum match for: RSA1_5' on property token_encryption.encryption_key.alg (Algorithm used to encrypt the token).`,
			)
			wantAPIRefused(
				t,
				x,
				`"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256"}}`,
				`'Missing required property: pem' on property token_encryption.encryption_key.`,
			)
			wantAPIRefused(
				t,
				x,
				`"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","pem":"`+
					strings.Repeat(
						"p",
						4097,
					)+`"}}`,
				`'String is too long (4097 chars), maximum 4096' on property `+
					`token_encryption.encryption_key.pem (PEM-formatted public key).`,
			)
		})
}

func TestContract3ProofOfPossession(t *testing.T) {
	t.Parallel()
	observed(t, "3.7", "sending proof_of_possession without required_for removes a stored "+
		"required_for",
		func(t *testing.T, x *tenant) {
			makeAPI(
				x,
				`,"proof_of_possession":{"mechanism":"mtls","required":true,"required_for":"public_clients"}`,
			)
			wantAPI(t, x.API(
				"PATCH", aPath, `{"proof_of_possession":{"mechanism":"mtls","required":true}}`,
			), 200,
				`"proof_of_possession":{"mechanism":"mtls","required":true}`)
		})
	documented(t, "3.7", "the mechanism is mtls or dpop, and required_for is public_clients or "+
		"all_clients; mechanism and required are mandatory",
		func(t *testing.T, x *tenant) {
			wantAPIRefused(
				t, x, `"proof_of_possession":{"mechanism":"dpop"}`,
				`'Missing required property: required' on property proof_of_possession.`,
			)
			wantAPIRefused(t, x, `"proof_of_possession":{"mechanism":"tls","required":true}`,
				`'No enum match for: tls' on property proof_of_possession.mechanism.`)
			wantAPIRefused(t, x,
				`"proof_of_possession":{"mechanism":"dpop","required":true,"required_for":"some"}`,
				`'No enum match for: some' on property proof_of_possession.required_for.`)
			makeAPI(x, "")
			for _, proof := range []string{
				`"proof_of_possession":{"mechanism":"mtls","required":true,"required_for":"all_clients"}`,
				`"proof_of_possession":{"mechanism":"dpop","required":false,"required_for":"public_clients"}`,
			} {
				wantAPI(t, x.API("PATCH", aPath, "{"+proof+"}"), 200, proof)
			}
		})
}
