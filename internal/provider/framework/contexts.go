// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package framework

import (
	"context"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// releasing is a server that lets go of the context of a call when the call ends. The framework
// keeps the contexts of all calls until the process ends, in order to cancel them. Each has about
// 8 KB of loggers, so without this, the memory of a run grows with its objects.
//
// It covers the calls that Terraform makes for each object.
type releasing struct{ Server }

func (s releasing) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return call(ctx, s.Server.ValidateResourceConfig, req)
}

func (s releasing) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return call(ctx, s.Server.UpgradeResourceState, req)
}

func (s releasing) UpgradeResourceIdentity(
	ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest,
) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return call(ctx, s.Server.UpgradeResourceIdentity, req)
}

func (s releasing) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	return call(ctx, s.Server.ReadResource, req)
}

func (s releasing) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	return call(ctx, s.Server.PlanResourceChange, req)
}

func (s releasing) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return call(ctx, s.Server.ApplyResourceChange, req)
}

func (s releasing) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return call(ctx, s.Server.ImportResourceState, req)
}

func (s releasing) MoveResourceState(
	ctx context.Context, req *tfprotov6.MoveResourceStateRequest,
) (*tfprotov6.MoveResourceStateResponse, error) {
	return call(ctx, s.Server.MoveResourceState, req)
}

func (s releasing) ValidateDataResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return call(ctx, s.Server.ValidateDataResourceConfig, req)
}

func (s releasing) ReadDataSource(
	ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	return call(ctx, s.Server.ReadDataSource, req)
}

func call[Request, Response any](
	ctx context.Context, method func(context.Context, Request) (Response, error), req Request,
) (Response, error) {
	released, release := releasable(ctx)
	defer release()
	return method(released, req)
}

// releasable returns a context that ends with another one, or with the call of release. After
// release, nothing of the other one is reachable from it.
func releasable(ctx context.Context) (released context.Context, release func()) {
	own, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(ctx, cancel)
	r := &releasedContext{Context: own}
	r.origin.Store(&ctx)
	return r, func() {
		stop()
		cancel()
		r.origin.Store(nil)
	}
}

// releasedContext is a context with the values of its origin.
type releasedContext struct {
	context.Context //nolint:containedctx // It is a context.

	origin atomic.Pointer[context.Context]
}

func (c *releasedContext) Value(key any) any {
	if value := c.Context.Value(key); value != nil {
		return value // The key with which package context finds the parent of a context.
	}
	if origin := c.origin.Load(); origin != nil {
		return (*origin).Value(key)
	}
	return nil
}
