// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/verify"
)

// Granted is what the token says that requests are sent with.
type Granted struct {
	ClientID string   // Empty if the token does not name its client.
	Scopes   []string // The management scopes. Nil if the token lists none.
}

// UnreadableTokenError means that the token is not a readable JSON Web Token. Its text reveals
// nothing about the token.
type UnreadableTokenError struct{ err error }

func (e *UnreadableTokenError) Error() string { return e.err.Error() }

// Granted reads the token that requests are sent with, and logs in if there is none.
func (c *Client) Granted(ctx context.Context) (Granted, error) {
	token, err := c.login.token(ctx)
	if err != nil {
		return Granted{}, err
	}
	_, claims, err := verify.DecodeJWT(token)
	if err != nil {
		return Granted{}, &UnreadableTokenError{err}
	}
	var own struct {
		AZP      string  `json:"azp"`
		ClientID string  `json:"client_id"`
		Scope    *string `json:"scope"`
	}
	if json.Unmarshal(claims, &own) != nil {
		return Granted{}, &UnreadableTokenError{errors.New(
			"the claims azp, client_id and scope of the token are not all text",
		)}
	}
	granted := Granted{ClientID: cmp.Or(own.AZP, own.ClientID)}
	if own.Scope != nil {
		granted.Scopes = append([]string{}, strings.Fields(*own.Scope)...)
	}
	return granted, nil
}
