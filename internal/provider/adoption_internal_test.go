// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

func TestClaims_failedDestroyAllowsAdoption(t *testing.T) {
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

func TestClaims_createWaitsForDestroy(t *testing.T) {
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

func TestClaims_failedAdoptionIsRepeatable(t *testing.T) {
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
	if err := adopt(nil); !errors.Is(err, errClaimedTwice) {
		t.Errorf("%v, want %v", err, errClaimedTwice)
	}
	if _, ok := c.destroy("1"); ok {
		t.Error("an adopted object may be destroyed")
	}
}

func TestClaims_settledAfterDestroys(t *testing.T) {
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
	op := operation{kind: "resource server", object: `API "urn:a"`}
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
