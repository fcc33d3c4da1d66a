// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

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
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
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
	return keyBody(t, servertest.PublicPEM(t), `,"alg":"RS256"`)
}

func strangerThumbprint(t *testing.T) string {
	t.Helper()
	sum, err := (&jose.JSONWebKey{Key: servertest.StrangerKey().Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(sum)
}

const credentialsPath = machinePath + "/credentials"

// shownKey is a credential with StrangerKey in an answer.
func shownKey(t *testing.T, settings string) string {
	t.Helper()
	shown := servertest.Properties(
		t,
		`{"id":"CRED_ID","credential_type":"public_key","alg":"RS256","kid":"`+
			strangerThumbprint(t)+`",`+
			`"created_at":"TIME","updated_at":"TIME"}`,
	)
	maps.Copy(shown, servertest.Properties(t, `{"id":"CRED_ID"`+settings+`}`))
	body, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// certificateOf is a certificate of StrangerKey that is valid until 2030.
func certificateOf(t *testing.T, subject pkix.Name) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: subject,
		NotAfter: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(
		nil, template, template, servertest.StrangerKey().Public(), servertest.StrangerKey(),
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
	observed(t, "7.1", "creating a credential answers 201 without the PEM, and omits name and "+
		"expires_at if they are not set",
		func(t *testing.T, x *tenant) {
			x.API("POST", credentialsPath, keyBody(t, servertest.PublicPEM(t), "")).WantJSON(t, 201,
				shownKey(t, ""))
		})
	observed(t, "7.1", "the name, kid, algorithm and expiry of a credential are returned as they "+
		"were sent",
		func(t *testing.T, x *tenant) {
			const settings = `,"name":"2026","kid":"key-of-2026","alg":"PS256","expires_at":"2030-01-02T03:04:05.000Z"`
			x.API("POST", credentialsPath, keyBody(t, servertest.PublicPEM(t), settings)).
				WantJSON(t, 201, shownKey(t, settings))
		})
	observed(t, "7.1", "the default kid of a credential is the RFC 7638 thumbprint of its key",
		func(t *testing.T, x *tenant) {
			got := x.Must("POST", credentialsPath, keyBody(t, servertest.PublicPEM(t), ""))
			if kid := got.Field(t, "kid"); kid != strangerThumbprint(t) {
				t.Errorf("kid %q, want %q", kid, strangerThumbprint(t))
			}
		})
	observed(t, "7.1", "timestamps of credentials have milliseconds and end in Z",
		func(t *testing.T, x *tenant) {
			before := x.Clock().Now().Truncate(time.Millisecond)
			got := x.Must("POST", credentialsPath, keyBody(
				t, servertest.PublicPEM(t), `,"expires_at":"2030-01-02T03:04:05Z"`,
			))
			got.WantJSON(t, 201, shownKey(t, `,"expires_at":"2030-01-02T03:04:05.000Z"`))
			for _, name := range []string{"created_at", "updated_at"} {
				at, err := time.Parse("2006-01-02T15:04:05.000Z", got.Field(t, name))
				if err != nil || at.Before(before) || at.After(x.Clock().Now()) {
					t.Errorf("%s %v: %v", name, at, err)
				}
			}
		})
	documented(t, "7.1",
		"the key of a credential is a certificate or a public key in SPKI or "+
			"PKCS#1",
		func(t *testing.T, x *tenant) {
			pkcs1 := pem.EncodeToMemory(&pem.Block{
				Type:  "RSA PUBLIC KEY",
				Bytes: x509.MarshalPKCS1PublicKey(&servertest.StrangerKey().PublicKey),
			})
			for _, content := range []string{servertest.PublicPEM(t), string(pkcs1), servertest.CertificatePEM(t)} {
				id, _ := x.MakeClient("")
				x.API("POST", "/clients/"+id+"/credentials", keyBody(t, content, "")).
					WantJSON(t, 201, shownKey(t, ""))
			}
			wantRefusal(t, x.API("POST", credentialsPath, keyBody(t, "no PEM", "")))
		})
	observed(t, "7.1", "a credential of type x509_cert has the thumbprint and the expiry of its "+
		"certificate",
		func(t *testing.T, x *tenant) {
			der := certificateOf(t, pkix.Name{CommonName: "orders"})
			sum := sha256.Sum256(der)
			shown := `{"id":"CRED_ID","credential_type":"x509_cert","thumbprint_sha256":"` +
				base64.RawURLEncoding.EncodeToString(sum[:]) +
				`","expires_at":"2030-01-02T03:04:05.000Z","created_at":"TIME","updated_at":"TIME"}`
			got := x.API("POST", credentialsPath, certificateBody(t, "x509_cert", der))
			got.WantJSON(t, 201, shown)
			path := credentialsPath + "/" + got.Field(t, "id")
			x.API("GET", path, "").WantJSON(t, 200, shown)
		})
	observed(t, "7.1", "if a credential is created from a PEM, its subject_dn has one KEY=value "+
		"per line",
		func(t *testing.T, x *tenant) {
			der := certificateOf(t, pkix.Name{
				Country: []string{"es"}, Province: []string{"Madrid"}, Locality: []string{"Madrid"},
				Organization: []string{"Acme, Inc."}, OrganizationalUnit: []string{"Sales"},
				CommonName: "orders.example.com",
			})
			x.API("POST", credentialsPath, certificateBody(t, "cert_subject_dn", der)).
				WantProperties(t, 201,
					`{"subject_dn":"C=es\nST=Madrid\nL=Madrid\nO=Acme, Inc.\nOU=Sales\nCN=orders.example.com"}`)
		})
	documented(t, "7.1", "with parse_expiry_from_cert, a credential expires with its certificate",
		func(t *testing.T, x *tenant) {
			der := certificateOf(t, pkix.Name{})
			certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
			x.API("POST", credentialsPath, keyBody(
				t, certificate, `,"parse_expiry_from_cert":true`,
			)).WantJSON(t, 201, shownKey(t, `,"expires_at":"2030-01-02T03:04:05.000Z"`))
			id, _ := x.MakeClient("")
			x.API("POST", "/clients/"+id+"/credentials", keyBody(t, certificate, "")).
				WantJSON(t, 201, shownKey(t, ""))
		})
	documented(t, "7.1", "the algorithm of a credential is RS256, RS384 or PS256",
		func(t *testing.T, x *tenant) {
			for _, alg := range []string{"RS256", "RS384", "PS256"} {
				id, _ := x.MakeClient("")
				x.API("POST", "/clients/"+id+"/credentials", keyBody(
					t, servertest.PublicPEM(t), `,"alg":"`+alg+`"`,
				)).WantJSON(t, 201, shownKey(t, `,"alg":"`+alg+`"`))
			}
			wantInvalid(
				t,
				x.API(
					"POST",
					credentialsPath,
					keyBody(t, servertest.PublicPEM(t), `,"alg":"RS512"`),
				),
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
				wantInvalid(t, x.API("POST", credentialsPath, `{`+settings+`}`), part)
			}
		})
	documented(t, "7.2", "keys of credentials have 2048 to 4096 bits",
		func(t *testing.T, x *tenant) {
			for bits, status := range map[uint]int{2047: 400, 2048: 201, 4096: 201, 4097: 400} {
				id, _ := x.MakeClient("")
				// Any odd number will do: nothing is signed or encrypted with this key.
				modulus := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), bits-1), big.NewInt(1))
				got := x.API("POST", "/clients/"+id+"/credentials", keyBody(
					t, servertest.PEMOf(t, &rsa.PublicKey{N: modulus, E: 65537}), "",
				))
				if got.Status != status {
					t.Errorf("%d bits: %d %s", bits, got.Status, got.Body)
				}
			}
		})
	documented(t, "7.2", "a client has at most two credentials", func(t *testing.T, x *tenant) {
		for i := range 2 {
			x.Must(
				"POST",
				credentialsPath,
				keyBody(t, servertest.PEMOf(t, &servertest.SigningKeys()[i].PublicKey), ""),
			)
		}
		wantRefusal(t, x.API("POST", credentialsPath, keyBody(t, servertest.PublicPEM(t), "")))
		if listed := items(t, x.API("GET", credentialsPath, "").Body); len(listed) != 2 {
			t.Errorf("%d credentials", len(listed))
		}
	})
}

func TestContract7Endpoints(t *testing.T) {
	t.Parallel()
	observed(t, "7.2", "the credentials of a client are listed as an array, which is empty if "+
		"there are none",
		func(t *testing.T, x *tenant) {
			x.API("GET", credentialsPath, "").WantJSON(t, 200, `[]`)
			x.Must("POST", credentialsPath, keyBody(t, servertest.PublicPEM(t), ""))
			x.API("GET", credentialsPath, "").WantJSON(t, 200, `[`+shownKey(t, "")+`]`)
		})
	observed(t, "7.2", "a credential is read by its id", func(t *testing.T, x *tenant) {
		id := x.Must("POST", credentialsPath, keyBody(t, servertest.PublicPEM(t), `,"name":"2026"`)).
			Field(t, "id")
		x.API("GET", credentialsPath+"/"+id, "").WantJSON(t, 200, shownKey(t, `,"name":"2026"`))
	})
	documented(t, "7.2", "a credential that does not exist is a 404",
		func(t *testing.T, x *tenant) {
			wantProblem(
				t, x.API("GET", credentialsPath+"/cred_0000000000000000000000", ""), 404,
				"Credential does not exist",
			)
		})
	observed(t, "7.2", "changing the expiry of a credential answers 200 with the whole credential",
		func(t *testing.T, x *tenant) {
			made := x.Must("POST", credentialsPath, keyBody(t, servertest.PublicPEM(t), ""))
			path := credentialsPath + "/" + made.Field(t, "id")
			const expiry = `"expires_at":"2031-01-02T03:04:05.000Z"`
			x.API("PATCH", path, `{`+expiry+`}`).WantJSON(t, 200, shownKey(t, `,`+expiry))
			x.API("GET", path, "").WantJSON(t, 200, shownKey(t, `,`+expiry))
		})
	observed(t, "7.2", "only the expiry of a credential can be changed",
		func(t *testing.T, x *tenant) {
			made := x.Must("POST", credentialsPath, keyBody(t, servertest.PublicPEM(t), ""))
			path := credentialsPath + "/" + made.Field(t, "id")
			wantInvalid(
				t, x.API("PATCH", path, `{"name":"new","alg":"PS256"}`),
				"Additional properties not allowed: alg,name",
			)
			x.API("GET", path, "").WantJSON(t, 200, shownKey(t, ""))
		})
	observed(t, "7.2", "deleting a credential answers 204 and removes it",
		func(t *testing.T, x *tenant) {
			made := x.Must("POST", credentialsPath, keyBody(t, servertest.PublicPEM(t), ""))
			path := credentialsPath + "/" + made.Field(t, "id")
			x.API("DELETE", path, "").Want(t, 204, "")
			wantProblem(t, x.API("GET", path, ""), 404, "Credential does not exist")
			x.API("GET", credentialsPath, "").WantJSON(t, 200, `[]`)
		})
}

// attachKey creates a credential with StrangerKey and lets the client authenticate with it only.
func attachKey(
	t *testing.T,
	x *tenant,
	clientID string,
) (credential string, got servertest.Answer) {
	t.Helper()
	made := x.Must(
		"POST", "/clients/"+clientID+"/credentials", keyBody(t, servertest.PublicPEM(t), ""),
	)
	credential = made.Field(t, "id")
	return credential, x.Must("PATCH", "/clients/"+clientID,
		`{"client_authentication_methods":{"private_key_jwt":{"credentials":[{"id":"`+credential+
			`"}]}},"token_endpoint_auth_method":null}`)
}

const detachBody = `{"client_authentication_methods":null,"token_endpoint_auth_method":"client_secret_post"}`

func TestContract7Attaching(t *testing.T) {
	t.Parallel()
	const post = `,"token_endpoint_auth_method":"client_secret_post"`
	observed(t, "7.3", "a client with an attached credential shows the credential's id but no "+
		"secret",
		func(t *testing.T, x *tenant) {
			id, _ := x.MakeClient(post)
			_, got := attachKey(t, x, id)
			shown := shownClient(t, id, "", longLifetimes+
				`,"client_authentication_methods":{"private_key_jwt":{"credentials":[{"id":"CRED_ID"}]}}`)
			wantClient(t, got, 200, shown)
			wantClient(t, x.API("GET", "/clients/"+id, ""), 200, shown)
		})
	observed(t, "7.3", "if a client returns to its secret, the secret is shown again",
		func(t *testing.T, x *tenant) {
			id, secret := x.MakeClient(post)
			attachKey(t, x, id)
			wantClient(t, x.API("PATCH", "/clients/"+id, detachBody), 200, shownClient(
				t, id, secret, post+longLifetimes,
			))
		})
	documented(t, "7.3", "a client can authenticate with a credential that is attached to it",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			attachKey(t, x, testserver.MachineClientID)
			signed := x.SignAssertion(jwt.SigningMethodRS256, strangerThumbprint(t), nil)
			x.AskToken(servertest.AssertionParams+signed).WantJSON(t, 200,
				`{"access_token":"TOKEN","expires_in":86400,"token_type":"Bearer"}`)
		})
	documented(t, "7.3", "a client cannot authenticate with a credential that is not attached to "+
		"it",
		func(t *testing.T, x *tenant) {
			x.SampleGrant("")
			x.Must("POST", credentialsPath, keyBody(t, servertest.PublicPEM(t), ""))
			signed := x.SignAssertion(jwt.SigningMethodRS256, strangerThumbprint(t), nil)
			wantTokenError(t, x.AskToken(servertest.AssertionParams+signed), 401, "invalid_client")
			x.AskToken(servertest.SampleAudience).Token(t)
		})
	documented(t, "7.3", "a client can be created with its credentials inline",
		func(t *testing.T, x *tenant) {
			got := x.API(
				"POST",
				"/clients",
				`{"name":"Orders","client_authentication_methods":{"private_key_jwt":{"credentials":[`+inlineKey(
					t,
				)+`]}}}`,
			)
			id := got.Field(t, "client_id")
			x.API(
				"GET", "/clients/"+id+"?fields=client_secret,client_authentication_methods", "",
			).WantJSON(t, 200,
				`{"client_authentication_methods":{"private_key_jwt":{"credentials":[{"id":"CRED_ID"}]}}}`)
			x.API("GET", "/clients/"+id+"/credentials", "").
				WantJSON(t, 200, `[`+shownKey(t, "")+`]`)
			if got.Status != 201 || has(t, got.Body, "client_secret") {
				t.Errorf("got %d %s", got.Status, got.Body)
			}
		})
}
