// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package exclusivegrants

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

func (r *exclusiveResource) Schema(
	_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse,
) {
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Says which client grants one API or one client may have. Each plan " +
			"reads its grants and finds those that are not listed, for example because somebody " +
			"made them in the dashboard. It reports them or, with `on_unmanaged = \"remove\"`, " +
			"removes them.\n\n" +
			"An apply removes only grants that the plan shows as leaving " +
			"`unmanaged_grant_ids`, and that the plan names in a warning with their clients and " +
			"scopes. So the apply that creates this resource removes nothing: it records " +
			"what it finds, and the next plan removes that. A grant that is created between plan " +
			"and apply, or whose id leaves `grant_ids`, is also left to the next plan. " +
			"System grants are never removed, and neither are grants that the same apply creates " +
			"or adopts.\n\n" +
			"If this configuration manages an unlisted grant with an `m2m_client_grant`, a plan " +
			"that would remove it is an error. List the ids of all these grants. A grant that " +
			"leaves the state with a `removed` block is unmanaged from then on.\n\n" +
			"Destroying this resource changes nothing in the tenant. A warning in a plan does " +
			"not fail it: to fail a pipeline, use " +
			"`on_unmanaged = \"remove\"` with `terraform plan -detailed-exitcode`, or a " +
			"`check` block on `unmanaged_grant_ids`.",
		Attributes: map[string]schema.Attribute{
			"grant_ids": schema.SetAttribute{
				CustomType:  attribute.Strings(),
				Required:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Ids of all grants that may exist. Refer to the `id` of " +
					"`m2m_client_grant` resources. An empty set permits none.",
				Validators: []validator.Set{
					setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(stringvalidator.RegexMatches(attribute.GrantID,
						"must be the id of a client grant, such as cgr_Ab12Cd34Ef56Gh78")),
				},
			},
			"audience": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Identifier of the API whose grants these are. Set this or " +
					"`client_id`. A change replaces the resource.",
				Validators:    []validator.String{attribute.Audience()},
				PlanModifiers: replace,
			},
			"client_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Id of the client whose grants these are. Set this or " +
					"`audience`. A change replaces the resource.",
				Validators:    []validator.String{attribute.ClientID(), attribute.Trimmed()},
				PlanModifiers: replace,
			},
			"on_unmanaged": schema.StringAttribute{
				Optional: true,
				Computed: true,
				Default:  stringdefault.StaticString(reportOnly),
				MarkdownDescription: "What to do with grants that `grant_ids` does not list. " +
					"`report` (the default) warns of them in each plan and changes nothing. " +
					"`remove` plans to delete them. The default takes access from nobody, so " +
					"that a team can first see what exists. Choose `remove` once the plan " +
					"reports nothing.",
				Validators: []validator.String{attribute.OneOf(reportOnly, remove)},
			},

			"id": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "`audience::IDENTIFIER` or `client_id::CLIENT_ID`, as for " +
					"an import.",
			},
			"unmanaged_grant_ids": schema.SetAttribute{
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Ids of the grants that exist but are not in `grant_ids`, " +
					"without system grants. With `on_unmanaged = \"remove\"`, a plan shows it " +
					"without the grants that the apply removes.",
			},
		},
	}
}

func (r *exclusiveResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = tfstate.IdentityOf(map[string]string{
		"id": "audience::IDENTIFIER or client_id::CLIENT_ID.",
	})
}
