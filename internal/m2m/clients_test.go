// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const reporterJSON = `{"client_id":"Reporter","name":"Reporter","description":"","app_type":"non_interactive","is_first_party":true,
 "global":false,"grant_types":["client_credentials"],"token_endpoint_auth_method":"client_secret_post",
 "client_authentication_methods":{"private_key_jwt":{"credentials":[{"id":"cred_1"}]}},"organization_usage":"allow",
 "default_organization":{"organization_id":"org_1","flows":["client_credentials"]},
 "resource_server_identifier":"urn:orders","unheard_of":1}`

func TestClients_everyPropertyIsRead(t *testing.T) {
	t.Parallel()
	want := OAuthClient{
		ClientID: "Reporter", Name: new("Reporter"), Description: new(""),
		AppType: new("non_interactive"), IsFirstParty: new(true),
		GrantTypes:              []string{"client_credentials"},
		TokenEndpointAuthMethod: new("client_secret_post"),
		AuthenticationMethods: map[string]json.RawMessage{"private_key_jwt": json.RawMessage(
			`{"credentials":[{"id":"cred_1"}]}`,
		)},
		OrganizationUsage: new("allow"), ResourceServerIdentifier: new("urn:orders"),
		DefaultOrganization: &DefaultOrganization{
			OrganizationID: "org_1",
			Flows:          []string{"client_credentials"},
		},
	}
	s := script(t, reply(200, reporterJSON), reply(
		200, `{"clients":[`+reporterJSON+`,{"client_id":"All","global":true}]}`,
	))
	c := client(t, s)
	got, err := c.Clients.Get(t.Context(), "Reporter")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	all, err := c.Clients.List(t.Context(), OAuthClientFilter{})
	if diff := cmp.Diff([]OAuthClient{want, {ClientID: "All", IsGlobal: true}}, all); err != nil ||
		diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestClients_secretIsRedactedInLaterErrors(t *testing.T) {
	t.Parallel()
	const secret = "a-secret-of-a-client"
	s := script(t, reply(200, `{"client_id":"a","client_secret":"`+secret+`"}`),
		reply(
			400,
			`{"statusCode":400,"error":"Bad Request","message":"not `+secret+
				`","errorCode":"invalid_body"}`,
		))
	c := client(t, s)
	got, err := c.Clients.GetWithSecret(t.Context(), "a")
	if err != nil || got.ClientSecret == nil || *got.ClientSecret != secret {
		t.Fatalf("%v, %v", got.ClientSecret, err)
	}
	if _, err = c.Clients.Get(t.Context(), "a"); err == nil ||
		strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), "[redacted]") {
		t.Errorf("the error is %v", err)
	}
}

func TestClients_missingClientIsNotFound(t *testing.T) {
	t.Parallel()
	s := serve(t, reply(
		http.StatusNotFound,
		`{"statusCode":404,"error":"Not Found","message":"The client does not exist","errorCode":"inexistent_client"}`,
	))
	if _, err := client(t, s).Clients.Get(t.Context(), "a"); !rest.IsNotFound(err) {
		t.Errorf("%v", err)
	}
}

func TestList_filtersByteForByte(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	const fields = "fields=client_id%2Cname%2Cdescription%2Capp_type%2Cis_first_party%2Cglobal%2Cgrant_types%2C" +
		"token_endpoint_auth_method%2Cclient_authentication_methods%2Corganization_usage%2Cdefault_organization%2C" +
		"resource_server_identifier&include_fields=true"
	grants := func(filter ClientGrantFilter) func(context.Context, *Client) error {
		return func(ctx context.Context, c *Client) error {
			_, err := c.ClientGrants.List(ctx, filter)
			return err
		}
	}
	clients := func(filter OAuthClientFilter) func(context.Context, *Client) error {
		return func(ctx context.Context, c *Client) error {
			_, err := c.Clients.List(ctx, filter)
			return err
		}
	}
	for name, tc := range map[string]struct {
		call func(context.Context, *Client) error
		want []string
	}{
		"grants of a client": {
			grants(ClientGrantFilter{
				ClientID: "c", Audience: "urn:a b", SubjectType: "user", AllowAnyOrganization: true,
			}),
			[]string{
				"GET /api/v2/client-grants?allow_any_organization=true&audience=urn%3Aa+b&client_id=c&subject_type=user&take=100",
			},
		},
		"default grants": {
			grants(ClientGrantFilter{DefaultFor: "third_party_clients"}),
			[]string{"GET /api/v2/client-grants?default_for=third_party_clients&take=100"},
		},
		"clients": {
			clients(OAuthClientFilter{}), []string{"GET /api/v2/clients?" + fields +
				"&is_global=false&take=100"},
		},
		"clients by everything": {
			clients(OAuthClientFilter{
				AppTypes:     []string{"spa", "native"},
				IsFirstParty: &no,
				IsGlobal:     true,
			}),
			[]string{"GET /api/v2/clients?app_type=spa%2Cnative&" + fields +
				"&is_first_party=false&is_global=true&take=100"},
		},
		"first-party clients": {
			clients(OAuthClientFilter{IsFirstParty: &yes}),
			[]string{"GET /api/v2/clients?" + fields +
				"&is_first_party=true&is_global=false&take=100"},
		},
		"clients of no type": {clients(OAuthClientFilter{AppTypes: []string{}}), nil},
		"one client": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Clients.Get(ctx, "a%b")
				return err
			},
			[]string{"GET /api/v2/clients/a%25b?" + fields},
		},
		"one client with its secret": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Clients.GetWithSecret(ctx, "a")
				return err
			},
			[]string{"GET /api/v2/clients/a?" + strings.Replace(
				fields, "fields=", "fields=client_secret%2C", 1,
			)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				id := strings.TrimPrefix(r.URL.Path, "/api/v2/clients/")
				reply(200, fmt.Sprintf(
					`{"client_id":%q,"client_grants":[],"clients":[]}`, id,
				))(w, r)
			})
			if err := tc.call(t.Context(), client(t, s)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, s.Lines()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}
