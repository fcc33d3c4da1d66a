// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// report explains a refusal of the token endpoint: which client was refused which token,
// the answer, and what to do.
func (m *tokenModel) report(diags *diag.Diagnostics, r *run.Run, creds m2m.Credentials, err error) {
	const summary = "Unable to fetch access token"
	var answer *m2m.Error
	if !errors.As(err, &answer) || answer.NotJSON || answer.Status < 300 {
		op := report.Operation{
			Verb:   report.Fetch,
			Kind:   "access token",
			Object: fmt.Sprintf("token for the API %q", m.Audience.ValueString()),
		}
		r.Report(diags, op, err)
		return
	}
	said := fmt.Sprintf("The token endpoint refused the client %q a token for the API %q: %s.",
		creds.ClientID, m.Audience.ValueString(), report.Quote(answer))
	attribute, advice := m.advise(r, creds, answer)
	detail := report.Sentences(said, advice, report.Tried(answer))
	if attribute == "" {
		diags.AddError(summary, detail)
		return
	}
	diags.AddAttributeError(path.Root(attribute), summary, detail)
}

// isRefusal reports whether the token endpoint accepted the credentials but refused the
// token, which another grant may allow.
func isRefusal(err error) bool {
	var answer *m2m.Error
	return errors.As(err, &answer) && !answer.NotJSON && (answer.Status == http.StatusForbidden ||
		answer.Status == http.StatusBadRequest)
}

// advise says what to do about a refusal, and which attribute it is about. One code covers
// most refusals, so only here the text of a message decides (API contract 9.4). An action
// of the tenant can return any text, but only with the statuses 400 and 500 (API contract
// 9.5).
func (m *tokenModel) advise(
	r *run.Run, creds m2m.Credentials, answer *m2m.Error,
) (attribute, advice string) {
	grant := fmt.Sprintf("the m2m_client_grant of the client %q for this API", creds.ClientID)
	says := func(status int, text string) bool {
		return answer.Status == status && strings.Contains(answer.Message, text)
	}
	switch {
	case answer.Status == http.StatusUnauthorized:
		// Not on the credential, because Terraform would print the line with it.
		return "client_id", m.adviseOnCredentials(r, creds)
	case says(http.StatusForbidden, "Service not enabled"):
		return "audience", "The tenant has no API with exactly this identifier. Mind a slash at " +
			"the end. Check also that " +
			r.Domain +
			" is the right tenant. Where the same configuration creates the API, refer to its " +
			"grant with " +
			"client_grant_id, so that the token is asked for afterwards."
	case says(http.StatusForbidden, "Client has not been granted scopes"):
		return "scopes", report.Sentences("Add the scopes to the m2m_client_grant of this "+
			"client, or ask for fewer. The API must define them too.",
			askedEarly+" Or leave scopes out here, which takes all that are granted.")
	case says(http.StatusForbidden, "client-grant"):
		return "", m.adviseGrant(creds)
	case answer.Code == "unauthorized_client":
		return "", "Allow the client the grant type client_credentials in the tenant; it is an " +
			"application of type machine to machine that has it."
	case says(http.StatusBadRequest, "parameter organization is required"):
		return "organization", report.Sentences("Set organization to the id or the name of one "+
			"that may use the grant. The organization_usage of "+grant+
			` is "require"; with "allow" there are tokens without an organization as well.`,
			askedEarly)
	case says(http.StatusForbidden, "parameter organization is not allowed"):
		return "organization", report.Sentences(
			`Set organization_usage = "allow" in `+grant+
				", or take organization out of the configuration.",
			askedEarly,
		)
	case says(http.StatusForbidden, "parameter organization is invalid"):
		return "organization", m.adviseAssociation(grant)
	case says(http.StatusForbidden, "organization"):
		return "organization", "Check the organization, and organization_usage and " +
			"allow_any_organization of " + grant + "."
	case answer.Status == http.StatusTooManyRequests:
		return "", "The tenant limits how many tokens are asked for, and each plan and each " +
			"apply asks for its own. Where a quota is used up, " +
			"wait until it begins anew, or have the token quota of the client raised."
	case answer.Status == http.StatusBadRequest, answer.Code == "server_error":
		return "", fmt.Sprintf("Actions of the tenant (trigger credentials-exchange) can refuse "+
			"a token in words of their own. If these are none "+
			"of the endpoint's, look at what those actions ask of the client %q, and in the log "+
			"of the tenant.", creds.ClientID)
	default:
		return "", ""
	}
}

// askedEarly is for readers whose configuration already changes the grant.
const askedEarly = "A plan asks for the token before the apply changes the grant. Where this " +
	"configuration changes it just now, refer to the " +
	"grant with client_grant_id in an ephemeral m2m_access_token of the same provider, which can " +
	"wait, or apply the grant first, with -target."

func (m *tokenModel) adviseOnCredentials(r *run.Run, creds m2m.Credentials) string {
	source := "the provider's own, " + r.Proof
	switch {
	case !m.ClientAssertionPrivateKey.IsNull():
		source = "client_assertion_private_key"
	case !m.ClientSecret.IsNull():
		source = "client_secret"
	}
	advice := "Check the client id and its credentials (here " + source +
		"), and that the client belongs to the tenant " + r.Domain + "."
	if creds.PrivateKey == "" {
		return advice + " A client that is set to private_key_jwt there takes no secret."
	}
	return fmt.Sprintf("%s The client must have the public key of this private key there, as a "+
		"credential for private_key_jwt with the "+
		"algorithm %s. Check the clock of this machine too.", advice,
		cmp.Or(creds.SigningAlg, "RS256"))
}

// adviseGrant contains a grant to paste, with which the request succeeds.
func (m *tokenModel) adviseGrant(creds m2m.Credentials) string {
	attributes := []hclAttribute{
		{"client_id", report.HCLString(creds.ClientID)},
		{"audience", report.HCLString(m.Audience.ValueString())},
		{"scopes", "[" + hclList(m.Scopes) + "]"},
	}
	block, wait := "", "m2m_client_grant.NAME.id"
	var hints []string
	if m.Scopes.IsNull() {
		hints = append(hints, "Write into scopes what the token is to carry.")
	}
	if !m.Organization.IsNull() {
		attributes = append(attributes, hclAttribute{"organization_usage", `"allow"`})
		wait = "m2m_organization_client_grant.NAME.id"
		id := "ORGANIZATION_ID"
		if attribute.OrganizationID.MatchString(m.Organization.ValueString()) {
			id = m.Organization.ValueString()
		} else {
			hints = append(hints, fmt.Sprintf(
				"Replace ORGANIZATION_ID by the id of the organization %q.",
				m.Organization.ValueString(),
			))
		}
		block = "\n\n" + associationBlock(id, "NAME")
	}
	block = hclResource("m2m_client_grant", attributes...) + block
	hints = append(hints, "If there is such a grant already, its subject_type must be "+
		"\"client\", and the API must not deny machines "+
		"(subject_type_authorization).")
	return report.Sentences(
		"Grant it access, and let the token wait for the grant with client_grant_id = "+wait+":",
		block, strings.Join(hints, " "),
	)
}

// adviseAssociation contains an association to paste, with the id of the organization if it
// is known.
func (m *tokenModel) adviseAssociation(grant string) string {
	id := "ORGANIZATION_ID"
	if attribute.OrganizationID.MatchString(m.Organization.ValueString()) {
		id = m.Organization.ValueString()
	}
	return report.Sentences(fmt.Sprintf("Check that the tenant has the organization %q, by id or "+
		"by name. If it has, it may not use %s: "+
		"set allow_any_organization = true there, or associate the two, with GRANT replaced by "+
		"the name of the grant's block:",
		m.Organization.ValueString(), grant), associationBlock(id, "GRANT"), askedEarly)
}

func associationBlock(organizationID, grantName string) string {
	return hclResource("m2m_organization_client_grant",
		hclAttribute{"organization_id", report.HCLString(organizationID)},
		hclAttribute{"grant_id", "m2m_client_grant." + grantName + ".id"})
}
