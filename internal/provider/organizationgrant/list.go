// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package organizationgrant

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

var _ list.ListResourceWithConfigure = (*associationListResource)(nil)

// NewListResource returns the list resource m2m_organization_client_grant.
func NewListResource() list.ListResource { return &associationListResource{} }

// associationListResource embeds the listed resource for its type name and its run.
type associationListResource struct{ associationResource }

type filterModel struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	GrantID        types.String `tfsdk:"grant_id"`
	ClientID       types.String `tfsdk:"client_id"`
	Audience       types.String `tfsdk:"audience"`
}

// object names the list by the object that must exist.
func (m *filterModel) object() string {
	switch {
	case !m.OrganizationID.IsNull():
		return fmt.Sprintf("list of associations of the organization %q",
			m.OrganizationID.ValueString())
	case !m.GrantID.IsNull():
		return fmt.Sprintf("list of associations of the client grant %q", m.GrantID.ValueString())
	default:
		return "list of associations"
	}
}

func (r *associationListResource) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	filter := func(description string, validators ...validator.String) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, MarkdownDescription: description, Validators: validators,
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the associations of client grants with organizations that " +
			"match all filters. Without filters, finds all associations of the tenant.",
		Attributes: map[string]schema.Attribute{
			"organization_id": filter(
				"Only associations with the organization that has this id. It must exist.",
				stringvalidator.RegexMatches(attribute.OrganizationID, "must be the id of an "+
					"organization, such as org_Ab12Cd34Ef56Gh78, not its name"),
			),
			"grant_id": filter(
				"Only associations of the grant that has this id. It must exist. Conflicts with "+
					"`client_id` and `audience`, since a grant has one client and one API.",
				stringvalidator.RegexMatches(attribute.GrantID, "must be the id of a client "+
					"grant, such as cgr_Ab12Cd34Ef56Gh78"),
				stringvalidator.ConflictsWith(
					path.MatchRoot("client_id"), path.MatchRoot("audience"),
				),
			),
			"client_id": filter(
				"Only associations of grants of this client.",
				attribute.ClientID(), attribute.Trimmed(),
			),
			"audience": filter(
				"Only associations of grants of the API with this identifier.",
				attribute.Audience(),
			),
		},
	}
}

func (r *associationListResource) List(
	ctx context.Context, req list.ListRequest, stream *list.ListResultsStream,
) {
	var config filterModel
	if diags := attribute.KnownFilters(ctx, req.Config, &config); diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = tfstate.ListResults(ctx, &r.run.Connection, report.Operation{
		Verb: report.List, Kind: "organization client grants", Object: config.object(),
	}, req, r.run.API.OrganizationClientGrants.All(ctx, m2m.OrganizationClientGrantFilter{
		OrganizationID: config.OrganizationID.ValueString(),
		GrantID:        config.GrantID.ValueString(),
		ClientID:       config.ClientID.ValueString(),
		Audience:       config.Audience.ValueString(),
	}), func(found m2m.ListedOrganizationClientGrant, result *list.ListResult) {
		var model associationModel
		model.fromAPI(found.OrganizationClientGrant)
		tfstate.ShowListed(ctx, req, result, displayName(found), model.identity(), &model)
	})
}

// displayName describes the grant by its client and its API, and the organization by its name, as
// far as the list tells them.
func displayName(found m2m.ListedOrganizationClientGrant) string {
	grant := found.GrantID
	if found.ClientID != "" && found.Audience != "" {
		grant = fmt.Sprintf("%s for %s", found.ClientID, found.Audience)
	}
	if found.SubjectType != "" && found.SubjectType != m2m.DefaultSubjectType {
		grant += fmt.Sprintf(" (%s)", found.SubjectType)
	}
	return fmt.Sprintf("%s in %s", grant, cmp.Or(found.OrganizationName, found.OrganizationID))
}
