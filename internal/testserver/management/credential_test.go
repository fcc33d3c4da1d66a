// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

const machineCredentials = machinePath + "/credentials"

// keyed is the body of a credential with a PEM and further settings.
func keyed(t *testing.T, kind, content, settings string) string {
	t.Helper()
	quoted, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return `{"credential_type":"` + kind + `","pem":` + string(quoted) + settings + `}`
}

func attachTo(x *servertest.Tenant, path, method, id string) servertest.Answer {
	return x.API("PATCH", path,
		`{"token_endpoint_auth_method":null,"client_authentication_methods":{"`+method+
			`":{"credentials":[{"id":"`+id+`"}]}}}`)
}

func TestCredential_expiredKeyIsRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.SampleGrant("")
	expiry := x.Clock().Now().Add(time.Hour)
	made := x.Must("POST", machineCredentials, keyed(
		t, "public_key", servertest.PublicPEM(t),
		`,"kid":"the-key-00","expires_at":"`+expiry.Format(time.RFC3339)+`"`,
	))
	id := made.Field(t, "id")
	attachTo(x, machinePath, "private_key_jwt", id)
	ask := func(jti string) servertest.Answer {
		// The assertion does not name the key's id, so the server must find the key by the
		// signature.
		claims := jwt.MapClaims{
			"iss": testserver.MachineClientID, "sub": testserver.MachineClientID,
			"aud": x.URL() + "/",
			"exp": x.Clock().Now().Add(time.Minute).Unix(), "jti": jti,
		}
		assertion := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
		text, err := assertion.SignedString(servertest.StrangerKey())
		if err != nil {
			t.Fatal(err)
		}
		return x.AskToken(servertest.AssertionParams + text)
	}
	ask("before").Token(t)
	x.Clock().Advance(time.Hour)
	ask("after").Want(t, 401,
		`{"error":"invalid_client","error_description":"client_assertion has an invalid signature"}`)
	x.Must("PATCH", machineCredentials+"/"+id, `{"expires_at":null}`)
	ask("without").Token(t)
}

func TestCredential_clientWithoutKeysIsLockedOut(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.SampleGrant("")
	id := x.Must("POST", machineCredentials, keyed(t, "public_key", servertest.PublicPEM(t), "")).
		Field(t, "id")
	if got := attachTo(x, machinePath, "private_key_jwt", id); got.Status != 200 {
		t.Fatalf("attach: %d %s", got.Status, got.Body)
	}
	for range 2 { // The second deletion answers like the first.
		x.Must("DELETE", machineCredentials+"/"+id, "")
		x.API(
			"GET", machinePath+"?fields=client_secret,client_authentication_methods", "",
		).Want(t, 200, `{"client_authentication_methods":{"private_key_jwt":{"credentials":[]}}}`)
	}
	x.AskToken(servertest.SampleAudience).Want(t, 401,
		`{"error":"access_denied","error_description":"Unauthorized"}`)
	x.Must("PATCH", machinePath, `{"client_authentication_methods":null}`)
	x.AskToken(servertest.SampleAudience).Token(t)
}

func TestCredential_belongsToOneClientAndOneMethod(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const web = "/clients/" + testserver.WebClientID
	id := x.Must("POST", web+"/credentials", keyed(t, "public_key", servertest.PublicPEM(t), "")).
		Field(t, "id")
	unfit := func(method string) string {
		return refusedBody("`client_authentication_methods." + method +
			"` names no credential of the client that fits: " + id)
	}
	attachTo(x, machinePath, "private_key_jwt", id).Want(t, 400, unfit("private_key_jwt"))
	attachTo(x, web, "tls_client_auth", id).Want(t, 400, unfit("tls_client_auth"))
	for _, method := range []string{"GET", "PATCH"} {
		x.API(method, machineCredentials+"/"+id, `{}`).Want(t, 404,
			`{"statusCode":404,"error":"Not Found","message":"Credential does not exist"}`)
	}
	x.Must("DELETE", machineCredentials+"/"+id, "")
	if got := x.API("GET", web+"/credentials/"+id, ""); got.Status != 200 {
		t.Errorf("deleted through another client: %d %s", got.Status, got.Body)
	}
}

func TestCredential_invalidCredentialsAreRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(elliptical.Public())
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	const noKey = "`pem` is not an RSA public key or certificate"
	for name, test := range map[string]struct{ body, message string }{
		"private key": {
			keyed(
				t, "public_key",
				block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(servertest.StrangerKey())), "",
			),
			noKey,
		},
		"elliptic curve": {
			keyed(t, "public_key", block("PUBLIC KEY", der), ""), noKey,
		},
		"key labelled a certificate": {
			keyed(
				t, "public_key", strings.ReplaceAll(servertest.PublicPEM(t), "PUBLIC KEY", "CERTIFICATE"), "",
			),
			noKey,
		},
		"empty block": {
			keyed(t, "public_key", block("RSA PUBLIC KEY", nil), ""), noKey,
		},
		"key instead of certificate": {keyed(t, "x509_cert", servertest.PublicPEM(t), ""), noKey},
		"no PEM": {
			`{"credential_type":"x509_cert"}`,
			"`pem` is required for a credential of type x509_cert",
		},
		"subject and PEM": {
			keyed(t, "cert_subject_dn", servertest.CertificatePEM(t), `,"subject_dn":"CN=a"`),
			"`subject_dn` is for credentials of type cert_subject_dn without a `pem`",
		},
		"subject of a key": {
			`{"credential_type":"public_key","subject_dn":"CN=a"}`,
			"`subject_dn` is for credentials of type cert_subject_dn without a `pem`",
		},
		"five-digit year in UTC": {
			keyed(t, "public_key", servertest.PublicPEM(t), `,"expires_at":"9999-12-31T23:59:59-01:00"`),
			"Payload validation error: 'Object didn't pass validation for format date-time: " +
				"9999-12-31T23:59:59-01:00' " +
				"on property expires_at (Time of the credential's expiry, in ISO 8601).",
		},
		"invalid day": {
			keyed(t, "public_key", servertest.PublicPEM(t), `,"expires_at":"2030-02-30T00:00:00Z"`),
			"Payload validation error: 'Object didn't pass validation for format date-time: " +
				"2030-02-30T00:00:00Z' " +
				"on property expires_at (Time of the credential's expiry, in ISO 8601).",
		},
	} {
		t.Run(name, func(t *testing.T) {
			x.API("POST", machineCredentials, test.body).Want(t, 400, refusedBody(test.message))
			inline := `{"name":"a","client_authentication_methods":{"private_key_jwt":{"credentials":[` + test.body + `]}}}`
			if got := x.API("POST", "/clients", inline); got.Status != 400 {
				t.Errorf("inline: %d %s", got.Status, got.Body)
			}
		})
	}
	x.API("GET", machineCredentials, "").Want(t, 200, `[]`)
	x.API("GET", "/clients?per_page=0&include_totals=true", "").Want(t, 200,
		`{"clients":[],"limit":0,"start":0,"total":4}`)
}

func TestCredential_mutualTLSIsStoredButUnusable(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.SampleGrant("")
	for method, body := range map[string]string{
		"tls_client_auth":             `{"credential_type":"cert_subject_dn","subject_dn":"CN=a"}`,
		"self_signed_tls_client_auth": keyed(t, "x509_cert", servertest.CertificatePEM(t), ""),
	} {
		id := x.Must("POST", machineCredentials, body).Field(t, "id")
		if got := attachTo(x, machinePath, method, id); got.Status != 200 {
			t.Errorf("%s: %d %s", method, got.Status, got.Body)
		}
		x.AskToken(servertest.SampleAudience).Want(t, 401,
			`{"error":"access_denied","error_description":"Unauthorized"}`)
		x.AskToken(servertest.AssertionParams+x.Assertion(jwt.SigningMethodRS256, nil)).Want(t, 401,
			`{"error":"invalid_client","error_description":"client_assertion has an invalid signature"}`)
	}
}
