// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

// This file checks that the objects exist to which a plan refers by a literal value. Each object is
// looked up, and each warning given, once per run.

// CheckAPI warns if neither the tenant nor this run has an API that a planned object refers to in
// an attribute. Terraform may plan the API later than the object, unless the attribute refers to
// it, so CheckAPI waits a moment.
func (r *Run) CheckAPI(
	ctx context.Context, attribute, identifier string, diags *diag.Diagnostics,
) {
	if r.Unusable != nil || r.Declares(APIObject(identifier)) {
		return
	}
	missing, err := lookUpOnce(ctx, r, &r.missingAPIs, identifier,
		func(ctx context.Context) (bool, error) {
			if _, err := r.LiveScopes(ctx, identifier); !rest.IsNotFound(err) {
				return false, err
			}
			return !r.AwaitDeclaration(ctx, APIObject(identifier)), nil
		})
	switch {
	case err != nil:
		r.SkipCheck(ctx, diags, "APIs that do not exist", "read:resource_servers", err)
	case !missing || r.Declares(APIObject(identifier)) || !r.SayOnce("no "+APIObject(identifier)):
	default:
		diags.AddAttributeWarning(path.Root(attribute),
			fmt.Sprintf("No API has the identifier %q", identifier),
			report.Paragraphs(fmt.Sprintf("The tenant %s has no such API, and this plan does not "+
				"create it as far as is known, so the apply would fail.",
				r.Domain),
				r.HintOfAPI(ctx, identifier), fmt.Sprintf("If this configuration creates the API, "+
					"refer to its identifier (%s = m2m_resource_server.NAME.identifier), so that "+
					"it is created first.", attribute)))
	}
}

// HintOfAPI names the API whose identifier an unknown identifier was probably meant to be. It
// returns "" if there is none.
func (r *Run) HintOfAPI(ctx context.Context, unknown string) string {
	for _, of := range []struct {
		who         string
		identifiers func(context.Context) []string
	}{
		{"This configuration", r.plannedAPIs},
		{"The tenant", r.liveAPIs},
	} {
		found, difference := nearMiss(unknown, of.identifiers(ctx))
		switch {
		case found == "":
		case difference == "":
			return fmt.Sprintf("%s has %q.", of.who, found)
		default:
			return fmt.Sprintf("%s has %q, %s.", of.who, found, difference)
		}
	}
	return ""
}

// HintOfMissingAPI is HintOfAPI if the tenant has answered that an API does not exist.
func (r *Run) HintOfMissingAPI(ctx context.Context, err error, identifier string) string {
	var answer *rest.Error
	if !errors.As(err, &answer) || answer.Code != "inexistent_resource_server" {
		return ""
	}
	return r.HintOfAPI(ctx, identifier)
}

// plannedAPIs returns the identifiers of the APIs that this run plans, as far as is known.
func (r *Run) plannedAPIs(context.Context) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.apis))
}

// liveAPIs returns the identifiers of all APIs of the tenant, or none if they cannot be listed.
func (r *Run) liveAPIs(ctx context.Context) []string {
	identifiers, _ := lookUpOnce(ctx, r, &r.identifiers, "",
		func(ctx context.Context) (out []string, _ error) {
			servers, err := r.API.Reads.ResourceServers(ctx)
			for _, server := range servers {
				out = append(out, server.Identifier)
			}
			return out, err
		})
	return identifiers
}

// readsClients are the management scopes of which one is needed to read a client (API contract 6).
var readsClients = []string{
	"read:clients", "read:client_keys", "read:client_credentials", "read:client_summary",
}

// mayReadClients reports whether the provider has a management scope to read clients, as far as is
// known.
func (r *Run) mayReadClients(ctx context.Context) bool {
	granted, known := r.grantedScopes(ctx)
	return !known || slices.ContainsFunc(granted, func(scope string) bool {
		return slices.Contains(readsClients, scope)
	})
}

func (r *Run) client(ctx context.Context, clientID string) (m2m.OAuthClient, error) {
	return lookUpOnce(ctx, r, &r.clients, clientID,
		func(ctx context.Context) (m2m.OAuthClient, error) {
			return r.API.Reads.Client(ctx, clientID)
		})
}

// ClientName returns the name of a client for a message, or "" if it cannot be read.
func (r *Run) ClientName(ctx context.Context, clientID string) string {
	if r.Unusable != nil || !r.mayReadClients(ctx) {
		return ""
	}
	client, err := r.client(ctx, clientID)
	if err != nil || client.Name == nil {
		return ""
	}
	return *client.Name
}

// CheckClient warns if the tenant does not have the client of a planned grant. If the grant is for
// client credentials, it also warns if the client may not use them.
func (r *Run) CheckClient(
	ctx context.Context, clientID string, forClientCredentials bool, diags *diag.Diagnostics,
) {
	const check = "clients that do not exist or may not use client credentials"
	if r.Unusable != nil {
		return
	}
	if !r.mayReadClients(ctx) {
		r.skipForScope(ctx, diags, check, readsClients[0])
		return
	}
	client, err := r.client(ctx, clientID)
	at := path.Root("client_id")
	switch {
	case rest.IsNotFound(err):
		if r.SayOnce("no client " + clientID) {
			diags.AddAttributeWarning(at, fmt.Sprintf("The tenant has no client %q", clientID),
				fmt.Sprintf("A grant needs a client of the tenant %s, so the apply would fail. "+
					"Set client_id to the id of the client, not to its name. If this "+
					"configuration creates the client, refer to its id, so that it is created "+
					"first.", r.Domain))
		}
	case err != nil:
		r.SkipCheck(ctx, diags, check, readsClients[0], err)
	case forClientCredentials && client.GrantTypes != nil &&
		!slices.Contains(client.GrantTypes, "client_credentials") &&
		r.SayOnce("no client credentials for "+clientID):
		types := "none"
		if len(client.GrantTypes) > 0 {
			types = strings.Join(client.GrantTypes, ", ")
		}
		diags.AddAttributeWarning(at,
			fmt.Sprintf("The client %q may not use client credentials", clientID),
			fmt.Sprintf("Its grant types in the tenant are: %s. It gets no token with a grant of "+
				"the subject type client. Add client_credentials to its grant types, as "+
				"machine-to-machine applications have, or set subject_type = \"user\" if it acts "+
				"for users.", types))
	}
}
