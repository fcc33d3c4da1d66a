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

// openToken is what Renew and Close know about a token. Terraform stores it for them, so it
// does not contain the token itself.
type openToken struct {
	Handle    string // The key of the token in the run.
	Audience  string
	Lifetime  time.Duration
	ExpiresAt time.Time
	Margin    time.Duration // How long before the expiry to warn; zero if the expiry is not known.
}

const openTokenKey = "token"

func (t openToken) save(ctx context.Context, private interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
},
) diag.Diagnostics {
	raw, _ := json.Marshal(t) // Only a time after the year 9999 fails.
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

func (t openToken) title(what string) string {
	return fmt.Sprintf("Access token for the API %q %s", t.Audience, what)
}

func (t openToken) explain(expires string) string {
	return report.Paragraphs(
		fmt.Sprintf("The token for the API %q, with a lifetime of %s, %s at %s. Terraform cannot "+
			"replace it in the middle of a run, and requests with an expired token are refused.",
			t.Audience, t.Lifetime, expires, t.ExpiresAt.Format(time.RFC3339)),
		"Shorten the run, or raise the token_lifetime of the API. If you set min_remaining to "+
			"the duration of the run, a token that expires too soon is an error before anything "+
			"is changed.")
}
