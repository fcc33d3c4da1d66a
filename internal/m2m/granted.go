// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"encoding/json"
	"strings"
)

// GrantedScopes returns the management scopes of the token that requests are sent with. It returns
// false if there is no token, or if the token does not list its scopes.
func (c *Client) GrantedScopes(ctx context.Context) ([]string, bool) {
	token, err := c.login.token(ctx)
	if err != nil {
		return nil, false
	}
	_, claims, err := DecodeJWT(token)
	if err != nil {
		return nil, false
	}
	var listed struct {
		Scope *string `json:"scope"`
	}
	if json.Unmarshal(claims, &listed) != nil || listed.Scope == nil {
		return nil, false
	}
	return strings.Fields(*listed.Scope), true
}
