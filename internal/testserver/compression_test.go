// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

func TestCompression_followsAcceptEncoding(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for accepted, encoding := range map[string]string{
		"gzip": "gzip", "GZIP": "gzip", "deflate, gzip;q=0.5": "gzip", "*": "gzip",
		"br;q=1, *;q=0.1": "gzip",
		"identity":        "", "gzip;q=0": "", "gzip; q=0.000, *": "", "*;q=0": "", "br": "",
		"gzip;q=high": "", "gzip;level=9": "", ",;,=": "",
	} {
		got := x.Send("GET", "/.well-known/jwks.json", "", "Accept-Encoding: "+accepted)
		if found := got.Header.Get("Content-Encoding"); found != encoding || got.Status != 200 {
			t.Errorf("%q: encoding %q, status %d", accepted, found, got.Status)
		}
	}
}

func TestCompression_skipsFaultsAndSmallAnswers(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	x.Must("GET", "/client-grants", "")
	page := make([]byte, 4096)
	for i := range page {
		page[i] = 'x'
	}
	x.Next("GET /api/v2/client-grants", testserver.Respond(502, "text/plain", string(page)))
	proxy := x.Send("GET", "/api/v2/client-grants", "", "Accept-Encoding: gzip")
	proxy.Want(t, 502, string(page))
	small := x.Send("GET", "/api/v2/client-grants", "", "Accept-Encoding: gzip")
	small.WantHeader(t, "Content-Encoding", "")
	small.WantHeader(t, "Vary", "origin,accept-encoding")
}
