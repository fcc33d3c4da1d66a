// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package slowdown warns that the tenant's rate limit slows a run down.
//
// Terraform shows a warning only with the answer to a call. A type cannot give this one in its
// Configure, because the framework keeps warnings of Configure only in the answers to plans. So a
// server in front of the framework's adds it to the first answer after the run was slowed down.
// Package run decides when, and words the text.
package slowdown

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/framework"
)

// Server is a server whose answers have the warning once.
type Server struct {
	framework.Server

	// News describes the slowdown if there is one that it has not described before.
	News func() (description string, ok bool)
}

// ReadResource adds the warning to a refresh.
func (s *Server) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := s.Server.ReadResource(ctx, req)
	if err == nil {
		resp.Diagnostics = s.warn(resp.Diagnostics)
	}
	return resp, err
}

// PlanResourceChange adds the warning to a plan.
func (s *Server) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.Server.PlanResourceChange(ctx, req)
	if err == nil {
		resp.Diagnostics = s.warn(resp.Diagnostics)
	}
	return resp, err
}

// ApplyResourceChange adds the warning to a create, an update or a delete.
func (s *Server) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.Server.ApplyResourceChange(ctx, req)
	if err == nil {
		resp.Diagnostics = s.warn(resp.Diagnostics)
	}
	return resp, err
}

// ReadDataSource adds the warning to the read of a data source.
func (s *Server) ReadDataSource(
	ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	resp, err := s.Server.ReadDataSource(ctx, req)
	if err == nil {
		resp.Diagnostics = s.warn(resp.Diagnostics)
	}
	return resp, err
}

// OpenEphemeralResource adds the warning to the open of a token.
func (s *Server) OpenEphemeralResource(
	ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest,
) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	resp, err := s.Server.OpenEphemeralResource(ctx, req)
	if err == nil {
		resp.Diagnostics = s.warn(resp.Diagnostics)
	}
	return resp, err
}

func (s *Server) warn(diags []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	description, ok := s.News()
	if !ok {
		return diags
	}
	return append(diags, &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityWarning,
		Summary:  "The tenant's rate limit slows this run down",
		Detail:   description,
	})
}
