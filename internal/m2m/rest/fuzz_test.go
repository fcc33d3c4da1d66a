// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/m2mtest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/redact"
)

// FuzzError decodes refusals, and removes from them what a terminal must not show.
func FuzzError(f *testing.F) {
	for _, seed := range []string{
		`{"statusCode":400,"error":"Bad Request","message":"no","errorCode":"invalid_body"}`,
		`{"error":"access_denied","error_description":"Unauthorized"}`, `{}`, `<html>`, ``, `{"error`,
		`{"error":{"code":7}}`, `{"message":"a\u001b[31m\nb"}`, `{"message":"s3cr3t-value"}`, `[]`,
	} {
		f.Add(403, "application/json", seed)
		f.Add(502, "text/html; charset=utf-8", seed)
	}
	f.Fuzz(func(t *testing.T, status int, contentType, body string) {
		secrets := &redact.Secrets{}
		secrets.Add("s3cr3t-value")
		resp := m2mtest.ToListing(status, contentType, body)
		refused, ok := errors.AsType[*Error](readRefusal(&resp))
		if !ok || refused.NotJSON != (refused.Body != "") {
			t.Fatalf("%+v", refused)
		}
		refused.redact(secrets)
		for _, text := range []string{refused.Message, refused.Code} {
			if len(text) > 2000+len(" …") || strings.ContainsAny(text, "\x1b\r\n") ||
				strings.Contains(text, "s3cr3t-value") || !utf8.ValidString(text) {
				t.Fatalf("%q", text)
			}
		}
		if !refused.NotJSON && !json.Valid([]byte(body)) {
			t.Fatalf("%+v", refused)
		}
	})
}

// FuzzHeaders reads the headers that say how long to wait and how fast to send.
func FuzzHeaders(f *testing.F) {
	f.Add(429, 0, "1", "2", "50", "49", "application/json", "/x")
	f.Add(503, 3, "Wed, 04 Mar 2026 12:00:10 GMT", "1772625605", "-1", "NaN", ";", "//h/?q")
	f.Add(429, 99, "-5", "99999999999999999999", "1e9", "", "text/html; a=b", "")
	f.Add(401, -1, "9223372036854775807", "-9223372036854775808", "0", "0", "a/b/c", ":")
	f.Fuzz(func(t *testing.T, status, number int, after, reset, limit, left, kind, to string) {
		resp := m2mtest.ToListing(status, kind, "")
		for name, value := range map[string]string{
			"Retry-After": after, "X-Ratelimit-Reset": reset, "X-Ratelimit-Limit": limit,
			"X-Ratelimit-Remaining": left, "Location": to,
		} {
			resp.Header.Set(name, value)
		}
		if wait := retryWait(number, &resp, m2mtest.Noon); wait < 0 || wait > maxWait ||
			jittered(wait) > maxWait+maxWait/4 {
			t.Fatal(wait)
		}
		size, remaining, ok := limitIn(&resp)
		if ok && (math.IsNaN(size+remaining) || math.IsInf(size+remaining, 0) || size < 1) {
			t.Fatal(size, remaining)
		}
		e := newError(&resp)
		if strings.Contains(e.Location, "?") {
			t.Fatal(e.Location)
		}
	})
}
