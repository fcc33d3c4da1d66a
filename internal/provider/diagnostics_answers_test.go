// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
)

const (
	apiPath   = "/api/v2/resource-servers/68f0a1b2c3d4e5f60718293a"
	apisPath  = "/api/v2/resource-servers"
	tokenPath = "/oauth/token"
)

// onRefresh refreshes an API and gets an reply.
func onRefresh(gives reply, changes ...string) func(*scene) {
	return func(s *scene) {
		s.on("GET "+apiPath, gives)
		s.run(append([]string{"M2M_READ_BATCHING", "false"}, changes...)...)
		s.needsTenant()
	}
}

// onCreate creates an API and gets an reply.
func onCreate(gives reply) func(*scene) {
	return func(s *scene) {
		s.on("POST "+apisPath, gives)
		s.run()
		s.applies(apiType, nil, unknownAPI())
	}
}

// onUpdate updates an API and gets an reply.
func onUpdate(gives reply) func(*scene) {
	return func(s *scene) {
		s.on("PATCH "+apiPath, gives)
		s.run()
		s.applies(apiType, apiWith().with("name", "A"), apiWith().with("name", "B"))
	}
}

// onLogin refreshes an API, and the login gets an reply.
func onLogin(gives reply, changes ...string) func(*scene) {
	return func(s *scene) {
		s.on("POST "+tokenPath, gives)
		s.run(changes...)
		s.needsTenant()
	}
}

// unknownAPI is the plan of a new API.
func unknownAPI() values {
	return values{"identifier": acctest.OrdersAPI, "id": unknownText, "name": unknownText}
}

var (
	errRefused error = &net.OpError{
		Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED),
	}
	errUnknownHost error = &net.DNSError{Err: "no such host", Name: "acme.eu.auth0.com", IsNotFound: true}
)

// viaProxy is an error of a proxy.
func viaProxy(err rest.ProxyError) reply {
	err.Variable = "HTTPS_PROXY"
	if err.Proxy == "" {
		err.Proxy = "http://proxy.example.com:3128"
	}
	return fails(&err)
}

// certificate is an error of a certificate.
func certificate(err error) reply { return fails(&tls.CertificateVerificationError{Err: err}) }

type timeout struct{ error }

func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

var ownKey = []string{
	"AUTH0_CLIENT_SECRET", "", "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY", testkeys.PrivatePEM(),
}

var answerScenes = map[string]func(*scene){
	// Of the Management API.
	"expired token": onRefresh(refuses(401, "", "Expired token received for JSON Web Token validation")),
	"refused token": onRefresh(refuses(401, "", "Bad audience")),
	"expired token from the environment": onRefresh(
		refuses(401, "", "Expired token received"), "AUTH0_API_TOKEN", "eyJhbGciOi",
		"AUTH0_CLIENT_SECRET", "",
	),
	"refused token from the environment": onRefresh(
		refuses(401, "", "Invalid token"), "AUTH0_API_TOKEN", "eyJhbGciOi", "AUTH0_CLIENT_SECRET", "",
	),
	"refused token twice": func(s *scene) {
		onRefresh(refuses(401, "", "Bad audience"))(s)
		s.needsTenant()
	},
	"missing scope": onRefresh(refuses(
		403, "insufficient_scope", "Insufficient scope, expected any of: read:resource_servers",
	)),
	"missing scopes of a query": func(s *scene) {
		s.on("GET "+apisPath, refuses(
			403, "insufficient_scope", "Insufficient scope, expected any of: read:resource_servers",
		))
		s.on("GET /api/v2/organizations", refuses(
			403, "insufficient_scope", "Insufficient scope, expected any of: read:organizations",
		))
		s.run()
		s.lists(scopeType, values{})
		s.lists(associationType, values{})
	},
	"missing scope of a token": onRefresh(refuses(
		403, "insufficient_scope", "Insufficient scope, expected any of: read:resource_servers",
	), "AUTH0_API_TOKEN", "eyJhbGciOi", "AUTH0_CLIENT_SECRET", ""),
	"feature": onCreate(refuses(
		403, "feature_not_enabled", "Please upgrade your subscription to use consent_policy.",
	)),
	"other refusal": onCreate(refuses(403, "operation_not_supported", "Not here.")),
	"no bearer":     onRefresh(refuses(400, "Bearer", "Missing authentication")),
	"bad request": onCreate(refuses(
		400, "invalid_body", "Payload validation error: 'x' on property name.",
	)),
	"gone before the update": onUpdate(refuses(
		404, "inexistent_resource_server", "The resource server does not exist",
	)),
	"no such object": func(s *scene) {
		s.run()
		s.applies(associationType, nil, values{
			"organization_id": "org_Ab12Cd34Ef56Gh78", "grant_id": "cgr_Ab12Cd34Ef56Gh78",
			"id": unknownText,
		})
		s.applies(grantType, nil, grantOf(acctest.OrdersAPI).with("id", unknownText))
	},
	"limit of associations": func(s *scene) {
		s.on("POST /api/v2/organizations/org_Ab12Cd34Ef56Gh78/client-grants", refuses(
			409, "", "Quota exceeded; cannot add more than 100",
		))
		s.run()
		s.applies(associationType, nil, values{
			"organization_id": "org_Ab12Cd34Ef56Gh78", "grant_id": "cgr_Ab12Cd34Ef56Gh78",
			"id": unknownText,
		})
	},
	"rate limit":        onRefresh(refuses(429, "too_many_requests", "Global limit has been reached")),
	"failing":           onRefresh(refuses(503, "", "Service Unavailable")),
	"failing update":    onUpdate(refuses(500, "", "Internal error")),
	"unsupported":       onRefresh(refuses(501, "", "Not implemented")),
	"page":              onRefresh(gives(200, "text/html", "<html>Welcome</html>")),
	"page of a failure": onRefresh(gives(502, "text/html", "<html>Bad gateway</html>")),
	"page of a limit":   onRefresh(gives(429, "text/html", "<html>Slow down</html>")),
	"redirect": onRefresh(gives(
		302, "text/html", "", "Location", "https://login.example.com/",
	)),
	"other object":            onRefresh(gives(200, "application/json", `{"id":"other","identifier":"urn:b"}`)),
	"empty reply to a create": onCreate(gives(201, "text/html", "<html></html>")),
	"reset during a create":   onCreate(loses(errors.New("connection reset by peer"))),
	"reset and no lookup": func(s *scene) {
		s.on("GET "+apisPath, refuses(403, "insufficient_scope", "Insufficient scope"))
		onCreate(loses(io.ErrUnexpectedEOF))(s)
	},
	"conflict": func(s *scene) {
		s.tenant.Create(apisPath, acctest.Adoptable)
		s.run()
		s.applies(apiType, nil, unknownAPI())
		s.tenant.Create("/api/v2/client-grants", `{"client_id":"`+machineClient+
			`","audience":"`+acctest.OrdersAPI+`","scope":[]}`)
		s.applies(grantType, nil, grantOf(acctest.OrdersAPI).with("id", unknownText))
	},
	"conflict with an association": func(s *scene) {
		of := s.association()
		s.run()
		s.applies(associationType, nil, of.with("id", unknownText))
	},
	"conflict without a lookup": func(s *scene) {
		s.on("GET "+apisPath, gives(200, "application/json", "[]"))
		onCreate(refuses(409, "", "A resource server with the same identifier already exists."))(s)
	},
	// Of the token endpoint.
	"wrong secret": func(s *scene) {
		s.run("AUTH0_CLIENT_SECRET", "wrong")
		s.needsTenant()
		s.needsTenant()
	},
	"wrong key": onLogin(refusesToken(401, "invalid_client", "No matching key"), ownKey...),
	"no Management API": onLogin(refusesToken(
		403, "access_denied", "Service not enabled within domain: https://x/api/v2/",
	)),
	"no grant type": onLogin(refusesToken(
		403, "unauthorized_client", "Grant type 'client_credentials' not allowed for the client.",
	)),
	"not authorized": onLogin(refusesToken(
		403, "access_denied", `You need to create a "client-grant" associated to this API.`,
	)),
	"quota":                   onLogin(refusesToken(429, "too_many_requests", "Client quota exceeded")),
	"action":                  onLogin(refusesToken(400, "invalid_request", "Not on Sundays")),
	"failing login":           onLogin(refusesToken(503, "", "Service Unavailable")),
	"page instead of a token": onLogin(gives(200, "text/html", "<html></html>")),
	"refused token file": func(s *scene) {
		s.on("GET "+apiPath, refuses(401, "", "Invalid signature"))
		s.run("AUTH0_API_TOKEN_FILE", s.file("token", "eyJhbGciOi"), "AUTH0_CLIENT_SECRET", "",
			"M2M_READ_BATCHING", "false")
		s.needsTenant()
	},
	"token file": onRefresh(refuses(401, "", "x"), "AUTH0_API_TOKEN_FILE", "/nowhere/token",
		"AUTH0_CLIENT_SECRET", ""),
	// Of the network.
	"unknown host":             onRefresh(fails(errUnknownHost)),
	"login to an unknown host": onLogin(fails(errUnknownHost)),
	"refused connection": func(s *scene) {
		onRefresh(fails(errRefused))(s)
		s.needsTenant()
	},
	"unknown authority": onRefresh(certificate(x509.UnknownAuthorityError{})),
	"expired certificate": onRefresh(certificate(x509.CertificateInvalidError{
		Reason: x509.Expired,
	})),
	"other host": onRefresh(certificate(x509.HostnameError{
		Certificate: &x509.Certificate{DNSNames: []string{"example.com"}}, Host: sceneDomain,
	})),
	"plain http": onRefresh(fails(http.ErrSchemeMismatch)),
	"timeout":    onRefresh(fails(timeout{errors.New("i/o timeout")})),
	"cancelled":  onRefresh(fails(context.Canceled)),
	"imported grant": func(s *scene) {
		s.on("GET /api/v2/client-grants/cgr_Planned000000001", refuses(403, "", "No."))
		s.run("M2M_READ_BATCHING", "false")
		s.reads(grantType, values{"id": "cgr_Planned000000001"}, nil)
	},
	"reset": onRefresh(fails(errors.New("connection reset by peer"))),
	"no turn": func(s *scene) {
		onRefresh(gives(429, "application/json", `{"message":"Global limit has been reached"}`,
			"X-Ratelimit-Limit", "10", "X-Ratelimit-Remaining", "0"))(s)
		for range 5 {
			s.needsTenant()
		}
	},
	"proxy address": onRefresh(viaProxy(rest.ProxyError{Proxy: "ftp://proxy.example.com", Err: rest.ErrProxyAddress})),
	"no proxy address": onRefresh(func(*http.Request) (*http.Response, error) {
		return nil, &rest.ProxyError{Variable: "HTTPS_PROXY", Err: rest.ErrProxyAddress}
	}),
	"proxy without a login":   onRefresh(viaProxy(rest.ProxyError{Status: 407, Err: errors.New("407 Proxy Authentication Required")})),
	"proxy refuses the login": onRefresh(viaProxy(rest.ProxyError{Status: 407, HasLogin: true, Err: errors.New("407 Proxy Authentication Required")})),
	"proxy forbids": func(s *scene) {
		onRefresh(viaProxy(rest.ProxyError{Status: 403, Err: errors.New("403 Forbidden")}))(s)
		s.needsTenant()
	},
	"proxy fails":   onRefresh(viaProxy(rest.ProxyError{Status: 502, Err: errors.New("502 Bad Gateway")})),
	"unknown proxy": onRefresh(viaProxy(rest.ProxyError{Err: &net.DNSError{Err: "no such host", Name: "proxy.example.com", IsNotFound: true}})),
	"closed proxy":  onRefresh(viaProxy(rest.ProxyError{Err: errRefused})),
	"other proxy":   onRefresh(viaProxy(rest.ProxyError{Err: errors.New("EOF")})),
}
