// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organizationgrant

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

func (r *associationResource) Schema(
	_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse,
) {
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Associates a client grant with an organization, so that the client " +
			"can request tokens on behalf of that organization. The grant must permit " +
			"organizations (`organization_usage`). A grant with `allow_any_organization = true` " +
			"needs no association.\n\n" +
			"If the same configuration fetches such a token, the token must wait for the " +
			"association: set its `client_grant_id` to the `id` of this resource, as in the " +
			"example.",
		Attributes: map[string]schema.Attribute{
			"grant_id": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Id of the client grant, such as `cgr_Ab12Cd34Ef56Gh78`. A " +
					"change replaces the association.",
				Validators: []validator.String{stringvalidator.RegexMatches(attribute.GrantID,
					"must be the id of a client grant, such as cgr_Ab12Cd34Ef56Gh78")},
				PlanModifiers: replace,
			},
			"organization_id": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Id of the organization, such as `org_Ab12Cd34Ef56Gh78`. A " +
					"change replaces the association.",
				Validators: []validator.String{stringvalidator.RegexMatches(
					attribute.OrganizationID,
					"must be the id of an organization, such as org_Ab12Cd34Ef56Gh78, "+
						"not its name",
				)},
				PlanModifiers: replace,
			},

			"id": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "Ids of the organization and the grant, as " +
					"`ORGANIZATION_ID::GRANT_ID`.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
		},
	}
}

func (r *associationResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = tfstate.IdentityOf(map[string]string{
		"organization_id": "Id of the organization.",
		"grant_id":        "Id of the client grant.",
	})
}
