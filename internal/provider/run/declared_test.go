// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"runtime"
	"testing"
	"weak"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A run knows thousands of objects, and a request has the configuration, the plan and the state of
// one of them.
func TestDeclare_keepsNoRequest(t *testing.T) {
	t.Parallel()
	r := &Run{}
	requested := declareKept(r, "orders")
	runtime.GC()
	if requested.Value() != nil {
		t.Error("the request is still in memory")
	}
	if !r.Declares("orders") {
		t.Error("the object is forgotten")
	}
}

// declareKept declares an object that a change keeps, and returns the schema in the request.
func declareKept(r *Run, object string) weak.Pointer[schema.Schema] {
	value := tftypes.NewValue(
		tftypes.Object{AttributeTypes: map[string]tftypes.Type{"name": tftypes.String}},
		map[string]tftypes.Value{"name": tftypes.NewValue(tftypes.String, object)},
	)
	description := &schema.Schema{Description: object}
	r.Declare(resource.ModifyPlanRequest{
		Config: tfsdk.Config{Raw: value, Schema: description},
		Plan:   tfsdk.Plan{Raw: value, Schema: description},
		State:  tfsdk.State{Raw: value, Schema: description},
	}, func(Values) string { return object }, &diag.Diagnostics{})
	return weak.Make(description)
}
