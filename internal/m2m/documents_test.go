// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/verify"
)

// keyedToken is a token whose key must be looked up before its signature is checked.
var keyedToken = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"key-1"}`)) +
	".e30.AAAA"

const discoveryJSON = `{"issuer":"https://tenant.example/",
 "jwks_uri":"https://tenant.example/jwks.json"}`

func verifyKeyed(t *testing.T, c *Client) error {
	t.Helper()
	_, err := c.Tokens.Verify(
		t.Context(), keyedToken, verify.Expected{Audience: "urn:orders", ClientID: "m2m"},
	)
	return err
}

func TestDocuments_areReadWithoutCredentials(t *testing.T) {
	t.Parallel()
	var sent []string
	c := over(t, func(req *http.Request) (*http.Response, error) {
		sent = append(sent, req.URL.Path+" "+req.Header.Get("Authorization"))
		return answer(req, reply(200, discoveryJSON))
	})
	err := verifyKeyed(t, c)
	if refused, ok := errors.AsType[*verify.Error](err); !ok ||
		!strings.Contains(refused.Reason, `"key-1" is not in the key set`) {
		t.Error(err)
	}
	if want := []string{"/.well-known/openid-configuration ", "/jwks.json "}; !slices.Equal(
		sent, want,
	) {
		t.Errorf("%q", sent)
	}
}

// A document that is too large is not read to its end, and not requested again: a second answer
// would be as large.
func TestDocuments_sizeIsLimited(t *testing.T) {
	t.Parallel()
	for endlessAt, reason := range map[string]string{
		"openid-configuration": "the discovery document of the tenant is larger than 1 MiB",
		"jwks.json":            "the key set of the tenant is larger than 1 MiB",
	} {
		body := &counted{}
		served := 0
		c := over(t, func(req *http.Request) (*http.Response, error) {
			if strings.HasSuffix(req.URL.Path, endlessAt) {
				served++
				connected(req)
				return &http.Response{
					StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(body),
					Request: req,
				}, nil
			}
			return answer(req, reply(200, discoveryJSON))
		})
		err := verifyKeyed(t, c)
		if refused, ok := errors.AsType[*verify.Error](err); !ok || refused.Reason != reason ||
			served != 1 || body.read > maxDocument+1 {
			t.Errorf("%s: %v after %d requests and %d bytes", endlessAt, err, served, body.read)
		}
	}
}

// counted is an endless answer that counts how much of it was read.
type counted struct{ read int }

func (c *counted) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	c.read += len(p)
	return len(p), nil
}

// A page of another server says nothing about the token.
func TestDocuments_pageIsNotTheTokensFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // It is asked for again, after a pause.
		err := verifyKeyed(t, over(t, func(req *http.Request) (*http.Response, error) {
			return answer(req, html(200))
		}))
		var page *rest.Error
		if _, refused := errors.AsType[*verify.Error](err); refused ||
			!errors.As(err, &page) || !page.NotJSON {
			t.Error(err)
		}
	})
}
