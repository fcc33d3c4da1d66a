// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// keyBody is a credential for a key in PEM, with further settings.
func keyBody(t *testing.T, content, settings string) string {
	t.Helper()
	quoted, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return `{"credential_type":"public_key","pem":` + string(quoted) + settings + `}`
}

// inlineKey is a credential that a client is created with.
func inlineKey(t *testing.T) string {
	t.Helper()
	return keyBody(t, publicPEM(t), `,"alg":"RS256"`)
}

func strangerThumbprint(t *testing.T) string {
	t.Helper()
	sum, err := (&jose.JSONWebKey{Key: strangerKey().Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(sum)
}

const credentialsPath = machinePath + "/credentials"

// shownKey is a credential of strangerKey in an answer.
func shownKey(t *testing.T, settings string) string {
	t.Helper()
	shown := properties(t, `{"id":"CRED_ID","credential_type":"public_key","alg":"RS256","kid":"`+
		strangerThumbprint(t)+`",`+
		`"created_at":"TIME","updated_at":"TIME"}`)
	maps.Copy(shown, properties(t, `{"id":"CRED_ID"`+settings+`}`))
	body, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// certificateOf is a certificate of strangerKey that is valid until 2030.
func certificateOf(t *testing.T, subject pkix.Name) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: subject,
		NotAfter: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(
		nil, template, template, strangerKey().Public(), strangerKey(),
	)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// certificateBody is a credential of a type that needs a certificate.
func certificateBody(t *testing.T, kind string, der []byte) string {
	t.Helper()
	quoted, err := json.Marshal(
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
	)
	if err != nil {
		t.Fatal(err)
	}
	return `{"credential_type":"` + kind + `","pem":` + string(quoted) + `}`
}

func TestContract7Credential(t *testing.T) {
	t.Parallel()
	observed(t, "7.1", "adding a credential answers 201 without the PEM, and without name and "+
		"expires_at when they are not set",
		func(t *testing.T, x *tenant) {
			wantJSON(
				t, x.api("POST", credentialsPath, keyBody(t, publicPEM(t), "")), 201,
				shownKey(t, ""),
			)
		})
	observed(t, "7.1", "the name, kid, algorithm and expiry of a credential come back as they "+
		"were sent",
		func(t *testing.T, x *tenant) {
			const settings = `,"name":"2026","kid":"key-of-2026","alg":"PS256","expires_at":"2030-01-02T03:04:05.000Z"`
			wantJSON(
				t, x.api("POST", credentialsPath, keyBody(t, publicPEM(t), settings)), 201,
				shownKey(t, settings),
			)
		})
	observed(t, "7.1", "the kid of a credential that is sent without one is the RFC 7638 "+
		"thumbprint of its key",
		func(t *testing.T, x *tenant) {
			got := x.must("POST", credentialsPath, keyBody(t, publicPEM(t), ""))
			if kid := field(t, got.body, "kid"); kid != strangerThumbprint(t) {
				t.Errorf("kid %q, want %q", kid, strangerThumbprint(t))
			}
		})
	observed(t, "7.1", "timestamps of credentials have milliseconds and end in Z",
		func(t *testing.T, x *tenant) {
			before := x.Clock().Now().Truncate(time.Millisecond)
			got := x.must("POST", credentialsPath, keyBody(
				t, publicPEM(t), `,"expires_at":"2030-01-02T03:04:05Z"`,
			))
			wantJSON(t, got, 201, shownKey(t, `,"expires_at":"2030-01-02T03:04:05.000Z"`))
			for _, name := range []string{"created_at", "updated_at"} {
				at, err := time.Parse("2006-01-02T15:04:05.000Z", field(t, got.body, name))
				if err != nil || at.Before(before) || at.After(x.Clock().Now()) {
					t.Errorf("%s %v: %v", name, at, err)
				}
			}
		})
	documented(t, "7.1",
		"the key of a credential is a public key, SPKI or PKCS#1, or a certificate",
		func(t *testing.T, x *tenant) {
			pkcs1 := pem.EncodeToMemory(&pem.Block{
				Type:  "RSA PUBLIC KEY",
				Bytes: x509.MarshalPKCS1PublicKey(&strangerKey().PublicKey),
			})
			for _, content := range []string{publicPEM(t), string(pkcs1), certificatePEM(t)} {
				id, _ := x.makeClient("")
				wantJSON(
					t, x.api("POST", "/clients/"+id+"/credentials", keyBody(t, content, "")), 201,
					shownKey(t, ""),
				)
			}
			wantRefusal(t, x.api("POST", credentialsPath, keyBody(t, "no PEM", "")))
		})
	observed(t, "7.1", "a credential of type x509_cert has a thumbprint, and the expiry of its "+
		"certificate",
		func(t *testing.T, x *tenant) {
			der := certificateOf(t, pkix.Name{CommonName: "orders"})
			sum := sha256.Sum256(der)
			shown := `{"id":"CRED_ID","credential_type":"x509_cert","thumbprint_sha256":"` +
				base64.RawURLEncoding.EncodeToString(sum[:]) +
				`","expires_at":"2030-01-02T03:04:05.000Z","created_at":"TIME","updated_at":"TIME"}`
			got := x.api("POST", credentialsPath, certificateBody(t, "x509_cert", der))
			wantJSON(t, got, 201, shown)
			path := credentialsPath + "/" + field(t, got.body, "id")
			wantJSON(t, x.api("GET", path, ""), 200, shown)
		})
	observed(t, "7.1", "the subject_dn of a credential made from a PEM has one KEY=value on each "+
		"line",
		func(t *testing.T, x *tenant) {
			der := certificateOf(t, pkix.Name{
				Country: []string{"es"}, Province: []string{"Madrid"}, Locality: []string{"Madrid"},
				Organization: []string{"Acme, Inc."}, OrganizationalUnit: []string{"Sales"},
				CommonName: "orders.example.com",
			})
			wantProperties(
				t, x.api("POST", credentialsPath, certificateBody(t, "cert_subject_dn", der)), 201,
				`{"subject_dn":"C=es\nST=Madrid\nL=Madrid\nO=Acme, Inc.\nOU=Sales\nCN=orders.example.com"}`,
			)
		})
	documented(t, "7.1", "the expiry of a credential is taken from its certificate if that is "+
		"asked for",
		func(t *testing.T, x *tenant) {
			der := certificateOf(t, pkix.Name{})
			certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
			wantJSON(t, x.api("POST", credentialsPath, keyBody(
				t, certificate, `,"parse_expiry_from_cert":true`,
			)), 201,
				shownKey(t, `,"expires_at":"2030-01-02T03:04:05.000Z"`))
			id, _ := x.makeClient("")
			wantJSON(
				t, x.api("POST", "/clients/"+id+"/credentials", keyBody(t, certificate, "")), 201,
				shownKey(t, ""),
			)
		})
	documented(t, "7.1", "the algorithm of a credential is RS256, RS384 or PS256",
		func(t *testing.T, x *tenant) {
			for _, alg := range []string{"RS256", "RS384", "PS256"} {
				id, _ := x.makeClient("")
				wantJSON(t, x.api("POST", "/clients/"+id+"/credentials", keyBody(
					t, publicPEM(t), `,"alg":"`+alg+`"`,
				)), 201,
					shownKey(t, `,"alg":"`+alg+`"`))
			}
			wantInvalid(
				t, x.api("POST", credentialsPath, keyBody(t, publicPEM(t), `,"alg":"RS512"`)),
				"on property alg",
			)
		})
	documented(t, "7.1", "a credential has a known type, a name of at most 128 characters and a "+
		"kid of 10 to 64",
		func(t *testing.T, x *tenant) {
			for settings, part := range map[string]string{
				`"credential_type":"secret"`: "on property credential_type",
				`"pem":"no PEM"`:             "Missing required property: credential_type",
				`"credential_type":"public_key","pem":"p","name":"` + strings.Repeat("n", 129) +
					`"`: "on property name",
				`"credential_type":"public_key","pem":"p","kid":"too-short"`: "on property kid",
				`"credential_type":"public_key","pem":"p","kid":"` + strings.Repeat("k", 65) +
					`"`: "on property kid",
				`"credential_type":"public_key","pem":"p","kid":"key.of.2026"`: "on property kid",
			} {
				wantInvalid(t, x.api("POST", credentialsPath, `{`+settings+`}`), part)
			}
		})
	documented(t, "7.2", "keys of credentials have 2048 to 4096 bits",
		func(t *testing.T, x *tenant) {
			for bits, status := range map[uint]int{2047: 400, 2048: 201, 4096: 201, 4097: 400} {
				id, _ := x.makeClient("")
				// An odd number will do: nothing is ever signed or encrypted with this key.
				modulus := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), bits-1), big.NewInt(1))
				got := x.api("POST", "/clients/"+id+"/credentials", keyBody(
					t, pemOf(t, &rsa.PublicKey{N: modulus, E: 65537}), "",
				))
				if got.status != status {
					t.Errorf("%d bits: %d %s", bits, got.status, got.body)
				}
			}
		})
	documented(t, "7.2", "a client has at most two credentials", func(t *testing.T, x *tenant) {
		for i := range 2 {
			x.must("POST", credentialsPath, keyBody(t, pemOf(t, &signingKeys()[i].PublicKey), ""))
		}
		wantRefusal(t, x.api("POST", credentialsPath, keyBody(t, publicPEM(t), "")))
		if listed := items(t, x.api("GET", credentialsPath, "").body); len(listed) != 2 {
			t.Errorf("%d credentials", len(listed))
		}
	})
}

func TestContract7Endpoints(t *testing.T) {
	t.Parallel()
	observed(t, "7.2", "the credentials of a client are listed as a bare array, empty if there "+
		"are none",
		func(t *testing.T, x *tenant) {
			wantJSON(t, x.api("GET", credentialsPath, ""), 200, `[]`)
			x.must("POST", credentialsPath, keyBody(t, publicPEM(t), ""))
			wantJSON(t, x.api("GET", credentialsPath, ""), 200, `[`+shownKey(t, "")+`]`)
		})
	observed(t, "7.2", "a credential is read by its id", func(t *testing.T, x *tenant) {
		id := field(
			t, x.must("POST", credentialsPath, keyBody(t, publicPEM(t), `,"name":"2026"`)).body,
			"id",
		)
		wantJSON(t, x.api("GET", credentialsPath+"/"+id, ""), 200, shownKey(t, `,"name":"2026"`))
	})
	documented(t, "7.2", "a credential that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			wantProblem(
				t, x.api("GET", credentialsPath+"/cred_0000000000000000000000", ""), 404,
				"Credential does not exist",
			)
		})
	observed(t, "7.2", "changing the expiry of a credential answers 200 with the whole credential",
		func(t *testing.T, x *tenant) {
			path := credentialsPath + "/" + field(
				t, x.must("POST", credentialsPath, keyBody(t, publicPEM(t), "")).body, "id",
			)
			const expiry = `"expires_at":"2031-01-02T03:04:05.000Z"`
			wantJSON(t, x.api("PATCH", path, `{`+expiry+`}`), 200, shownKey(t, `,`+expiry))
			wantJSON(t, x.api("GET", path, ""), 200, shownKey(t, `,`+expiry))
		})
	observed(t, "7.2", "nothing but the expiry of a credential can be changed",
		func(t *testing.T, x *tenant) {
			path := credentialsPath + "/" + field(
				t, x.must("POST", credentialsPath, keyBody(t, publicPEM(t), "")).body, "id",
			)
			wantInvalid(
				t, x.api("PATCH", path, `{"name":"new","alg":"PS256"}`),
				"Additional properties not allowed: alg,name",
			)
			wantJSON(t, x.api("GET", path, ""), 200, shownKey(t, ""))
		})
	observed(t, "7.2", "deleting a credential answers 204, and it is gone",
		func(t *testing.T, x *tenant) {
			path := credentialsPath + "/" + field(
				t, x.must("POST", credentialsPath, keyBody(t, publicPEM(t), "")).body, "id",
			)
			want(t, x.api("DELETE", path, ""), 204, "")
			wantProblem(t, x.api("GET", path, ""), 404, "Credential does not exist")
			wantJSON(t, x.api("GET", credentialsPath, ""), 200, `[]`)
		})
}

// attachKey makes a credential of strangerKey and lets the client use nothing else.
func attachKey(t *testing.T, x *tenant, clientID string) (credential string, got answer) {
	t.Helper()
	credential = field(
		t, x.must("POST", "/clients/"+clientID+"/credentials", keyBody(t, publicPEM(t), "")).body,
		"id",
	)
	return credential, x.must("PATCH", "/clients/"+clientID,
		`{"client_authentication_methods":{"private_key_jwt":{"credentials":[{"id":"`+credential+
			`"}]}},"token_endpoint_auth_method":null}`)
}

const detachBody = `{"client_authentication_methods":null,"token_endpoint_auth_method":"client_secret_post"}`

func TestContract7Attaching(t *testing.T) {
	t.Parallel()
	const post = `,"token_endpoint_auth_method":"client_secret_post"`
	observed(t, "7.3", "a client with a credential attached names it and shows no secret any more",
		func(t *testing.T, x *tenant) {
			id, _ := x.makeClient(post)
			_, got := attachKey(t, x, id)
			shown := shownClient(t, id, "", longLifetimes+
				`,"client_authentication_methods":{"private_key_jwt":{"credentials":[{"id":"CRED_ID"}]}}`)
			wantClient(t, got, 200, shown)
			wantClient(t, x.api("GET", "/clients/"+id, ""), 200, shown)
		})
	observed(t, "7.3", "a client that goes back to its secret shows it again",
		func(t *testing.T, x *tenant) {
			id, secret := x.makeClient(post)
			attachKey(t, x, id)
			wantClient(t, x.api("PATCH", "/clients/"+id, detachBody), 200, shownClient(
				t, id, secret, post+longLifetimes,
			))
		})
	documented(t, "7.3", "a client authenticates with the credential that is attached to it",
		func(t *testing.T, x *tenant) {
			x.sampleGrant("")
			attachKey(t, x, testserver.MachineClientID)
			signed := signAssertion(t, x, jwt.SigningMethodRS256, strangerThumbprint(t), nil)
			wantJSON(
				t, x.askToken(assertionParams+signed), 200,
				`{"access_token":"TOKEN","expires_in":86400,"token_type":"Bearer"}`,
			)
		})
	documented(t, "7.3", "a credential that is not attached authenticates nobody",
		func(t *testing.T, x *tenant) {
			x.sampleGrant("")
			x.must("POST", credentialsPath, keyBody(t, publicPEM(t), ""))
			signed := signAssertion(t, x, jwt.SigningMethodRS256, strangerThumbprint(t), nil)
			wantTokenError(t, x.askToken(assertionParams+signed), 401, "invalid_client")
			tokenIn(t, x.askToken(sampleAudience))
		})
	documented(t, "7.3", "a client can be created with its credentials inline",
		func(t *testing.T, x *tenant) {
			got := x.api(
				"POST", "/clients",
				`{"name":"Orders","client_authentication_methods":{"private_key_jwt":{"credentials":[`+inlineKey(t)+`]}}}`,
			)
			id := field(t, got.body, "client_id")
			wantJSON(t, x.api(
				"GET", "/clients/"+id+"?fields=client_secret,client_authentication_methods", "",
			), 200,
				`{"client_authentication_methods":{"private_key_jwt":{"credentials":[{"id":"CRED_ID"}]}}}`)
			wantJSON(
				t, x.api("GET", "/clients/"+id+"/credentials", ""), 200, `[`+shownKey(t, "")+`]`,
			)
			if got.status != 201 || has(t, got.body, "client_secret") {
				t.Errorf("got %d %s", got.status, got.body)
			}
		})
}
