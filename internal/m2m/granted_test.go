// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"encoding/base64"
	"errors"
	"slices"
	"testing"
)

func TestGranted_readsTheToken(t *testing.T) {
	t.Parallel()
	jwt := func(claims string) string {
		part := base64.RawURLEncoding.EncodeToString
		return part([]byte("{}")) + "." + part([]byte(claims)) + "." + part([]byte("signature"))
	}
	for token, want := range map[string]struct {
		client string
		scopes []string
		err    string
	}{
		"opaque": {err: "the token is opaque: a JSON Web Token has three parts separated by dots, " +
			"but this token has 1"},
		jwt(`{"scope":7}`): {err: "the claims azp, client_id and scope of the token are not all text"},
		jwt(`{}`):          {},
		jwt(`{"azp":"a","client_id":"b","scope":""}`): {client: "a", scopes: []string{}},
		jwt(`{"client_id":"b","scope":"read:a create:a"}`): {
			client: "b", scopes: []string{"read:a", "create:a"},
		},
	} {
		c := clientOf(t, "https://tenant.example.com", func(cfg *Config) { cfg.APIToken = token })
		got, err := c.Granted(t.Context())
		said := ""
		if unreadable, ok := errors.AsType[*UnreadableTokenError](err); ok {
			said = unreadable.Error()
		}
		if got.ClientID != want.client || !slices.Equal(got.Scopes, want.scopes) ||
			(got.Scopes == nil) != (want.scopes == nil) || said != want.err {
			t.Errorf("%s: %+v, %v, want %+v", token, got, err, want)
		}
	}
}
