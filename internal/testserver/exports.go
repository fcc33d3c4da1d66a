// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import "github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/pki"

// Authority is a certificate authority for the server's own certificate.
type Authority = pki.Authority

// NewAuthority makes an authority and the certificate of a server at localhost, 127.0.0.1, ::1 and the given hosts, each
// a name or an IP address.
func NewAuthority(hosts ...string) (*Authority, error) { return pki.NewAuthority(hosts...) }
