// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package framework makes the server of the Terraform Plugin Framework, which lets go of the
// context of each call. It knows nothing of this provider. The servers in unchanged, terminal and
// slowdown stand in front of it.
package framework

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Server is all that the framework's server can do.
type Server interface {
	tfprotov6.ProviderServerWithListResource //nolint:staticcheck // Until it is a part of the other.
	tfprotov6.ActionServer
}

// NewServer returns a server of a provider.
func NewServer(p provider.Provider) Server {
	server, ok := providerserver.NewProtocol6(p)().(Server)
	if !ok {
		panic("the framework's server cannot list resources or run actions")
	}
	return releasing{server}
}
