// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken_test

import (
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/verify"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// issued is a token that the reference server signed, with its intended API and client.
type issued struct {
	token string
	want  verify.Expected
}

// verifier is an API client of a reference server, with tokens of each kind that the server
// issues.
type verifier struct {
	tokens *m2m.Tokens
	issuer string
	issued []issued
}

func newVerifier(f *testing.F) *verifier {
	f.Helper()
	// A tenant needs a *testing.T, so an error here ends the fuzzing process.
	srv, err := testserver.Listen(testserver.Config{
		Addr:        "127.0.0.1:0",
		SigningKeys: testkeys.Signing(),
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = srv.Close() })
	dashboard := func(path, body string) {
		if status, answer := srv.Dashboard(http.MethodPost, path, body); status >= 300 {
			f.Fatalf("%s: %d %s", path, status, answer)
		}
	}
	base, err := input.ParseDomain(srv.URL())
	if err != nil {
		f.Fatal(err)
	}
	client, err := m2m.New(m2m.Config{Config: rest.Config{BaseURL: base}})
	if err != nil {
		f.Fatal(err)
	}
	v := &verifier{tokens: client.Tokens, issuer: srv.URL() + "/"}
	for audience, properties := range map[string]string{
		"urn:rs256": `"signing_alg":"RS256"`, "urn:rs512": `"signing_alg":"RS512"`,
		"urn:ps256":   `"signing_alg":"PS256"`,
		"urn:hs256":   `"signing_alg":"HS256","signing_secret":"` + apiSecret + `"`,
		"urn:rfc9068": `"token_dialect":"rfc9068_profile"`,
	} {
		dashboard("/api/v2/resource-servers", fmt.Sprintf(
			`{"identifier":%q,"scopes":[{"value":"a"},{"value":"b"}],%s}`, audience, properties,
		))
		for id, secret := range map[string]string{
			testserver.MachineClientID:    testserver.MachineClientSecret,
			testserver.ManagementClientID: testserver.ManagementClientSecret,
		} {
			dashboard("/api/v2/client-grants", fmt.Sprintf(
				`{"client_id":%q,"audience":%q,"scope":["a","b"]}`, id, audience,
			))
			want := verify.Expected{Audience: audience, ClientID: id}
			token, err := client.Tokens.Fetch(f.Context(), m2m.TokenRequest{
				Credentials: m2m.Credentials{ClientID: id, ClientSecret: secret},
				Audience:    audience,
			})
			if err != nil {
				f.Fatal(err)
			}
			if audience == "urn:hs256" {
				want.SigningSecret = apiSecret
			}
			v.issued = append(v.issued, issued{token.AccessToken, want})
		}
	}
	// In map order, the same input would mean something else in each process.
	slices.SortFunc(v.issued, func(a, b issued) int {
		return strings.Compare(a.want.Audience+a.want.ClientID, b.want.Audience+b.want.ClientID)
	})
	return v
}

// keys returns the keys that a forger may sign with: public data of the tenant, and the
// forger's own keys. The server signs with none of them.
func keys() []any {
	public := &testkeys.Signing()[0].PublicKey
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		panic(err)
	}
	return []any{
		[]byte{},
		testkeys.TenantPEM(), spki, x509.MarshalPKCS1PublicKey(public), public.N.Bytes(),
		[]byte(testserver.MachineClientSecret),
		evilKey(), smallKey(),
	}
}

// forge signs a header and a payload, or keeps the signature if no key is given.
func forge(content, signature string, key any, alg string) string {
	method := jwt.GetSigningMethod(alg)
	if _, isRSA := key.(*rsa.PrivateKey); method == nil || isRSA == strings.HasPrefix(alg, "HS") ||
		alg == "none" {
		return content + "." + signature
	}
	made, err := method.Sign(content, key)
	if err != nil {
		return content + "." + signature
	}
	return content + "." + base64url(made)
}

// FuzzVerify splits tokens of the server, swaps and forges their parts, and edits the text.
// Only tokens that the server signed for that API and client, byte for byte, may be accepted,
// and another library must accept them too. $KID, $ISS, $AUD and $CLIENT stand for the correct
// values.
func FuzzVerify(f *testing.F) {
	v := newVerifier(f)
	forgers := keys()
	const good = `{"iss":"$ISS","aud":"$AUD","exp":9999999999,"azp":"$CLIENT","gty":"client-credentials","scope":"a b"}`
	// Unchanged.
	f.Add("", "", "RS256", "", uint8(0), uint8(0), uint8(0), uint16(0), uint8(0))
	// For another client.
	f.Add("", "", "RS256", "", uint8(1), uint8(0), uint8(0), uint16(0), uint8(0))
	// For another API.
	f.Add("", "", "RS256", "", uint8(2), uint8(0), uint8(0), uint16(0), uint8(0))
	for key := range forgers {
		for _, alg := range []string{
			"RS256", "RS384", "RS512", "PS256", "HS256", "HS512", "none", "None", "",
		} {
			f.Add(
				fmt.Sprintf(`{"alg":%q,"typ":"JWT","kid":"$KID"}`, alg), good, alg, "", uint8(0),
				uint8(0), uint8(key), uint16(0), uint8(0),
			)
			f.Add(
				fmt.Sprintf(`{"alg":%q,"typ":"JWT"}`, alg), "", alg, "", uint8(2), uint8(2),
				uint8(key), uint16(0), uint8(0),
			)
		}
	}
	for _, header := range []string{
		`{"alg":"HS256","alg":"RS256","kid":"$KID"}`, `{"ALG":"RS256","kid":"$KID"}`,
		`{"alg":["RS256"],"kid":["$KID"]}`, `null`, `[]`, "\xff",
		`{"alg":"RS256","kid":"$KID","crit":["exp"]}`,
		`{"alg":"RS256","kid":"$KID","b64":false,"crit":["b64"]}`,
		`{"alg":"RS256","kid":"../$KID"}`,
		`{"alg":"RS256","jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"},"kid":"$KID"}`,
		`{"alg":"RS256","jku":"https://evil.example.com/jwks","kid":"$KID"}`,
		`{"alg":"RS256","x5c":["MA=="],"kid":"$KID"}`,
	} {
		f.Add(header, "", "RS256", "", uint8(0), uint8(0), uint8(6), uint16(0), uint8(0))
		f.Add(header, good, "RS256", "", uint8(0), uint8(0), uint8(6), uint16(0), uint8(0))
	}
	for _, claims := range []string{
		`{}`, `null`, `{"iss":"$ISS","aud":["x","$AUD"],"exp":1e99,"azp":"$CLIENT"}`,
		`{"aud":"$AUD","aud":"x"}`, `{"exp":-1}`, `{"AUD":"$AUD"}`,
	} {
		f.Add("", claims, "RS256", "", uint8(0), uint8(0), uint8(6), uint16(0), uint8(0))
	}
	for _, tail := range []string{"\n", ".", "=", " ", ".e30", "~", "\x00", "A"} {
		f.Add("", "", "RS256", tail, uint8(0), uint8(0), uint8(0), uint16(0), uint8(0))
	}
	// Flip each bit of some characters, including the last character of each part.
	for at := range uint16(700) {
		f.Add("", "", "RS256", "", uint8(0), uint8(0), uint8(0), at, uint8(1)<<(at%7))
	}

	f.Fuzz(func(t *testing.T, header, claims, alg, tail string, from, to, key uint8, at uint16, flip uint8) {
		source, target := v.issued[int(from)%len(v.issued)], v.issued[int(to)%len(v.issued)]
		forger := forgers[int(key)%len(forgers)]
		parts := strings.Split(source.token, ".")
		known := strings.NewReplacer(
			"$KID", v.kid(t), "$ISS", v.issuer, "$AUD", target.want.Audience, "$CLIENT",
			target.want.ClientID,
		)
		if header != "" {
			parts[0] = base64url([]byte(known.Replace(header)))
		}
		if claims != "" {
			parts[1] = base64url([]byte(known.Replace(claims)))
		}
		token := strings.Join(parts, ".")
		if header != "" || claims != "" {
			token = forge(parts[0]+"."+parts[1], parts[2], forger, alg)
		}
		edited := []byte(token)
		edited[int(at)%len(edited)] ^= flip
		token = string(edited) + tail

		got, err := v.tokens.Verify(t.Context(), token, target.want)
		if token == target.token {
			if err != nil {
				t.Fatalf("the token that was issued is refused: %v", err)
			}
			v.askOracle(t, token, target.want)
			return
		}
		if err == nil {
			t.Fatalf("%q is accepted as %s", token, got.JSON)
		}
		if len(token) > 40 && strings.Contains(err.Error(), token) {
			t.Fatalf("the token is in the error %v", err)
		}
	})
}

func (v *verifier) kid(t *testing.T) string {
	t.Helper()
	for _, i := range v.issued {
		parsed, _, err := jwt.NewParser().ParseUnverified(i.token, jwt.MapClaims{})
		if err != nil {
			t.Fatal(err)
		}
		if kid, ok := parsed.Header["kid"].(string); ok {
			return kid
		}
	}
	t.Fatal("no token names a key")
	return ""
}

// askOracle verifies a token with another library.
func (v *verifier) askOracle(t *testing.T, token string, want verify.Expected) {
	t.Helper()
	_, err := jwt.Parse(token, func(parsed *jwt.Token) (any, error) {
		if parsed.Method == jwt.SigningMethodHS256 {
			return []byte(want.SigningSecret), nil
		}
		return &testkeys.Signing()[0].PublicKey, nil
	}, jwt.WithStrictDecoding(), jwt.WithValidMethods([]string{"RS256", "RS512", "PS256", "HS256"}),
		jwt.WithIssuedAt(),
		jwt.WithExpirationRequired(), jwt.WithIssuer(v.issuer), jwt.WithAudience(want.Audience))
	if err != nil {
		t.Fatalf("another library refuses it: %v", err)
	}
}
