// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/steps"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// blocksIn returns the resource blocks in an error, as a user would copy them.
func blocksIn(said string) string {
	var blocks []string
	inside := false
	for line := range strings.Lines(said) {
		line = strings.TrimPrefix(strings.TrimRight(line, "\n"), "│ ")
		inside = inside || strings.HasPrefix(line, "resource ")
		if inside {
			blocks = append(blocks, line)
		}
		inside = inside && line != "}"
	}
	return strings.Join(blocks, "\n") + "\n"
}

// lazily returns a check that is built only when it runs, with the values known by then.
type lazily func() statecheck.StateCheck

func (l lazily) CheckState(
	ctx context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse,
) {
	l().CheckState(ctx, req, resp)
}

// Pasting the block from the error makes the next run succeed.
func TestAccAccessToken_pastedGrantSucceeds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		attributes   []string
		organization bool
		granted      knownvalue.Check
		posted       string // Properties of the grant.
	}{
		"with scopes": {
			attributes: []string{`scopes = ["write:orders", "read:orders"]`},
			granted:    acctest.Exactly("read:orders", "write:orders"),
			posted:     `,"scope":["read:orders","write:orders"]`,
		},
		"without scopes": {granted: acctest.Exactly(), posted: `,"scope":[]`},
		"with organization": {
			organization: true,
			granted:      acctest.Exactly(),
			posted:       `,"scope":[],"organization_usage":"allow"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := acctest.NewTenant(t)
			wait := "client_grant_id = m2m_client_grant.NAME.id"
			checks := []statecheck.StateCheck{
				acctest.TokenValue("granted_scopes", tc.granted),
				acctest.TokenValue("verified", knownvalue.Bool(true)),
			}
			if tc.organization {
				id := n.AddOrganization("acme")
				tc.attributes = append(tc.attributes, fmt.Sprintf("organization = %q", id))
				wait = "client_grant_id = m2m_organization_client_grant.NAME.id"
				checks = append(checks, acctest.TokenClaim("org_id", id),
					lazily(func() statecheck.StateCheck {
						return n.Expect(acctest.Writes(
							acctest.GrantPost(tc.posted), acctest.OrgGrantPost(n.TheGrant()),
						))
					}))
			} else {
				checks = append(checks, n.Expect(acctest.Writes(acctest.GrantPost(tc.posted))))
			}
			said := n.ErrorOf(acctest.TokenConfig(tc.attributes...))
			if !text.Says("make the token wait for the grant with " + wait +
				":").MatchString(said) {
				t.Fatal(said)
			}
			steps.Run(t, n.Accounted(resource.TestCase{Steps: []resource.TestStep{{
				Config: blocksIn(said) + acctest.TokenConfig(append(
					tc.attributes, wait,
				)...),
				ConfigStateChecks: checks,
			}}}))
		})
	}
}

// The answer of each rule about organizations (API contract 4.4).
func TestAccAccessToken_organizationRefusals(t *testing.T) {
	n := acctest.NewTenant(t)
	id := n.AddOrganization("acme")
	token := func(attributes ...string) string {
		return acctest.TokenConfig(append(
			attributes, "client_grant_id = m2m_client_grant.orders.id",
		)...)
	}
	const refused = `The token endpoint refused the client "%s" a token for the API "https://sample-api.example.com": `
	said := fmt.Sprintf(refused, testserver.MachineClientID)
	n.Test(
		resource.TestStep{
			Config: acctest.GrantConfig() + token(`organization = "acme"`),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(acctest.GrantPost(
				`,"scope":[]`,
			)))},
			ExpectError: text.Says(said +
				`403 Forbidden (access_denied): parameter organization is not allowed for this client …
				Set organization_usage = "allow" in the m2m_client_grant of the client`),
		},
		resource.TestStep{
			Config: acctest.GrantConfig(`organization_usage = "require"`) + token(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				`PATCH client-grants/{id} {"organization_usage":"require"}`,
			))},
			ExpectError: text.Says(said +
				`400 Bad Request (invalid_request): parameter organization is required for this client …
				Set organization to the id or name of an organization that may use the grant.`),
		},
		resource.TestStep{
			Config: acctest.GrantConfig(
				`organization_usage = "allow"`,
			) + token(`organization = "nobody"`),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				`PATCH client-grants/{id} {"organization_usage":"allow"}`,
			))},
			ExpectError: text.Says(said +
				`403 Forbidden (access_denied): parameter organization is invalid: nobody …
				Check that the tenant has an organization with the id or name "nobody".`),
		},
		resource.TestStep{
			Config: acctest.GrantConfig(
				`organization_usage = "allow"`,
			) + token(fmt.Sprintf("organization = %q", id)),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes())},
			ExpectError: text.Says(said +
				`403 Forbidden (access_denied): parameter organization is invalid: ` + id + ` …
				or add this association, and replace GRANT with the name of the grant's block: … organization_id = "` + id + `"`),
		},
	)
}

func TestAccAccessToken_deniedByAnAction(t *testing.T) {
	n := acctest.StartTenant(t,
		testserver.Config{Action: func(testserver.Exchange) testserver.Verdict {
			return testserver.Verdict{Deny: &testserver.Denial{
				Code:   "invalid_scope",
				Reason: "Orders are closed on Sundays.",
			}}
		}}).Granted()
	n.Test(resource.TestStep{
		Config: acctest.TokenConfig(),
		ExpectError: text.Says(fmt.Sprintf(`The token endpoint refused the client %q a token
			for the API "https://sample-api.example.com": 400 Bad Request (invalid_scope): Orders are closed on Sundays … Actions of the
			tenant (trigger credentials-exchange) can refuse a token with a message of their own.`,
			testserver.MachineClientID)),
	})
}
