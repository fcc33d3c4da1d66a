// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// tokenFileWith returns a token file and a client that uses it.
func tokenFileWith(t *testing.T, s *tenant, content string) (path string, c *Client) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "token")
	write(t, path, content)
	return path, client(t, s, func(cfg *Config) { cfg.APIToken, cfg.APITokenFile = "", path })
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// bearers returns the tokens of the requests, in order.
func bearers(s *tenant) []string {
	var tokens []string
	for _, a := range s.Arrived() {
		tokens = append(tokens, strings.TrimPrefix(a.Header.Get("Authorization"), "Bearer "))
	}
	return tokens
}

func TestTokenFile_isReadAgainWhenItChanges(t *testing.T) {
	t.Parallel()
	s := serve(t, reply(200, ordersJSON))
	path, c := tokenFileWith(t, s, "first-token\n")
	// Two have the same size.
	for _, content := range []string{"first-token\n", "secnd-token", "\r\n third \r\n"} {
		write(t, path, content)
		if err := getOrders(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if got := bearers(s); !slices.Equal(got, []string{"first-token", "secnd-token", "third"}) {
		t.Errorf("%q", got)
	}
}

func TestTokenFile_isReadAgainAfterA401(t *testing.T) {
	t.Parallel()
	var path string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer first-token" {
			write(t, path, "second-token\n")
			reply(401, expired)(w, r)
			return
		}
		reply(201, ordersJSON)(w, r)
	})
	path, c := tokenFileWith(t, s, "first-token\n")
	if _, err := c.ResourceServers.Create(t.Context(), newOrders()); err != nil {
		t.Fatal(err)
	}
	if got := bearers(s); !slices.Equal(got, []string{"first-token", "second-token"}) {
		t.Errorf("%q", got)
	}
}

func TestTokenFile_401ForTheSameTokenIsNotRetried(t *testing.T) {
	t.Parallel()
	s := serve(t, reply(401, expired))
	path, c := tokenFileWith(t, s, "first-token")
	var (
		answer *rest.Error
		login  *rest.LoginError
	)
	if err := getOrders(t.Context(), c); !errors.As(err, &answer) || errors.As(err, &login) ||
		len(s.Arrived()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.Arrived()))
	}
	// A refused token is not used again when the file is missing.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	var file *TokenFileError
	if err := getOrders(t.Context(), c); !errors.As(err, &file) || len(s.Arrived()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.Arrived()))
	}
}

// A program that empties the file before it writes must not fail a run.
func TestTokenFile_lastTokenIsUsedDuringAWrite(t *testing.T) {
	t.Parallel()
	s := serve(t, reply(200, ordersJSON))
	path, c := tokenFileWith(t, s, "first-token")
	for _, content := range []string{"first-token", "", "second-token"} {
		write(t, path, content)
		if err := getOrders(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if got := bearers(s); !slices.Equal(got, []string{
		"first-token", "first-token", "second-token",
	}) {
		t.Errorf("%q", got)
	}
}

func TestTokenFile_unusableFileSendsNothing(t *testing.T) {
	t.Parallel()
	const wrong = " contains something other than a token, which is one word of ASCII characters"
	holding := func(content string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(content), 0o600) }
	}
	for name, c := range map[string]struct {
		prepare func(path string) error
		want    string
	}{
		"missing": {os.Remove, ": no such file or directory"},
		"directory": {
			func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
			" is not a regular file",
		},
		"empty":     {holding(""), " is empty"},
		"blank":     {holding(" \n"), " is empty"},
		"too large": {holding(strings.Repeat("a", maxTokenFile+1)), " is larger than any token"},
		"two lines": {holding("secret-one\nsecret-two\n"), wrong},
		"UTF-16":    {holding("\xff\xfes\x00e\x00c\x00"), wrong},
		"byte mark": {holding("\xef\xbb\xbfsecret"), " begins with a byte order mark, " +
			"an invisible character that some editors add; save the file as UTF-8 without it"},
	} {
		s := script(t)
		path, api := tokenFileWith(t, s, "secret")
		if err := c.prepare(path); err != nil {
			t.Fatal(err)
		}
		err := getOrders(t.Context(), api)
		var (
			file  *TokenFileError
			login *rest.LoginError
		)
		if !errors.As(err, &file) || !errors.As(err, &login) ||
			!strings.HasSuffix(file.Error(), path+c.want) ||
			strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestTokenFile_isReadOnlyForRequests(t *testing.T) {
	t.Parallel()
	s := serve(t, reply(200, ordersJSON))
	path, c := tokenFileWith(t, s, "first-token")
	write(t, path, "second-token")
	if err := getOrders(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got := bearers(s); !slices.Equal(got, []string{"second-token"}) {
		t.Errorf("%q", got)
	}
}

func TestTokenFile_everyTokenIsRedacted(t *testing.T) {
	t.Parallel()
	s := serve(t, reply(
		400, `{"statusCode":400,"error":"Bad Request","message":"got opaque-first, opaque-second"}`,
	))
	path, c := tokenFileWith(t, s, "opaque-first")
	_ = getOrders(t.Context(), c)
	write(t, path, "opaque-second")
	var answer *rest.Error
	if err := getOrders(t.Context(), c); !errors.As(err, &answer) ||
		answer.Message != "got [redacted], [redacted]" {
		t.Error(err)
	}
}
