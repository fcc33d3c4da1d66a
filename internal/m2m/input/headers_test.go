// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package input

import (
	"fmt"
	"strings"
	"testing"
)

func TestCheckHeader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, value, want string }{
		{"CF-Access-Client-Id", "id.access", ""},
		{"cookie", "a=b; c=\"d\"\te", ""},
		{"Proxy-Authorization", "Bearer x", ""},
		{"", "secret", "the name of a header is empty"},
		{
			"X Y", "secret",
			`the header name that begins with "X Y" is invalid; use only letters, digits and dashes`,
		},
		{"X-Y: secret", "secret", `the header name that begins with "X-Y" is invalid`},
		{"X-Ü", "secret", `the header name that begins with "X-Ü" is invalid`},
		{"X\nY", "secret", `the header name that begins with "X\nY" is invalid`},
		{
			"authorization", "secret",
			"the header Authorization is already set for each request and cannot be replaced",
		},
		{"Content-Type", "secret", "the header Content-Type is already set"},
		{"content-length", "secret", "the header Content-Length is already set"},
		{"HOST", "secret", "the header Host is already set"},
		{"user-agent", "secret", "the header User-Agent is already set"},
		{"Transfer-Encoding", "secret", "the header Transfer-Encoding is already set"},
		{"X-Y", "", "the value of the header X-Y is empty"},
		{"X-Y", "secret\r\nX-Z: 1", "the value of the header X-Y contains a line break"},
		{"X-Y", "secret\n", "the value of the header X-Y contains a line break"},
		{"X-Y", " secret", "the value of the header X-Y starts or ends with white space"},
		{
			"X-Y", "sec\x00ret",
			"the value of the header X-Y contains a character that is not printable ASCII",
		},
		{
			"X-Y", "sécret",
			"the value of the header X-Y contains a character that is not printable ASCII",
		},
	} {
		err := CheckHeader(c.name, c.value)
		if got := fmt.Sprint(err); (err == nil) != (c.want == "") ||
			c.want != "" && !strings.Contains(got, c.want) || strings.Contains(got, "cret") {
			t.Errorf("%q: %s, want %s", c.name, got, c.want)
		}
	}
}
