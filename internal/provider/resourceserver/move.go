// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/tfstate"
)

// incumbentServer is the state of an auth0_resource_server. The auth0 provider stores an unset
// attribute as null or the zero value, and an object as a list of at most one item.
type incumbentServer struct {
	ID         string      `json:"id"`
	Identifier string      `json:"identifier"`
	Name       string      `json:"name"`
	Scopes     []m2m.Scope `json:"scopes"` // Before version 1.0.
	// In upper or lower case.
	SigningAlg                 string                    `json:"signing_alg"`
	SigningSecret              string                    `json:"signing_secret"`
	AllowOfflineAccess         *bool                     `json:"allow_offline_access"`
	AllowOnlineAccess          *bool                     `json:"allow_online_access"`
	AllowOnlineAccessEphemeral *bool                     `json:"allow_online_access_with_ephemeral_sessions"`
	TokenLifetime              *int64                    `json:"token_lifetime"`
	TokenLifetimeForWeb        *int64                    `json:"token_lifetime_for_web"`
	TokenDialect               string                    `json:"token_dialect"`
	EnforcePolicies            *bool                     `json:"enforce_policies"`
	SkipConsent                *bool                     `json:"skip_consent_for_verifiable_first_party_clients"`
	ConsentPolicy              string                    `json:"consent_policy"`
	VerificationLocation       string                    `json:"verification_location"`
	Options                    map[string]string         `json:"options"`
	IsSystem                   bool                      `json:"is_system"`
	ClientID                   string                    `json:"client_id"`
	AuthorizationPolicy        []m2m.AuthorizationPolicy `json:"authorization_policy"`

	SubjectTypeAuthorization []struct {
		User   []m2m.SubjectPolicy `json:"user"`
		Client []m2m.SubjectPolicy `json:"client"`
	} `json:"subject_type_authorization"`
	AuthorizationDetails []struct {
		Type    string `json:"type"`
		Disable bool   `json:"disable"`
	} `json:"authorization_details"`
	ProofOfPossession []struct {
		Mechanism   string `json:"mechanism"`
		Required    bool   `json:"required"`
		RequiredFor string `json:"required_for"`
		Disable     bool   `json:"disable"`
	} `json:"proof_of_possession"`
	TokenEncryption []struct {
		Format        string                   `json:"format"`
		EncryptionKey []incumbentEncryptionKey `json:"encryption_key"`
		Disable       bool                     `json:"disable"`
	} `json:"token_encryption"`
}

type incumbentEncryptionKey struct {
	Name      string `json:"name"`
	Algorithm string `json:"algorithm"`
	KID       string `json:"kid"`
	PEM       string `json:"pem"`
}

func (old incumbentServer) toAPI() m2m.ResourceServer {
	server := m2m.ResourceServer{
		ID: old.ID, Identifier: old.Identifier, Name: attribute.UnlessZero(old.Name),
		SigningAlg:         attribute.UnlessZero(strings.ToUpper(old.SigningAlg)),
		SigningSecret:      attribute.UnlessZero(old.SigningSecret),
		AllowOfflineAccess: old.AllowOfflineAccess, AllowOnlineAccess: old.AllowOnlineAccess,
		AllowOnlineAccessEphemeral: old.AllowOnlineAccessEphemeral,
		TokenLifetime:              old.TokenLifetime, TokenLifetimeForWeb: old.TokenLifetimeForWeb,
		TokenDialect:    attribute.UnlessZero(old.TokenDialect),
		EnforcePolicies: old.EnforcePolicies, SkipConsent: old.SkipConsent,
		IsSystem: old.IsSystem, ClientID: attribute.UnlessZero(old.ClientID),
	}
	if len(old.Scopes) > 0 {
		server.Scopes = old.Scopes
	}
	if old.ConsentPolicy != "null" { // The text "null" means none.
		server.ConsentPolicy = attribute.UnlessZero(old.ConsentPolicy)
	}
	if policy := first(old.AuthorizationPolicy); policy.PolicyID != "" {
		server.AuthorizationPolicy = &policy
	}
	for _, detail := range old.AuthorizationDetails {
		if detail.Type != "" && !detail.Disable {
			server.AuthorizationDetails = append(
				server.AuthorizationDetails, m2m.AuthorizationDetail{Type: detail.Type},
			)
		}
	}
	subjects := first(old.SubjectTypeAuthorization)
	user, client := first(subjects.User), first(subjects.Client)
	if user.Policy != "" || client.Policy != "" {
		server.SubjectTypeAuthorization = &m2m.SubjectTypeAuthorization{
			User:   attribute.UnlessZero(user),
			Client: attribute.UnlessZero(client),
		}
	}
	if proof := first(old.ProofOfPossession); proof.Mechanism != "" && !proof.Disable {
		server.ProofOfPossession = &m2m.ProofOfPossession{
			Mechanism: proof.Mechanism, Required: proof.Required,
			RequiredFor: attribute.UnlessZero(proof.RequiredFor),
		}
	}
	if key := old.encryptionKey(); key.Algorithm != "" {
		server.TokenEncryption = &m2m.TokenEncryption{
			Format: cmp.Or(first(old.TokenEncryption).Format, tokenEncryptionFormat),
			EncryptionKey: m2m.EncryptionKey{
				Name: attribute.UnlessZero(key.Name), Alg: key.Algorithm,
				KID: attribute.UnlessZero(key.KID), PEM: key.PEM,
			},
		}
	}
	return server
}

// encryptionKey returns the zero value if tokens are not encrypted.
func (old incumbentServer) encryptionKey() incumbentEncryptionKey {
	encryption := first(old.TokenEncryption)
	if encryption.Disable {
		return incumbentEncryptionKey{}
	}
	return first(encryption.EncryptionKey)
}

// first returns the first item of a list, or the zero value if the list is empty.
func first[T any](list []T) T {
	var object T
	if len(list) > 0 {
		object = list[0]
	}
	return object
}

// idForm matches the id of an API.
var idForm = regexp.MustCompile(`^[0-9a-f]{24}$`)

// MoveState accepts the state of an auth0_resource_server.
func (r *serverResource) MoveState(context.Context) []resource.StateMover {
	const typeName = "auth0_resource_server"
	return []resource.StateMover{tfstate.MoveFrom(typeName,
		func(ctx context.Context, old incumbentServer, resp *resource.MoveStateResponse) {
			if old.Identifier == "" && !idForm.MatchString(old.ID) {
				// After an import, early versions stored the identifier as the id.
				old.Identifier = old.ID
			}
			if old.Identifier == "" {
				tfstate.MoveError(&resp.Diagnostics, typeName, "it contains no identifier")
				return
			}
			old.ID = cmp.Or(old.ID, old.Identifier) // The refresh can read by either.

			server := old.toAPI()
			pem := types.StringValue(old.encryptionKey().PEM)
			var state serverModel
			state.TokenEncryption = tokenEncryptionFromAPI(
				ctx, server.TokenEncryption, pem, &resp.Diagnostics,
			)
			state.AuthorizationDetails = noDetails
			state.fromAPI(ctx, server, &resp.Diagnostics)
			if len(server.Scopes) == 0 {
				// The auth0 provider keeps scopes in other resources. The refresh reads them.
				state.Scopes = types.MapNull(types.StringType)
			}
			tfstate.SetIdentity(ctx, resp.TargetIdentity, state.identity(), &resp.Diagnostics)
			resp.Diagnostics.Append(resp.TargetState.Set(ctx, &state)...)
			old.warnOfLoss(&resp.Diagnostics)
		})}
}

// warnOfLoss warns about attributes of the old state that m2m_resource_server does not have.
func (old incumbentServer) warnOfLoss(diags *diag.Diagnostics) {
	var gone []string
	if old.VerificationLocation != "" {
		gone = append(gone, "verification_location")
	}
	if len(old.Options) > 0 {
		gone = append(gone, "options")
	}
	if len(gone) > 0 {
		diags.AddWarning(fmt.Sprintf("Attributes of the API %q left behind", old.Identifier),
			fmt.Sprintf("The old state has %s, which m2m_resource_server does not support. The "+
				"tenant keeps the values. Remove %[1]s from the configuration.",
				strings.Join(gone, " and ")))
	}
}
