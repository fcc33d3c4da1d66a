// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package input

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// ownHeaders are the headers that the API client or net/http sets for each request. Any other value
// would break the request or be silently overwritten.
var ownHeaders = []string{
	"Accept", "Accept-Encoding", "Authorization", "Connection", "Content-Encoding",
	"Content-Length", "Content-Type", "Expect",
	"Host", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	"User-Agent",
}

// CheckHeader checks whether an extra header can be sent (RFC 9110 5.1, 5.5). Its errors reveal
// nothing about the value.
func CheckHeader(name, value string) error {
	switch {
	case name == "":
		return errors.New("the name of a header is empty")
	case strings.ContainsFunc(name, func(r rune) bool { return !isTokenChar(r) }):
		// The text after a colon was meant as the value.
		name, _, _ = strings.Cut(name, ":")
		return fmt.Errorf(
			"the header name that begins with %.64q is invalid; use only letters, digits and "+
				"dashes",
			name,
		)
	case slices.Contains(ownHeaders, http.CanonicalHeaderKey(name)):
		return fmt.Errorf(
			"the header %s is already set for each request and cannot be replaced",
			http.CanonicalHeaderKey(name),
		)
	case value == "":
		return fmt.Errorf("the value of the header %s is empty", name)
	case strings.ContainsAny(value, "\r\n"):
		return fmt.Errorf("the value of the header %s contains a line break", name)
	case strings.TrimSpace(value) != value:
		return fmt.Errorf("the value of the header %s starts or ends with white space", name)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r > '~' }):
		return fmt.Errorf(
			"the value of the header %s contains a character that is not printable ASCII", name,
		)
	}
	return nil
}

func isTokenChar(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
		strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}
