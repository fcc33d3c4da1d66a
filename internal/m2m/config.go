// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// Config configures a Client. The zero value of each field except BaseURL is usable.
type Config struct {
	rest.Config
	// Audience is the identifier of the Management API. If empty, it is derived from BaseURL; for a
	// custom domain, set the identifier of the tenant (API contract 1.1).
	Audience string
	// Credentials log in to the Management API when the first call needs a token.
	Credentials Credentials
	// APIToken is a ready-made Management API token, used instead of Credentials.
	APIToken string
	// APITokenFile is a file that contains a Management API token, used instead of both. It is read
	// for each request, so that another program can keep the token fresh.
	APITokenFile string
	// NoCredentials says why none of these is set. It is the error of calls that need a token.
	NoCredentials error
	// NoReadBatching asks for each object by itself.
	NoReadBatching bool
	// Now is the clock for the lifetime of tokens and of earlier answers; nil means time.Now.
	Now func() time.Time
	// GatherScopes waits for the first changes to the scopes of a resource server; pending returns
	// their number. Nil means a wait of a few milliseconds.
	GatherScopes func(pending func() int)
}

// withDefaults returns the Config with a usable value in each field of its own.
func (cfg Config) withDefaults(audience string) Config {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Audience == "" {
		cfg.Audience = audience
	}
	if cfg.GatherScopes == nil {
		cfg.GatherScopes = gatherBriefly
	}
	// A token read from a file ends in a newline, which a header cannot contain.
	cfg.APIToken = strings.TrimSpace(cfg.APIToken)
	return cfg
}
