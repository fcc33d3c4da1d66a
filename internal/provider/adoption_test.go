// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// adoptable is the body of an API as somebody else made it.
const adoptable = `{"identifier":"https://orders.example.com","name":"Theirs","token_lifetime":1234}`

// keepsObjects runs steps after which the tenant must have what it had before.
func (n *tenant) keepsObjects(steps ...resource.TestStep) {
	n.t.Helper()
	before := fmt.Sprint(n.objects())
	n.t.Cleanup(func() {
		if after := fmt.Sprint(n.objects()); after != before {
			n.t.Errorf("objects of the tenant: %s, want %s", after, before)
		}
	})
	steps = append(steps, resource.TestStep{Config: "removed {\n  from = " + ordersName + "\n  lifecycle {\n    destroy = false\n  }\n}\n"})
	n.accTest(steps...)
}

// A server error may hide a create that worked, but it never makes what others
// made ours.
func TestAccResourceServer_serverErrorAdoptsNothing(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/resource-servers", adoptable)
	n.Next("POST /api/v2/resource-servers", testserver.Refuse(http.StatusServiceUnavailable))
	n.accTest(resource.TestStep{
		Config:            ordersConfig(),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(``))},
		ExpectError:       says(`The tenant already has the API "https://orders.example.com". To manage it here, import it`),
	})
}

func TestAccClientGrant_serverErrorAdoptsNothing(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/client-grants", fmt.Sprintf(`{"client_id":%q,"audience":%q,"scope":["read:orders"],"organization_usage":"require"}`,
		testserver.MachineClientID, testserver.SampleAPIAudience))
	n.Next("POST /api/v2/client-grants", testserver.Refuse(http.StatusBadGateway))
	n.accTest(resource.TestStep{
		Config:            grantConfig(`scopes = ["read:orders"]`),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":["read:orders"]`))},
		ExpectError:       says("To manage it here, import it"),
	})
}

// An API keeps the secret of its time with HS256.
func TestAccResourceServer_useExistingWithStoredSecret(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/resource-servers", `{"identifier":"https://orders.example.com","signing_alg":"HS256"}`)
	n.dashboard(http.MethodPatch, resourceServerPath(ordersAPI), `{"signing_alg":"RS256"}`, nil)
	n.keepsObjects(resource.TestStep{
		Config:            ordersConfig("use_existing = true", `signing_alg = "RS256"`),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(`POST resource-servers {"identifier":"https://orders.example.com","signing_alg":"RS256"}`)},
	})
}

// Terraform creates before it destroys here, so both concern the same API.
func TestAccResourceServer_adoptedByItsReplacementIsNotDestroyed(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/resource-servers", adoptable)
	config := ordersConfig("use_existing = true", "lifecycle {\n  create_before_destroy = true\n}")
	n.keepsObjects(
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(``))}},
		resource.TestStep{
			Taint:            []string{ordersName},
			Config:           config,
			ConfigPlanChecks: planned(ordersName, plancheck.ResourceActionCreateBeforeDestroy),
			ConfigStateChecks: []statecheck.StateCheck{
				n.sent(ordersPost(``)), n.stored(resourceServerPath(ordersAPI), map[string]string{"name": `"Theirs"`}),
			},
		},
	)
}

func TestAccResourceServer_twoResourcesCannotAdoptOneObject(t *testing.T) {
	n := newTenant(t)
	n.create("/api/v2/resource-servers", adoptable)
	n.accTest(resource.TestStep{
		Config:            strings.Replace(ordersConfig("use_existing = true"), "identifier", "count = 2\n  identifier", 1),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(ordersPost(``), ordersPost(``))},
		ExpectError:       says("another resource has created or adopted it in this run. Two resources that manage one object undo each other's changes"),
	}, resource.TestStep{
		Config: "removed {\n  from = " + ordersName + "\n  lifecycle {\n    destroy = false\n  }\n}\n",
	})
}

func TestAccClientGrant_whatOneResourceCreatedAnotherCannotAdopt(t *testing.T) {
	n := newTenant(t)
	n.accTest(resource.TestStep{
		Config:            strings.Replace(grantConfig("use_existing = true"), "client_id", "count = 2\n  client_id", 1),
		ConfigStateChecks: []statecheck.StateCheck{n.sent(grantPost(`,"scope":[]`), grantPost(`,"scope":[]`))},
		ExpectError:       says("another resource has created or adopted it in this run."),
	})
}

func TestClaims_destroyThatFailedMakesWayForAdoption(t *testing.T) {
	t.Parallel()
	var c claims
	done, ok := c.destroy("1")
	if !ok {
		t.Fatal("the object cannot be destroyed")
	}
	time.AfterFunc(20*time.Millisecond, func() { done(false) })
	out, adopted, err := createOrAdopt(context.Background(), &c, true,
		func() (string, string, error) { return "", "", &m2m.ConflictError{ID: "1", Err: errors.New("taken")} },
		func(string) (string, error) { return "adopted", nil })
	if out != "adopted" || !adopted || err != nil {
		t.Errorf("%q %v %v, want the object that stayed", out, adopted, err)
	}
}

func TestClaims_createWaitsForWhatThisRunDestroys(t *testing.T) {
	t.Parallel()
	var c claims
	done, ok := c.destroy("1")
	if !ok {
		t.Fatal("the object cannot be destroyed")
	}
	var gone atomic.Bool
	time.AfterFunc(20*time.Millisecond, func() {
		gone.Store(true)
		done(true)
	})
	for _, useExisting := range []bool{true, false} {
		out, adopted, err := createOrAdopt(context.Background(), &c, useExisting,
			func() (string, string, error) {
				if !gone.Load() {
					return "", "", &m2m.ConflictError{ID: "1", Err: errors.New("taken")}
				}
				return "new", fmt.Sprint("2", useExisting), nil
			},
			func(string) (string, error) { return "adopted", nil })
		if out != "new" || adopted || err != nil {
			t.Errorf("%q %v %v, want a new object", out, adopted, err)
		}
	}
}

func TestClaims_failedAdoptionCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	var c claims
	adopt := func(err error) error {
		_, _, err = createOrAdopt(context.Background(), &c, true,
			func() (string, string, error) {
				return "", "", &m2m.ConflictError{ID: "1", Err: errors.New("taken")}
			},
			func(string) (string, error) { return "", err })
		return err
	}
	if err := adopt(errors.New("no")); err == nil {
		t.Error("the error is lost")
	}
	if err := adopt(nil); err != nil {
		t.Error(err)
	}
	if err := adopt(nil); !errors.Is(err, report.ErrOwnedTwice) {
		t.Errorf("%v, want %v", err, report.ErrOwnedTwice)
	}
	if _, ok := c.destroy("1"); ok {
		t.Error("an adopted object may be destroyed")
	}
}

func TestClaims_settledIsWhenNothingIsBeingDestroyed(t *testing.T) {
	t.Parallel()
	var c claims
	<-c.settled("1")
	done, _ := c.destroy("1")
	settled := c.settled("1")
	select {
	case <-settled:
		t.Error("settled while it is being destroyed")
	default:
	}
	<-c.settled("2")
	done(true)
	<-settled
}

func TestSession_destroy(t *testing.T) {
	t.Parallel()
	var (
		s     session
		diags diag.Diagnostics
	)
	op := report.Operation{Kind: "resource server", Object: `API "urn:a"`}
	refused := errors.New("refused")
	if err := s.destroy(op, "1", &diags, func() error { return refused }); !errors.Is(err, refused) || len(diags) > 0 {
		t.Errorf("%v, %v", err, diags)
	}
	if s.claims.isLeaving("1") != nil {
		t.Error("what is still there is waited for")
	}
	if err := s.destroy(op, "1", &diags, func() error { return nil }); err != nil || len(diags) > 0 {
		t.Errorf("%v, %v", err, diags)
	}
	if s.claims.isLeaving("1") == nil {
		t.Error("what is gone is not known to be")
	}
	if _, err := s.claims.claim("2"); err != nil {
		t.Fatal(err)
	}
	err := s.destroy(op, "2", &diags, func() error { t.Error("what was adopted is deleted"); return nil })
	if err != nil || len(diags) != 1 || !strings.Contains(diags[0].Detail(), `The API "urn:a" was to be destroyed, but another resource has adopted it`) {
		t.Errorf("%v, %v", err, diags)
	}
}
