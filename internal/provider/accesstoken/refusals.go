// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/run"
)

// report explains a refusal of the token endpoint: which client was refused which token, what
// the endpoint answered, and what to do.
func (m *tokenModel) report(diags *diag.Diagnostics, r *run.Run, creds m2m.Credentials, err error) {
	op := report.Operation{Verb: report.Fetch, Kind: "access token for the " +
		run.APIObject(m.Audience.ValueString()), Object: fmt.Sprintf("token for the API %q",
		m.Audience.ValueString())}
	var answer *rest.Error
	if !errors.As(err, &answer) || answer.NotJSON || answer.Status < 300 {
		r.Report(diags, op, err)
		return
	}
	if answer.Status == http.StatusUnauthorized && r.Reported.Before(wrongCredentials(creds)) {
		diags.AddAttributeError(path.Root("client_id"), op.Summary(), fmt.Sprintf("The token "+
			"endpoint refused the credentials of the client %q, as reported for another token of "+
			"this run.", creds.ClientID))
		return
	}
	said := fmt.Sprintf("The token endpoint refused the client %q a token for the API %q: %s.",
		creds.ClientID, m.Audience.ValueString(), report.Quote(answer))
	attribute, advice := m.advise(r, creds, answer)
	detail := report.Paragraphs(said, advice, report.Tried(answer.Tries), m.despite())
	if attribute == "" {
		diags.AddError(op.Summary(), detail)
		return
	}
	diags.AddAttributeError(path.Root(attribute), op.Summary(), detail)
}

// wrongCredentials names the problem that credentials are refused. Other credentials of the same
// client are another problem.
func wrongCredentials(creds m2m.Credentials) string {
	return fmt.Sprintf("refused %x", sha256.Sum256(fmt.Appendf(nil, "%q", []string{
		creds.ClientID, creds.ClientSecret, creds.PrivateKey, creds.SigningAlg,
		creds.AuthMethod,
	})))
}

// despite is advice for a destroy: Terraform plans a refresh before it, which requests tokens. It
// does not run actions.
func (m *tokenModel) despite() string {
	if m.inAction {
		return ""
	}
	return "If this stops a destroy, run terraform destroy -refresh=false. That requests only " +
		"tokens that configure a provider."
}

// isRefusal reports whether the token endpoint accepted the credentials but refused the token.
// A change to the grant may then help.
func isRefusal(err error) bool {
	var answer *rest.Error
	return errors.As(err, &answer) && !answer.NotJSON && (answer.Status == http.StatusForbidden ||
		answer.Status == http.StatusBadRequest)
}

// advise says what to do about a refusal, and which attribute it is about. It matches the text of
// messages, because most refusals have the same code (API contract 9.4). An action of the tenant
// can return any text, but only with the statuses 400 and 500 (API contract 9.5).
func (m *tokenModel) advise(
	r *run.Run, creds m2m.Credentials, answer *rest.Error,
) (attribute, advice string) {
	grant := fmt.Sprintf("the m2m_client_grant of the client %q for this API", creds.ClientID)
	early := m.askedEarly(r, creds)
	says := func(status int, text string) bool {
		return answer.Status == status && strings.Contains(answer.Message, text)
	}
	switch {
	case answer.Status == http.StatusUnauthorized:
		// Not on the credential, because Terraform would print its line.
		return "client_id", m.adviseOnCredentials(r, creds)
	case says(http.StatusForbidden, "Service not enabled"):
		advice := "The tenant has no API with exactly this identifier; a trailing slash matters. " +
			"Check also that " + r.Domain + " is the right tenant."
		if !m.inAction {
			advice += " If this configuration creates the API, set client_grant_id to the id of " +
				"its grant, so that the token is requested afterwards."
		}
		return "audience", advice
	case says(http.StatusForbidden, "Client has not been granted scopes"):
		return "scopes", report.Paragraphs("Add the scopes to the m2m_client_grant of this "+
			"client, or request fewer. The API must define them too. Or omit scopes here to get "+
			"all scopes that are granted.", early)
	case says(http.StatusForbidden, "client-grant"):
		return "", m.adviseGrant(creds)
	case says(http.StatusBadRequest, "parameter organization is required"):
		return "organization", report.Paragraphs("Set organization to the id or name of an "+
			"organization that may use the grant. The organization_usage of "+grant+
			` is "require"; with "allow", tokens without an organization are also issued.`,
			early)
	case says(http.StatusForbidden, "parameter organization is not allowed"):
		return "organization", report.Paragraphs(
			`Set organization_usage = "allow" in `+grant+
				", or remove organization from the configuration.",
			early,
		)
	case says(http.StatusForbidden, "parameter organization is invalid"):
		return "organization", m.adviseAssociation(grant, early)
	case says(http.StatusForbidden, "organization"):
		return "organization", "Check the organization, and organization_usage and " +
			"allow_any_organization of " + grant + "."
	default:
		return "", report.AdviseOnTokenRefusal(answer, creds.ClientID)
	}
}

// planned reports whether this run is known to change the API, or a grant of the client for it.
func (m *tokenModel) planned(r *run.Run, creds m2m.Credentials) bool {
	audience := m.Audience.ValueString()
	return r.GrantOfChanges(creds.ClientID, audience) || r.APIChanges(audience)
}

// askedEarly is for users whose configuration may change the grant or its API.
func (m *tokenModel) askedEarly(r *run.Run, creds m2m.Credentials) string {
	if m.inAction || m.ClientGrantID.IsNull() && !m.planned(r, creds) {
		return ""
	}
	return "The plan requests the token before the apply changes the grant or its API. If this " +
		"run changes them, use an ephemeral m2m_access_token of the same provider and set " +
		"client_grant_id to the id of the grant, so that the token waits for the change. Or " +
		"apply them first, with -target."
}

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
		return advice + " A client that is set to private_key_jwt there does not accept a secret."
	}
	return fmt.Sprintf("%s The client must have the matching public key there, as a "+
		"private_key_jwt credential with the algorithm %s. Check also the clock of this machine.",
		advice, cmp.Or(creds.SigningAlg, "RS256"))
}

// adviseGrant returns advice with a grant to paste that makes the request succeed.
func (m *tokenModel) adviseGrant(creds m2m.Credentials) string {
	attributes := []hclAttribute{
		{"client_id", report.HCLString(creds.ClientID)},
		{"audience", report.HCLString(m.Audience.ValueString())},
		{"scopes", "[" + hclList(m.Scopes) + "]"},
	}
	block, wait := "", "m2m_client_grant.NAME.id"
	var hints []string
	if m.Scopes.IsNull() {
		hints = append(hints, "List the scopes that the token needs.")
	}
	if !m.Organization.IsNull() {
		attributes = append(attributes, hclAttribute{"organization_usage", `"allow"`})
		wait = "m2m_organization_client_grant.NAME.id"
		id := "ORGANIZATION_ID"
		if attribute.OrganizationID.MatchString(m.Organization.ValueString()) {
			id = m.Organization.ValueString()
		} else {
			hints = append(hints, fmt.Sprintf(
				"Replace ORGANIZATION_ID with the id of the organization %q.",
				m.Organization.ValueString(),
			))
		}
		block = "\n\n" + associationBlock(id, "NAME")
	}
	block = hclResource("m2m_client_grant", attributes...) + block
	hints = append(hints, "If such a grant already exists, its subject_type must be \"client\", "+
		"and the API must not deny clients access (subject_type_authorization).")
	what := "Grant the client access, and make the token wait for the grant with " +
		"client_grant_id = " + wait + ":"
	if m.inAction {
		what = "Grant the client access:"
	}
	return report.Paragraphs(what, block, strings.Join(hints, " "))
}

// adviseAssociation returns advice with an association to paste, with the id of the
// organization if it is known.
func (m *tokenModel) adviseAssociation(grant, early string) string {
	id := "ORGANIZATION_ID"
	if attribute.OrganizationID.MatchString(m.Organization.ValueString()) {
		id = m.Organization.ValueString()
	}
	return report.Paragraphs(fmt.Sprintf("Check that the tenant has an organization with the id "+
		"or name %q. If it exists, it may not use %s. Set allow_any_organization = true there, "+
		"or add this association, and replace GRANT with the name of the grant's block:",
		m.Organization.ValueString(), grant), associationBlock(id, "GRANT"), early)
}

func associationBlock(organizationID, grantName string) string {
	return hclResource("m2m_organization_client_grant",
		hclAttribute{"organization_id", report.HCLString(organizationID)},
		hclAttribute{"grant_id", "m2m_client_grant." + grantName + ".id"})
}
