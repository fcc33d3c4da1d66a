// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// openToken is what Renew and Close know of a token. Terraform keeps it for them, so it
// does not contain the token.
type openToken struct {
	Handle    string // Under which the run keeps the token.
	Audience  string
	Lifetime  time.Duration
	ExpiresAt time.Time
	Margin    time.Duration // How long before its expiry to warn; zero if that is not known.
}

const openTokenKey = "token"

func (t openToken) save(ctx context.Context, private interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
},
) diag.Diagnostics {
	raw, err := json.Marshal(t)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Unable to open access token", err.Error())}
	}
	return private.SetKey(ctx, openTokenKey, raw)
}

func loadOpenToken(ctx context.Context, private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}, diags *diag.Diagnostics,
) (t openToken, ok bool) {
	raw, d := private.GetKey(ctx, openTokenKey)
	diags.Append(d...)
	err := json.Unmarshal(raw, &t)
	return t, err == nil
}

func (t openToken) explain(expires string) string {
	return report.Sentences(
		fmt.Sprintf("The token for the API %q, which lives for %s, %s at %s, and Terraform "+
			"cannot be given another one in the middle of "+
			"a run. What uses it after that is refused.", t.Audience, t.Lifetime, expires,
			t.ExpiresAt.Format(time.RFC3339)),
		"Shorten the run, or raise token_lifetime of the API. Set min_remaining to what the run "+
			"takes, so that a token that expires too "+
			"soon is an error before anything is changed.")
}
