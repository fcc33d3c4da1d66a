// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package clientgrant

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// listing is the operation of the data source and the list resource.
var listing = report.Operation{Verb: report.List, Kind: "client grants", Object: "list of grants"}

// filterModel holds the filters for grants that the tenant supports.
type filterModel struct {
	ClientID             types.String `tfsdk:"client_id"`
	DefaultFor           types.String `tfsdk:"default_for"`
	Audience             types.String `tfsdk:"audience"`
	SubjectType          types.String `tfsdk:"subject_type"`
	AllowAnyOrganization types.Bool   `tfsdk:"allow_any_organization"`
}

func filters() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"client_id": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Only grants of this client. Conflicts with `default_for`.",
			Validators:          []validator.String{attribute.ClientID(), attribute.Trimmed()},
		},
		"default_for": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Only default grants of this group of clients. The only group " +
				"is `third_party_clients`. Conflicts with `client_id`.",
			Validators: []validator.String{attribute.OneOf("third_party_clients")},
		},
		"audience": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Only grants of the API with this identifier.",
			Validators:          []validator.String{attribute.Audience()},
		},
		"subject_type": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Only grants of this subject type: `client`, `user` or " +
				"`anonymous_user`.",
			Validators: []validator.String{attribute.OneOf(
				"client", "user", "anonymous_user",
			)},
		},
		"allow_any_organization": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "If `true`, only grants that any organization may use. The " +
				"tenant has no filter for other grants, so `false` is refused.",
		},
	}
}

// check reports filters that no grant can match, and a filter that the tenant does not support. For
// that filter, instead completes the advice.
func (m filterModel) check(instead string, diags *diag.Diagnostics) {
	if !attribute.IsUnset(m.ClientID) && !attribute.IsUnset(m.DefaultFor) {
		diags.AddAttributeError(path.Root("default_for"), "Both client_id and default_for",
			"A grant is for one client or for a group of clients, so no grant matches both "+
				"filters. Set client_id or default_for, not both.")
	}
	if m.AllowAnyOrganization.Equal(types.BoolValue(false)) {
		diags.AddAttributeError(path.Root("allow_any_organization"), "No such filter",
			"The tenant can only filter by allow_any_organization = true. Remove the filter, "+
				"and "+instead+".")
	}
}

func (m filterModel) filter() m2m.ClientGrantFilter {
	return m2m.ClientGrantFilter{
		ClientID: m.ClientID.ValueString(), DefaultFor: m.DefaultFor.ValueString(),
		Audience: m.Audience.ValueString(), SubjectType: m.SubjectType.ValueString(),
		AllowAnyOrganization: m.AllowAnyOrganization.ValueBool(),
	}
}
