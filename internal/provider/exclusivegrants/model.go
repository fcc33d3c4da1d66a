// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package exclusivegrants

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// The values of on_unmanaged.
const (
	reportOnly = "report"
	remove     = "remove"
)

type exclusiveModel struct {
	Audience          types.String `tfsdk:"audience"`
	ClientID          types.String `tfsdk:"client_id"`
	GrantIDs          types.Set    `tfsdk:"grant_ids"`
	OnUnmanaged       types.String `tfsdk:"on_unmanaged"`
	ID                types.String `tfsdk:"id"`
	UnmanagedGrantIDs types.Set    `tfsdk:"unmanaged_grant_ids"`
}

type exclusiveIdentity struct {
	ID types.String `tfsdk:"id"`
}

func (m *exclusiveModel) identity() exclusiveIdentity { return exclusiveIdentity{m.ID} }

// keyKnown reports whether it is known whose grants these are.
func (m *exclusiveModel) keyKnown() bool {
	return !m.Audience.IsUnknown() && !m.ClientID.IsUnknown()
}

func (m *exclusiveModel) filter() m2m.ClientGrantFilter {
	return m2m.ClientGrantFilter{
		Audience: m.Audience.ValueString(), ClientID: m.ClientID.ValueString(),
	}
}

// object names the grants, as in report.Operation.
func (m *exclusiveModel) object() string {
	if m.Audience.IsNull() {
		return fmt.Sprintf("grants of the client %q", m.ClientID.ValueString())
	}
	return fmt.Sprintf("grants of the API %q", m.Audience.ValueString())
}

// The kinds of ids.
const (
	ofAudience = "audience"
	ofClient   = "client_id"
)

// setID computes the id from the key.
func (m *exclusiveModel) setID() {
	switch {
	case !m.keyKnown():
		m.ID = types.StringUnknown()
	case m.Audience.IsNull():
		m.ID = types.StringValue(ofClient + "::" + m.ClientID.ValueString())
	default:
		m.ID = types.StringValue(ofAudience + "::" + m.Audience.ValueString())
	}
}

// parseID sets the key from an id.
func (m *exclusiveModel) parseID(id string) (ok bool) {
	kind, key, found := strings.Cut(id, "::")
	switch {
	case !found || key == "":
		return false
	case kind == ofAudience:
		m.Audience = types.StringValue(key)
	case kind == ofClient:
		m.ClientID = types.StringValue(key)
	default:
		return false
	}
	m.ID = types.StringValue(id)
	return true
}

// idSet is a set of ids of grants.
type idSet map[string]bool

// knownIDs returns the ids in a set that are known. complete is false if there may be others.
func knownIDs(set types.Set) (known idSet, complete bool) {
	known, complete = idSet{}, !set.IsUnknown()
	for _, element := range set.Elements() {
		id, ok := element.(types.String)
		if !ok || id.IsUnknown() {
			complete = false
			continue
		}
		known[id.ValueString()] = true
	}
	return known, complete
}

// without returns the ids of a set that are not in another one, sorted.
func without(set types.Set, others idSet) []string {
	ids := []string{}
	known, _ := knownIDs(set)
	for id := range known {
		if !others[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// idsOf returns a set of the ids of grants.
func idsOf(ctx context.Context, grants []m2m.ClientGrant, diags *diag.Diagnostics) types.Set {
	ids := []string{}
	for _, grant := range grants {
		ids = append(ids, grant.ID)
	}
	return attribute.SetFromAPI(ctx, ids, diags)
}

// unmanaged returns the grants that grant_ids does not list, except for system grants.
func (m *exclusiveModel) unmanaged(live []m2m.ClientGrant) []m2m.ClientGrant {
	listed, _ := knownIDs(m.GrantIDs)
	return slices.DeleteFunc(slices.Clone(live), func(grant m2m.ClientGrant) bool {
		return grant.IsSystem || listed[grant.ID]
	})
}
