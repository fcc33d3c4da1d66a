// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/control"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tokens"
)

// The tenant that every server starts with. The credentials are the same on every server and
// protect nothing.
const (
	// ManagementClientID is the client that may call every endpoint of the Management API.
	ManagementClientID     = tenant.ManagementClientID
	ManagementClientSecret = tenant.ManagementClientSecret

	// MachineClientID is a machine-to-machine client without any grant.
	MachineClientID     = tenant.MachineClientID
	MachineClientSecret = tenant.MachineClientSecret

	// WebClientID is a regular web application, which cannot use the client credentials flow.
	WebClientID     = tenant.WebClientID
	WebClientSecret = tenant.WebClientSecret

	// SampleAPIAudience is the identifier of the API that the sample API represents by default.
	// It defines the scopes read:orders and write:orders.
	SampleAPIAudience = tenant.SampleAPIAudience
)

// Authority is a certificate authority for the server's own certificate.
type Authority = pki.Authority

// NewAuthority makes an authority and the certificate of a server at localhost, 127.0.0.1, ::1 and
// the given hosts, each a name or an IP address.
func NewAuthority(hosts ...string) (*Authority, error) { return pki.NewAuthority(hosts...) }

// Exchange is a token that is about to be issued, as an action sees it.
type Exchange = tokens.Exchange

// Verdict is what an action makes of an exchange.
type Verdict = tokens.Verdict

// Denial is why an action denies a token.
type Denial = tokens.Denial

// ErrControlReachable reports a control address that other machines can reach, without permission.
var ErrControlReachable = control.ErrReachable
