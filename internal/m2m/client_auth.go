// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// clientAuth authenticates an OAuth client at the token endpoint.
type clientAuth struct {
	Credentials
	form     url.Values // The token request, without credentials.
	audience string     // The audience of assertions.
	now      func() time.Time
	secrets  *redactor
	sentAt   time.Time // When the last attempt was sent.
}

// authenticate writes the body of an attempt. Each attempt needs its own, because an
// assertion is accepted only once.
func (a *clientAuth) authenticate(req *http.Request) error {
	a.sentAt = a.now()
	form := maps.Clone(a.form)
	switch {
	case a.ClientID == "":
		return errors.New("there is no client id to ask with")
	case a.PrivateKey != "" && a.AuthMethod != "":
		return fmt.Errorf("%q sends a secret, but the client authenticates with a private key", a.AuthMethod)
	case a.AuthMethod != "" && !slices.Contains(SecretAuthMethods(), a.AuthMethod):
		return fmt.Errorf("%q is not one of %s", a.AuthMethod, strings.Join(SecretAuthMethods(), ", "))
	case a.PrivateKey != "":
		assertion, err := signAssertion(a.Credentials, a.audience, a.sentAt)
		if err != nil {
			return err
		}
		form.Set("client_id", a.ClientID)
		form.Set("client_assertion_type", assertionType)
		form.Set("client_assertion", assertion)
	case a.AuthMethod == clientSecretBasic:
		// No client uses two methods at once (RFC 6749 2.3), so the form has no credentials.
		basic := a.basic()
		a.secrets.add(basic)
		req.Header.Set("Authorization", "Basic "+basic)
	default:
		form.Set("client_id", a.ClientID)
		form.Set("client_secret", a.ClientSecret)
	}
	setForm(req, form)
	return nil
}

// renew returns false: the same credentials would be refused again.
func (a *clientAuth) renew(*http.Request) bool { return false }

// basic encodes id and secret before they are joined, because either may hold a colon
// (RFC 6749 2.3.1).
func (a *clientAuth) basic() string {
	pair := url.QueryEscape(a.ClientID) + ":" + url.QueryEscape(a.ClientSecret)
	return base64.StdEncoding.EncodeToString([]byte(pair))
}

func setForm(req *http.Request, form url.Values) {
	body := form.Encode()
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
	req.Body, _ = req.GetBody()
	req.ContentLength = int64(len(body))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
}
