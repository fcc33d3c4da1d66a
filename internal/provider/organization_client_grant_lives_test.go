// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

func TestAccOrganizationClientGrant_lives(t *testing.T) { organizationClientGrantLives().run(t) }

// addAssociable makes two organizations, and two grants to associate with them.
func addAssociable(n *acctest.Tenant, key string) map[string]string {
	n.T.Helper()
	apis := n.AddAPIs(key)
	name := strings.NewReplacer("https://", "", ".example.com", "").Replace(key)
	for organization, name := range map[string]string{"ORG_A": name + "-a", "ORG_B": name + "-b"} {
		apis[organization] = n.AddOrganization(name)
	}
	for grant, audience := range map[string]string{"GRANT_A": key, "GRANT_B": key + "/"} {
		apis[grant] = n.Create("/api/v2/client-grants", fmt.Sprintf(
			`{"client_id":%q,"audience":%q,"scope":[],"organization_usage":"allow"}`, testserver.MachineClientID, audience))
	}
	return apis
}

// organizationClientGrantLives are associations, which nothing can change but
// another one in their place.
func organizationClientGrantLives() *lives {
	const organization, grant = "organization_id", "grant_id"
	table := &lives{
		test: "TestAccOrganizationClientGrant_lives", typeName: "m2m_organization_client_grant",
		write: func(_ string, _ bool, properties map[string]any) string {
			return "POST organizations/{id}/client-grants " + acctest.Encoded(properties)
		},
		destroy: orgGrantDelete,
		prepare: addAssociable,
	}
	at := func(attribute, stage, orgExpression, grantExpression, holds, posted string) moment {
		m := table.replaced(stage, []string{organization + " = " + orgExpression, grant + " = " + grantExpression}, "", attribute, acctest.Encoded(holds),
			map[string]any{grant: posted})
		m.unknown = stage == stageUnknown || attribute == "id"
		return m
	}
	const orgA, orgB, grantA, grantB = `"ORG_A"`, `"ORG_B"`, `"GRANT_A"`, `"GRANT_B"`
	table.rows = []life{
		{
			attribute: organization,
			moments: func(string) []moment {
				return []moment{
					at(organization, stageCreated, orgA, grantA, "ORG_A", "GRANT_A").first(), at(organization, stageChanged, orgB, grantA, "ORG_B", "GRANT_A"),
					at(organization, stageUnknown, later(orgA), grantA, "ORG_A", "GRANT_A"), at(organization, stageUnknown, later(orgA), grantA, "ORG_A", "GRANT_A"),
				}
			},
			refused: refusedWithout(organization, `grant_id = "cgr_Ab12Cd34Ef56Gh78"`, "must be the id of an organization"),
		},
		{
			attribute: grant,
			moments: func(string) []moment {
				return []moment{
					at(grant, stageCreated, orgA, grantA, "GRANT_A", "GRANT_A").first(), at(grant, stageChanged, orgA, grantB, "GRANT_B", "GRANT_B"),
					at(grant, stageUnknown, orgA, later(grantA), "GRANT_A", "GRANT_A"), at(grant, stageUnknown, orgA, later(grantA), "GRANT_A", "GRANT_A"),
				}
			},
			refused: refusedWithout(grant, `organization_id = "org_Ab12Cd34Ef56Gh78"`, "must be the id of a client grant"),
		},
		{
			attribute: "id",
			moments: func(string) []moment {
				return []moment{
					at("id", stageUnknown, orgA, grantA, "ORG_A::GRANT_A", "GRANT_A").first(), at("id", stageChanged, orgB, grantA, "ORG_B::GRANT_A", "GRANT_A"),
					at("id", stageChanged, orgB, grantB, "ORG_B::GRANT_B", "GRANT_B"), at("id", stageUnknown, later(orgA), later(grantA), "ORG_A::GRANT_A", "GRANT_A"),
				}
			},
			refused: []refusal{{
				stage: stageCreated, whole: true, lines: "organization_id = \"org_Ab12Cd34Ef56Gh78\"\ngrant_id = \"cgr_Ab12Cd34Ef56Gh78\"\nid = \"a\"", says: readOnly,
			}},
		},
	}
	return table
}
