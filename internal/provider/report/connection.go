// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

// Connection describes, in the words of errors, how the provider connects to its tenant.
type Connection struct {
	// Version is the version of the provider.
	Version string
	// Domain is the tenant, and DomainSource names where it was configured.
	Domain, DomainSource string
	// Tenant is the host of the tenant, also if the provider uses a custom domain.
	Tenant string
	// Login names the credentials of the provider and where they were configured.
	Login string
	// Proof names the secret or the key that the provider's client logs in with.
	Proof string
	// UsesToken reports that the provider is configured with a Management API token.
	UsesToken bool
	// TokenFileSource names where the file with the token was configured.
	TokenFileSource string
	// KeyAlg is the algorithm of the private key that the provider logs in with. It is
	// empty if it logs in without a key.
	KeyAlg string
	// Reported remembers what has been reported in this run.
	Reported *Reported
}
