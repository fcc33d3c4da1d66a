// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// A proxy or a mixed-up reply may answer with an object that was not requested.
func TestAnswers_aboutAnotherObjectAreRefused(t *testing.T) {
	t.Parallel()
	const (
		api          = `{"id":"api-other","identifier":"urn:other","name":"Other"}`
		grant        = `{"id":"cgr_Other","client_id":"c","audience":"urn:other","subject_type":"client"}`
		oauthClient  = `{"client_id":"other","name":"Other"}`
		organization = `{"id":"org_Other","name":"other"}`
	)
	for name, test := range map[string]struct {
		answer string
		call   func(context.Context, *Client) error
	}{
		"API read": {api, func(ctx context.Context, c *Client) error {
			_, err := c.ResourceServers.Get(ctx, "api-mine")
			return err
		}},
		"API refreshed": {api, func(ctx context.Context, c *Client) error {
			_, err := c.Reads.ResourceServer(ctx, "api-mine", "urn:mine")
			return err
		}},
		"API written": {api, func(ctx context.Context, c *Client) error {
			_, err := c.ResourceServers.Update(ctx, "api-mine", ResourceServerProperties{})
			return err
		}},
		"grant read": {grant, func(ctx context.Context, c *Client) error {
			_, err := c.ClientGrants.Get(ctx, "cgr_Mine")
			return err
		}},
		"grant refreshed": {grant, func(ctx context.Context, c *Client) error {
			_, err := c.Reads.ClientGrant(
				ctx, "cgr_Mine", ClientGrantKey{ClientID: "c", Audience: "urn:mine"},
			)
			return err
		}},
		"grant written": {grant, func(ctx context.Context, c *Client) error {
			_, err := c.ClientGrants.Update(ctx, "cgr_Mine", ClientGrantProperties{})
			return err
		}},
		"grants listed": {`{"client_grants":[` + grant + `]}`, func(
			ctx context.Context, c *Client,
		) error {
			_, err := c.ClientGrants.List(ctx, ClientGrantFilter{Audience: "urn:mine"})
			return err
		}},
		"client": {oauthClient, func(ctx context.Context, c *Client) error {
			_, err := c.Clients.Get(ctx, "mine")
			return err
		}},
		"client with its secret": {oauthClient, func(ctx context.Context, c *Client) error {
			_, err := c.Clients.GetWithSecret(ctx, "mine")
			return err
		}},
		"organization": {organization, func(ctx context.Context, c *Client) error {
			_, err := c.Organizations.Get(ctx, "org_Mine")
			return err
		}},
		"organization by name": {organization, func(ctx context.Context, c *Client) error {
			_, err := c.Organizations.GetByName(ctx, "mine")
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.call(t.Context(), client(t, serve(t, reply(http.StatusOK, test.answer))))
			if err == nil || !strings.Contains(err.Error(), "another") || rest.IsNotFound(err) {
				t.Errorf("error = %v, want that the answer is about another object", err)
			}
		})
	}
}

// The new object exists although the answer is about another one, so it is looked up.
func TestAnswers_aboutAnotherObjectAfterACreate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		create  func(context.Context, *Client) (string, error)
		want    string
	}{
		"API": {
			[]http.HandlerFunc{
				reply(http.StatusCreated, `{"id":"api-other","identifier":"urn:other"}`),
				reply(http.StatusOK, `[{"id":"api-mine","identifier":"urn:mine"}]`),
			},
			func(ctx context.Context, c *Client) (string, error) {
				made, err := c.ResourceServers.Create(ctx, NewResourceServer{Identifier: "urn:mine"})
				return made.ID, err
			}, "api-mine",
		},
		"grant": {
			[]http.HandlerFunc{
				reply(http.StatusCreated, `{"id":"cgr_Other","client_id":"c","audience":"urn:other"}`),
				reply(http.StatusOK, `[{"id":"cgr_Mine","client_id":"c","audience":"urn:mine"}]`),
			},
			func(ctx context.Context, c *Client) (string, error) {
				made, err := c.ClientGrants.Create(ctx, NewClientGrant{
					ClientGrantKey: ClientGrantKey{ClientID: "c", Audience: "urn:mine"},
				})
				return made.ID, err
			}, "cgr_Mine",
		},
		"association": {
			[]http.HandlerFunc{
				reply(http.StatusCreated, `{"grant_id":"cgr_Other"}`),
				reply(http.StatusOK, `{"client_grants":[{"id":"cgr_Orders"}]}`),
			},
			func(ctx context.Context, c *Client) (string, error) {
				made, err := c.OrganizationClientGrants.Create(ctx, acmeOrders)
				return made.GrantID, err
			}, "cgr_Orders",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := test.create(t.Context(), client(t, script(t, test.answers...)))
			if err != nil || got != test.want {
				t.Errorf("created %q, %v, want %q", got, err, test.want)
			}
		})
	}
}
