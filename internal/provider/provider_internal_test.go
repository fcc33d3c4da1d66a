// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// Even if Terraform can defer, it still destroys objects in the state.
func TestConfigure_deferredHasRun(t *testing.T) {
	t.Parallel()
	p := &m2mProvider{Options: Options{Getenv: func(string) string { return "" }}}
	var schema provider.SchemaResponse
	p.Schema(t.Context(), provider.SchemaRequest{}, &schema)
	object := schema.Schema.Type().TerraformType(t.Context()).(tftypes.Object)
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
	}
	values["domain"] = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	var resp provider.ConfigureResponse
	p.Configure(t.Context(), provider.ConfigureRequest{
		Config: tfsdk.Config{
			Schema: schema.Schema,
			Raw:    tftypes.NewValue(object, values),
		},
		ClientCapabilities: provider.ConfigureProviderClientCapabilities{DeferralAllowed: true},
	}, &resp)
	if resp.Diagnostics.HasError() || resp.Deferred == nil {
		t.Errorf("%v, deferred %v", resp.Diagnostics, resp.Deferred)
	}
	s, ok := resp.ResourceData.(*run.Run)
	if !ok {
		t.Fatal("resources get no run")
	}
	if resp.DataSourceData != any(s) || resp.ListResourceData != any(s) {
		t.Error("data sources or lists get no run, or another one")
	}
	var config *report.DiagnosticError
	if err := s.API.ResourceServers.Delete(t.Context(), "1"); !errors.As(err, &config) ||
		config.Summary != "Provider configuration not known yet" {
		t.Errorf("delete: %v", err)
	}
}
