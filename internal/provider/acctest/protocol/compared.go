// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package protocol

import (
	"context"
	"fmt"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/framework"
)

// compared is the provider. It answers with an error if the framework alone validates a
// configuration or upgrades a state differently.
type compared struct {
	framework.Server
	alone framework.Server
	kinds map[string]tftypes.Type
}

func newCompared(o provider.Options) func() tfprotov6.ProviderServer {
	serve := provider.NewServer(o)
	getenv := o.Getenv
	o.Getenv = func(name string) string {
		if name == "M2M_UNCHANGED_FAST_PATH" {
			return "off"
		}
		return getenv(name)
	}
	serveAlone := provider.NewServer(o)
	return func() tfprotov6.ProviderServer {
		c := &compared{kinds: map[string]tftypes.Type{}}
		var ok, alone bool
		c.Server, ok = serve().(framework.Server)
		c.alone, alone = serveAlone().(framework.Server)
		if !ok || !alone {
			panic("a provider cannot list resources or run actions")
		}
		schemas, err := c.alone.GetProviderSchema(
			context.Background(), &tfprotov6.GetProviderSchemaRequest{},
		)
		if err != nil {
			panic(err)
		}
		for name, schema := range schemas.ResourceSchemas {
			c.kinds[name] = schema.ValueType()
		}
		return c
	}
}

func (c *compared) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	got, err := c.Server.ValidateResourceConfig(ctx, req)
	if err != nil || len(got.Diagnostics) > 0 {
		return got, err // The framework has answered.
	}
	want, err := c.alone.ValidateResourceConfig(ctx, req)
	if err == nil && len(want.Diagnostics) > 0 {
		err = fmt.Errorf("the framework refuses this %s: %v", req.TypeName, want.Diagnostics[0])
	}
	return got, err
}

func (c *compared) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	got, err := c.Server.UpgradeResourceState(ctx, req)
	if err != nil || got.UpgradedState == nil || len(got.UpgradedState.JSON) == 0 {
		return got, err // The framework has answered.
	}
	want, err := c.alone.UpgradeResourceState(ctx, req)
	if err != nil || want.UpgradedState == nil {
		return got, fmt.Errorf("the framework does not upgrade this %s: %w", req.TypeName, err)
	}
	kind := c.kinds[req.TypeName]
	gotState, gotErr := got.UpgradedState.Unmarshal(kind)
	wantState, wantErr := want.UpgradedState.Unmarshal(kind)
	if gotErr != nil || wantErr != nil || !gotState.Equal(wantState) {
		return got, fmt.Errorf("an upgraded %s differs from the framework's (-without +with):\n%s",
			req.TypeName, cmp.Diff(wantState.String(), gotState.String()))
	}
	return got, nil
}
