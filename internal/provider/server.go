// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"os"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/framework"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/slowdown"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/terminal"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/unchanged"
)

// Serve serves the provider to Terraform until Terraform stops it.
func Serve(o Options, opts ...tf6server.ServeOpt) error {
	return tf6server.Serve("registry.terraform.io/terraform-m2m/m2m", NewServer(o), opts...)
}

// NewServer returns a constructor of the provider's server, which answers for unchanged objects
// itself. M2M_UNCHANGED_FAST_PATH=off leaves all objects to the framework.
func NewServer(o Options) func() tfprotov6.ProviderServer {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	return func() tfprotov6.ProviderServer {
		p := &m2mProvider{Options: o}
		var server framework.Server = &changing{terminal.NewServer(framework.NewServer(p)), p}
		if o.Getenv("M2M_UNCHANGED_FAST_PATH") != "off" {
			server = &unchanged.Server{
				Server: server, Types: p.unchangedTypes,
				Schemas: sync.OnceValue(func() map[string]unchanged.Schema {
					ctx := context.Background()
					return unchanged.SchemasOf(ctx, typePrefix, p.Resources(ctx))
				}),
			}
		}
		return &slowdown.Server{Server: server, News: p.slowdown}
	}
}

// changing is a server that tells the run when Terraform begins to change an object.
type changing struct {
	framework.Server

	provider *m2mProvider
}

// ApplyResourceChange creates, changes or destroys an object.
func (s *changing) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	if known := s.provider.known.Load(); known != nil {
		known.run.BeginChange()
	}
	return s.Server.ApplyResourceChange(ctx, req)
}

// unchangedTypes returns the types that know when an object has not changed.
func (p *m2mProvider) unchangedTypes() unchanged.Types {
	if known := p.known.Load(); known != nil {
		return known.types
	}
	return nil
}

// slowdown describes how the tenant's rate limit slows the run down, once.
func (p *m2mProvider) slowdown() (description string, ok bool) {
	if known := p.known.Load(); known != nil {
		return known.run.Slowdown()
	}
	return "", false
}

// known are the types that know when an object has not changed, and the run that they share.
type known struct {
	types unchanged.Types
	run   *run.Run
}

// registerUnchanged makes the types and the run known to the servers in front of the framework's.
func (p *m2mProvider) registerUnchanged(ctx context.Context, r *run.Run) {
	p.known.Store(&known{unchanged.TypesOf(ctx, typePrefix, p.Resources(ctx), r), r})
}
