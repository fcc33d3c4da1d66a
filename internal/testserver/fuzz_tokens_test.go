// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// decodedToken decodes a compact token.
func decodedToken(token string) (parts [3]string) {
	for i, part := range strings.SplitN(token, ".", len(parts)) {
		decoded, _ := base64.RawURLEncoding.DecodeString(part)
		parts[i] = string(decoded)
	}
	return parts
}

// issuedTokens are tokens of each kind that the server issues, by audience.
func (x *fuzzed) issuedTokens() map[string]string {
	issued := map[string]string{x.store.ManagementIdentifier(): x.token}
	for _, audience := range []string{
		tenant.SampleAPIAudience, "urn:hs256", "https://a/b?c=d&e=%2F",
	} {
		issued[audience] = x.tokenFor(tenant.MachineClientID, tenant.MachineClientSecret, audience)
	}
	return issued
}

// forgeries are tokens that the server did not sign. The last one has a valid signature of
// something else.
func forgeries(x *fuzzed, token string) []func(content, given string) []byte {
	withHMAC := func(key []byte) func(string, string) []byte {
		return func(content, _ string) []byte {
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte(content))
			return mac.Sum(nil)
		}
	}
	current := x.store.CurrentSigningKey()
	public := &current.Private.PublicKey
	pkix, _ := x509.MarshalPKIXPublicKey(public)
	pkcs1 := x509.MarshalPKCS1PublicKey(public)
	return []func(string, string) []byte{
		func(_, given string) []byte { return []byte(given) },
		withHMAC(nil),
		withHMAC(pkix), withHMAC(pkcs1), withHMAC(public.N.Bytes()), withHMAC(current.Certificate),
		withHMAC(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix})),
		withHMAC(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: pkcs1})),
		withHMAC([]byte(tenant.MachineClientSecret)),
		func(content, _ string) []byte {
			digest := sha256.Sum256([]byte(content))
			signature, _ := rsa.SignPKCS1v15(nil, directKeys()[2], crypto.SHA256, digest[:])
			return signature
		},
		func(content, _ string) []byte {
			digest := sha256.Sum256([]byte(content))
			signature, _ := rsa.SignPSS(
				rand.Reader, directKeys()[2], crypto.SHA256, digest[:],
				&rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash},
			)
			return signature
		},
		func(string, string) []byte {
			parts := decodedToken(token)
			return []byte(parts[2])
		},
	}
}

// FuzzForgedToken signs any header and any claims with any key except the right one. No API may
// accept the token, and the token endpoint may not accept it as an assertion. $KID, $ISS and $AUD
// are replaced with the server's values; an empty header or empty claims are replaced with those of
// a real token.
func FuzzForgedToken(f *testing.F) {
	x := newFuzzed()
	issued := x.issuedTokens()
	const good = `{"iss":"$ISS","aud":"$AUD","exp":9999999999,"azp":"a","sub":"a@clients","scope":"read:clients"}`
	for forgery := range forgeries(x, x.token) {
		for _, header := range []string{
			``, `{"alg":"RS256","kid":"$KID"}`, `{"alg":"HS256","kid":"$KID","typ":"JWT"}`,
			`{"alg":"none"}`, `{"alg":"NONE","kid":"$KID"}`, `{"alg":""}`,
			`{"alg":"HS256","alg":"RS256","kid":"$KID"}`, `{"ALG":"HS256","kid":"$KID"}`,
			`{"alg":["RS256"],"kid":["$KID"]}`, `{"alg":"PS256","kid":"$KID"}`,
			`{"alg":"RS256","kid":"$KID","crit":["exp"]}`,
			`{"alg":"RS256","kid":"$KID","b64":false,"crit":["b64"]}`,
			`{"alg":"RS256","kid":"$KID","zip":"DEF"}`,
			`{"alg":"RS256","kid":"../../$KID"}`, `{"alg":"RS256","kid":"$KID\u0000"}`,
			`{"alg":"RS256","jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"}}`,
			`{"alg":"RS256","jku":"https://evil.example.com/jwks","kid":"$KID"}`,
			`{"alg":"RS256","x5c":["MA=="],"kid":"$KID"}`, `{}`, `null`,
		} {
			f.Add(header, good, "", uint8(forgery))
		}
		for _, claims := range []string{
			``, `{}`, `null`, `[]`, `{"iss":"$ISS","aud":["x","$AUD"],"exp":1e99,"scope":""}`,
			`{"aud":[[["$AUD"]]],"exp":9223372036854775808}`,
			`{"iss":"$ISS","aud":"$AUD","exp":1,"exp":9999999999}`,
			`{"iss":"$ISS","aud":"$AUD","exp":"9999999999"}`, `{"AUD":"$AUD","exp":-1}`, "\xff",
		} {
			f.Add(`{"alg":"RS256","kid":"$KID"}`, claims, "x", uint8(forgery))
		}
	}
	f.Fuzz(func(t *testing.T, header, claims, signature string, forgery uint8) {
		for audience, token := range issued {
			known := strings.NewReplacer(
				"$KID", x.store.CurrentSigningKey().KID, "$ISS", x.store.Issuer(), "$AUD", audience,
			)
			parts := decodedToken(token)
			if header != "" {
				parts[0] = known.Replace(header)
			}
			if claims != "" {
				parts[1] = known.Replace(claims)
			}
			content := base64.RawURLEncoding.EncodeToString([]byte(parts[0])) + "." +
				base64.RawURLEncoding.EncodeToString([]byte(parts[1]))
			ways := forgeries(x, token)
			forged := content + "." + base64.RawURLEncoding.EncodeToString(
				ways[int(forgery)%len(ways)](content, signature),
			)
			x.wantAccepted(t, issued, forged)
			x.wantNoToken(t, forged)
		}
	})
}

// FuzzTokenText offers any text as a token. $1 to $4 are replaced with real tokens.
func FuzzTokenText(f *testing.F) {
	x := newFuzzed()
	issued := x.issuedTokens()
	var names []string
	for i, audience := range sortedKeys(issued) {
		names = append(names, fmt.Sprint("$", i+1), issued[audience])
		for _, form := range []string{
			"%s", "%s.", ".%s", "%s=", " %s", "%s\n", "%s,%[1]s", "e30.%s", "%s~",
			"{\"payload\":\"%s\"}", "%s\x00",
		} {
			f.Add(fmt.Sprintf(form, fmt.Sprint("$", i+1)))
		}
	}
	for _, text := range []string{
		"", ".", "..", "...", "e30.e30.", "e30.e30.e30", "bnVsbA.e30.", "\xff.\xff.\xff",
		"====.====.====",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x.wantAccepted(t, issued, strings.NewReplacer(names...).Replace(text))
	})
}

func sortedKeys(issued map[string]string) []string {
	var keys []string
	for key := range issued {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// wantAccepted offers a token to all APIs. Each may accept only the text that was issued for it.
func (x *fuzzed) wantAccepted(t *testing.T, issued map[string]string, token string) {
	t.Helper()
	for audience, right := range issued {
		api, err := x.store.ResourceServerByIdentifier(audience)
		if err != nil {
			t.Fatal(err)
		}
		claims, err := x.tokens.Verify(token, api)
		if err == nil && token != right {
			t.Fatalf("%s accepts %q as %+v", audience, token, claims)
		}
	}
	r := x.api(http.MethodGet, "/clients/x", "")
	r.Header.Set("Authorization", "Bearer "+token)
	// Space around a token is not part of it.
	if got := x.send(r).Code; got != http.StatusUnauthorized && got != http.StatusBadRequest &&
		strings.TrimSpace(token) != x.token {
		t.Fatalf("the Management API answers %d to %q", got, token)
	}
}

// bearerAssertion is the type of assertions (API contract 9.3).
const bearerAssertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// wantNoToken offers a token as an assertion.
func (x *fuzzed) wantNoToken(t *testing.T, assertion string) {
	t.Helper()
	r := newRequest(http.MethodPost, x.url+routing.TokenPath, url.Values{
		"grant_type": {tenant.ClientCredentials}, "client_assertion_type": {bearerAssertion},
		"client_assertion": {assertion}, "audience": {tenant.SampleAPIAudience},
	}.Encode())
	r.Header.Set("Content-Type", formMediaType)
	if got := x.send(r); got.Code != http.StatusUnauthorized {
		t.Fatalf("%d %s for the assertion %q", got.Code, got.Body, assertion)
	}
}

// FuzzTokenRequest sends any body and any Basic credentials to the token endpoint, which must issue
// a token only for the secret.
func FuzzTokenRequest(f *testing.F) {
	x := newFuzzed()
	const form = "grant_type=client_credentials&client_id=" + tenant.MachineClientID +
		"&client_secret=" + tenant.MachineClientSecret
	const document = `{"grant_type":"client_credentials","client_id":"` + tenant.MachineClientID +
		`","client_secret":"` + tenant.MachineClientSecret + `"`
	for _, body := range []string{
		form + "&audience=urn:hs256", form + "&audience=https://a/b?c=d%26e=%252F&scope=", form,
		form + "&audience=" + tenant.SampleAPIAudience + "&scope=read:orders+read:orders+x",
		form + "&audience=" + tenant.SampleAPIAudience + "&organization=acme",
		form + "&audience=%00", form + "&client_id=x", form + "&client_assertion=x",
		"grant_type=a;b", "%zz", "=&=",
		"grant_type=client_credentials&client_assertion_type=" + bearerAssertion +
			"&client_assertion=e30.e30.e30",
		"grant_type=client_credentials&audience=" + tenant.SampleAPIAudience,
		form + "&audience=\xff", "grant_type=password&username=u",
	} {
		f.Add(formMediaType, "", body)
		f.Add(
			formMediaType,
			"Basic "+base64.StdEncoding.EncodeToString([]byte(tenant.MachineClientID+":"+
				tenant.MachineClientSecret)),
			body,
		)
		f.Add("text/plain", "Basic OTpz", body)
	}
	for _, body := range []string{
		document + `,"audience":"` + tenant.SampleAPIAudience + `"}`,
		document + `,"audience":["` + tenant.SampleAPIAudience + `"]}`,
		document + `,"audience":null,"scope":7}`,
		document + `,"audience":"urn:hs256","Audience":"x","client_id":"y"}`, `[]`, `null`, `{`, ``,
		`"grant_type"`, `{"grant_type":"\ud800"}`,
	} {
		f.Add("application/json", "", body)
		f.Add("application/json; charset=latin1", "Bearer x", body)
	}
	f.Fuzz(func(t *testing.T, mediaType, authorization, body string) {
		r := newRequest(http.MethodPost, x.url+routing.TokenPath, body)
		r.Header.Set("Content-Type", mediaType)
		r.Header.Set("Authorization", authorization)
		got := x.try(t, r)
		if got.Code != http.StatusOK {
			return
		}
		var issued struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal(got.Body.Bytes(), &issued); err != nil ||
			issued.AccessToken == "" {
			t.Fatalf("%s (%v)", got.Body, err)
		}
		_, basic, _ := strings.Cut(authorization, " ")
		decoded, _ := base64.StdEncoding.DecodeString(basic)
		sent, _ := url.QueryUnescape(body + string(decoded))
		if unescaped := []byte(unescapedJSON(body) + sent); !bytes.Contains(
			unescaped, []byte(tenant.MachineClientSecret),
		) &&
			!bytes.Contains(unescaped, []byte(tenant.ManagementClientSecret)) {
			t.Fatalf("a token without a secret for %q and %q: %s", authorization, body, got.Body)
		}
	})
}

// unescapedJSON writes a document without escapes. It returns other text as it is.
func unescapedJSON(text string) string {
	var document any
	if json.Unmarshal([]byte(text), &document) != nil {
		return text
	}
	return string(wire.Encode(document))
}
