// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const (
	acmeGrants  = "/api/v2/organizations/org_Acme/client-grants"
	acmePost    = "POST " + acmeGrants
	acmeFind    = "GET " + acmeGrants + "?grant_ids=cgr_Orders&include_totals=true"
	acmeDelete  = "DELETE " + acmeGrants + "/cgr_Orders"
	ordersOrgs  = "GET /api/v2/client-grants/cgr_Orders/organizations?take=100"
	acmeAnswer  = `{"grant_id":"cgr_Orders","client_id":"abc","audience":"urn:orders","scope":["read"],"organization_usage":"allow","allow_any_organization":false}`
	acmeFound   = `{"client_grants":[{"id":"cgr_Orders","client_id":"abc","audience":"urn:orders","scope":[]}],"start":0,"limit":50,"total":1}`
	acmeNothing = `{"client_grants":[],"start":0,"limit":50,"total":0}`
	acmeTaken   = `{"statusCode":409,"error":"Conflict","message":"The client grant has already been added to this organization."}`
	acmeFull    = `{"statusCode":409,"error":"Conflict","message":"Quota exceeded; cannot add more than 100 client grants to a single organization"}`
	noAcme      = `{"statusCode":404,"error":"Not Found","message":"No organization found by that id"}`
	noRoute     = `{"statusCode":404,"error":"Not Found","message":"Not Found"}`
	noGrant     = `{"statusCode":404,"error":"Not Found","message":"The grant does not exist.","errorCode":"inexistent_client_grant"}`
	forbidden   = `{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:organization_client_grants","errorCode":"insufficient_scope"}`
)

var acmeOrders = OrganizationClientGrant{"org_Acme", "cgr_Orders"}

func TestOrganizationClientGrants_createIsOneRequest(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"the wire":    acmeAnswer,
		"the OpenAPI": `{"id":"cgr_Orders","audience":"urn:orders"}`,
	} {
		s := script(t, reply(201, body))
		got, err := client(t, s).OrganizationClientGrants.Create(t.Context(), acmeOrders)
		if err != nil || got != acmeOrders {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		a := s.Arrived()[0]
		if want := acmePost + ` {"grant_id":"cgr_Orders"}`; a.String()+" "+a.Body != want {
			t.Errorf("%s: sent %s %s, want %s", name, a, a.Body, want)
		}
	}
}

func TestOrganizationClientGrants_lostReplyIsLookedUp(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]http.HandlerFunc{
		"reset": reset, "truncated": truncated, "502": html(502),
		"201 without id": reply(201, "{}"),
	} {
		s := script(t, lost, reply(200, acmeFound))
		got, err := client(t, s).OrganizationClientGrants.Create(t.Context(), acmeOrders)
		if err != nil || got != acmeOrders {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if diff := cmp.Diff([]string{acmePost, acmeFind}, s.Lines()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	s := script(t, reset, reply(200, acmeNothing), reply(409, acmeTaken), reply(200, acmeFound))
	if got, err := client(t, s).OrganizationClientGrants.Create(
		t.Context(), acmeOrders,
	); err != nil || got != acmeOrders {
		t.Errorf("took effect after the lookup: %v, %v", got, err)
	}
	s = script(t, reset, reply(200, acmeNothing), reply(409, acmeFull), reply(200, acmeFound))
	if got, err := client(t, s).OrganizationClientGrants.Create(
		t.Context(), acmeOrders,
	); err != nil || got != acmeOrders {
		t.Errorf("took the last place: %v, %v", got, err)
	}
}

func TestOrganizationClientGrants_existingAssociationIsAConflict(t *testing.T) {
	t.Parallel()
	s := script(t, reply(409, acmeTaken), reply(200, acmeFound))
	got, err := client(t, s).OrganizationClientGrants.Create(t.Context(), acmeOrders)
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.ID != "org_Acme::cgr_Orders" ||
		!conflict.Identical || got != acmeOrders {
		t.Error(got, err)
	}
	if diff := cmp.Diff([]string{acmePost, acmeFind}, s.Lines()); diff != "" {
		t.Error(diff)
	}
}

func TestOrganizationClientGrants_limitIsNotAConflict(t *testing.T) {
	t.Parallel()
	s := script(t, reply(409, acmeFull))
	_, err := client(t, s).OrganizationClientGrants.Create(t.Context(), acmeOrders)
	var (
		conflict *ConflictError
		answer   *rest.Error
	)
	if errors.As(err, &conflict) || !errors.As(err, &answer) || answer.Status != 409 {
		t.Error(err)
	}
}

func TestOrganizationClientGrants_refusedCreateIsNotLookedUp(t *testing.T) {
	t.Parallel()
	for _, h := range []http.HandlerFunc{
		reply(404, noAcme), reply(404, noGrant), reply(403, forbidden), reply(404, noRoute),
		html(404),
	} {
		s := script(t, h)
		if _, err := client(t, s).OrganizationClientGrants.Create(
			t.Context(), acmeOrders,
		); err == nil || len(s.Lines()) != 1 {
			t.Errorf("%v after %q", err, s.Lines())
		}
	}
}

// A read finds the association, its absence, or neither. If neither is certain, the association
// must stay in the state.
func TestOrganizationClientGrants_absenceIsCertain(t *testing.T) {
	t.Parallel()
	const (
		present = "present"
		absent  = "absent"
		doubt   = "doubt"
	)
	organizations := func(ids string) http.HandlerFunc {
		return reply(200, `{"organizations":[`+ids+`]}`)
	}
	next := ordersOrgs[:len(ordersOrgs)-len("take=100")] + "from=p2&take=100"
	for name, c := range map[string]struct {
		answers []http.HandlerFunc
		want    string
		sent    []string // After the first request.
	}{
		"associated": {[]http.HandlerFunc{reply(200, acmeFound)}, present, nil},
		"filter ignored, in list": {
			[]http.HandlerFunc{reply(
				200, `{"client_grants":[{"id":"cgr_X"},{"id":"cgr_Orders"}]}`,
			)},
			present, nil,
		},
		"not associated":         {[]http.HandlerFunc{reply(200, acmeNothing)}, absent, nil},
		"no grants key":          {[]http.HandlerFunc{reply(200, `{}`)}, doubt, nil},
		"another kind of answer": {[]http.HandlerFunc{reply(200, `[]`)}, doubt, nil},
		"page of a proxy":        {[]http.HandlerFunc{html(404)}, doubt, nil},
		"forbidden":              {[]http.HandlerFunc{reply(403, forbidden)}, doubt, nil},
		"other code": {
			[]http.HandlerFunc{reply(
				404, `{"statusCode":404,"error":"Not Found","message":"x","errorCode":"not_found"}`,
			)},
			doubt, nil,
		},
		"organization gone": {
			[]http.HandlerFunc{reply(404, noAcme), organizations("")}, absent, []string{ordersOrgs},
		},
		"organization gone, the grant has others": {
			[]http.HandlerFunc{
				reply(404, noAcme), reply(200, `{"organizations":[{"id":"org_A"}],"next":"p2"}`),
				organizations(`{"id":"org_B"}`),
			},
			absent,
			[]string{ordersOrgs, next},
		},
		"both gone": {
			[]http.HandlerFunc{reply(404, noAcme), reply(404, noGrant)},
			absent,
			[]string{ordersOrgs},
		},
		"another server": {
			[]http.HandlerFunc{reply(404, noRoute), reply(404, noRoute)},
			doubt,
			[]string{ordersOrgs},
		},
		"a server that agrees": {
			[]http.HandlerFunc{reply(404, noRoute), reply(200, `{}`)}, doubt, []string{ordersOrgs},
		},
		"null organizations": {
			[]http.HandlerFunc{reply(404, noAcme), reply(200, `{"organizations":null}`)},
			doubt,
			[]string{ordersOrgs},
		},
		"the two ends contradict": {
			[]http.HandlerFunc{reply(404, noAcme), organizations(`{"id":"org_Acme"}`)},
			doubt,
			[]string{ordersOrgs},
		},
		"other end forbidden": {
			[]http.HandlerFunc{reply(404, noAcme), reply(403, forbidden)},
			doubt,
			[]string{ordersOrgs},
		},
		"on a later page": {
			[]http.HandlerFunc{
				reply(404, noAcme), reply(200, `{"organizations":[],"next":"p2"}`),
				organizations(`{"id":"org_Acme"}`),
			},
			doubt,
			[]string{ordersOrgs, next},
		},
		"a list without an end": {
			[]http.HandlerFunc{
				reply(404, noAcme), reply(200, `{"organizations":[],"next":"p2"}`),
				reply(200, `{"organizations":[],"next":"p2"}`),
			},
			doubt,
			[]string{ordersOrgs, next},
		},
		"filter ignored, there": {
			[]http.HandlerFunc{
				reply(200, `{"client_grants":[{"id":"cgr_X"}]}`),
				organizations(`{"id":"org_Acme"}`),
			},
			doubt,
			[]string{ordersOrgs},
		},
		"filter ignored, gone": {
			[]http.HandlerFunc{reply(200, `{"client_grants":[{"id":"cgr_X"}]}`), organizations("")},
			absent,
			[]string{ordersOrgs},
		},
		"grant gone, filter known": {[]http.HandlerFunc{reply(404, noGrant)}, absent, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := script(t, c.answers...)
			found, err := client(t, s).OrganizationClientGrants.Find(t.Context(), acmeOrders)
			got := doubt
			switch {
			case err == nil && found == acmeOrders:
				got = present
			case rest.IsNotFound(err):
				got = absent
			}
			if got != c.want {
				t.Errorf("%s, want %s: %v", got, c.want, err)
			}
			if diff := cmp.Diff(append([]string{acmeFind}, c.sent...), s.Lines()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOrganizationClientGrants_doubtReturnsTheFirstError(t *testing.T) {
	t.Parallel()
	s := script(t, reply(404, noAcme), reply(403, forbidden))
	_, err := client(t, s).OrganizationClientGrants.Find(t.Context(), acmeOrders)
	if err == nil ||
		!strings.Contains(err.Error(), "404 Not Found: No organization found by that id") {
		t.Error(err)
	}
}

func TestOrganizationClientGrants_missingAssociationIsDeleted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []http.HandlerFunc
		ok      bool
	}{
		"deleted":    {[]http.HandlerFunc{reply(204, "")}, true},
		"lost reply": {[]http.HandlerFunc{reset, reply(204, "")}, true},
		"grant gone": {[]http.HandlerFunc{reply(404, noGrant), reply(404, noGrant)}, true},
		"organization gone": {
			[]http.HandlerFunc{reply(404, noAcme), reply(200, `{"organizations":[]}`)}, true,
		},
		"another server":  {[]http.HandlerFunc{reply(404, noRoute), reply(404, noRoute)}, false},
		"page of a proxy": {[]http.HandlerFunc{html(404)}, false},
		"still there": {
			[]http.HandlerFunc{
				reply(404, noAcme), reply(200, `{"organizations":[{"id":"org_Acme"}]}`),
				reply(204, ""),
			},
			true,
		},
		"forbidden": {[]http.HandlerFunc{reply(403, forbidden)}, false},
	} {
		s := script(t, c.answers...)
		err := client(t, s).OrganizationClientGrants.Delete(t.Context(), acmeOrders)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if len(s.Lines()) != len(c.answers) || s.Lines()[0] != acmeDelete {
			t.Errorf("%s: sent %q", name, s.Lines())
		}
	}
}

func TestOrganizationClientGrant_idRoundTrips(t *testing.T) {
	t.Parallel()
	if got, ok := ParseOrganizationClientGrantID(acmeOrders.ID()); got != acmeOrders || !ok {
		t.Errorf("%v, %v", got, ok)
	}
	for _, id := range []string{
		"", "::", "org_Acme", "org_Acme::", "::cgr_Orders", "org_Acme:cgr_Orders", "a::b::c",
	} {
		if got, ok := ParseOrganizationClientGrantID(id); ok {
			t.Errorf("%q passes for %v", id, got)
		}
	}
}
