// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

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
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/report"
)

var api = report.Operation{Kind: "resource server", Object: `API "urn:a"`}

func TestOwnership_adoptsAfterFailedDestroy(t *testing.T) {
	t.Parallel()
	var r Run
	done, ok := r.leave("1")
	if !ok {
		t.Fatal("the object cannot be destroyed")
	}
	time.AfterFunc(20*time.Millisecond, func() { done(false) })
	out, adopted, err := CreateOrAdopt(context.Background(), &r, api, true, nil,
		func() (string, string, error) {
			return "", "", &m2m.ConflictError{ID: "1", Err: errors.New("taken")}
		},
		func(string) (string, error) { return "adopted", nil })
	if out != "adopted" || !adopted || err != nil {
		t.Errorf("%q %v %v, want the adopted object", out, adopted, err)
	}
}

func TestOwnership_createWaitsForDestroy(t *testing.T) {
	t.Parallel()
	var r Run
	done, ok := r.leave("1")
	if !ok {
		t.Fatal("the object cannot be destroyed")
	}
	var gone atomic.Bool
	time.AfterFunc(20*time.Millisecond, func() {
		gone.Store(true)
		done(true)
	})
	for _, useExisting := range []bool{true, false} {
		out, adopted, err := CreateOrAdopt(context.Background(), &r, api, useExisting, nil,
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

func TestOwnership_failedAdoptionCanBeRetried(t *testing.T) {
	t.Parallel()
	var r Run
	adopt := func(err error) error {
		_, _, err = CreateOrAdopt(context.Background(), &r, api, true, nil,
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
	if _, ok := r.leave("1"); ok {
		t.Error("an adopted object may be destroyed")
	}
}

// Two blocks whose keys are known only in the apply can be for one object. The second one must not
// be told to import it.
func TestOwnership_createdByAnotherResource(t *testing.T) {
	t.Parallel()
	var r Run
	create := func(err error) error {
		_, _, err = CreateOrAdopt(t.Context(), &r, api, false, nil,
			func() (string, string, error) { return "new", "1", err }, nil)
		return err
	}
	taken := &m2m.ConflictError{ID: "1", Err: errors.New("taken")}
	if err := create(taken); !errors.Is(err, taken) || errors.Is(err, report.ErrOwnedTwice) {
		t.Errorf("%v, want %v", err, taken)
	}
	if err := create(nil); err != nil {
		t.Error(err)
	}
	if err := create(taken); !errors.Is(err, report.ErrOwnedTwice) {
		t.Errorf("%v, want %v", err, report.ErrOwnedTwice)
	}
}

// An object is adopted without use_existing only if it is identical and the provider says so, and
// only once.
func TestOwnership_identical(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		setting, identical, owned, leaving bool
		want                               error
		wantAdopted                        bool
	}{
		{setting: true, identical: true, wantAdopted: true},
		{setting: true, identical: false, want: errTaken},
		{setting: false, identical: true, want: errTaken},
		{setting: true, identical: true, owned: true, want: report.ErrOwnedTwice},
		{setting: true, identical: true, leaving: true}, // A new object, after the destroy.
	} {
		r := Run{AdoptIdentical: c.setting}
		if c.owned {
			if _, err := r.own("1"); err != nil {
				t.Fatal(err)
			}
		}
		var done func(bool)
		if c.leaving {
			done, _ = r.leave("1")
		}
		var diags diag.Diagnostics
		creates := 0
		out, adopted, err := CreateOrAdopt(t.Context(), &r, api, false, &diags,
			func() (string, string, error) {
				if creates++; creates > 1 {
					return "new", "2", nil
				}
				if done != nil {
					done(true)
				}
				return "found", "1", &m2m.ConflictError{
					ID: "1", Err: errTaken, Identical: c.identical,
				}
			},
			func(string) (string, error) {
				t.Error("the object is updated")
				return "", nil
			})
		if !errors.Is(err, c.want) || adopted != c.wantAdopted {
			t.Errorf("%+v: %v, %v", c, adopted, err)
		}
		_, free := r.leave("1")
		switch {
		case c.wantAdopted:
			if out != "found" || free || len(diags) != 1 ||
				diags[0].Summary() != `Adopted the API "urn:a"` ||
				!strings.Contains(diags[0].Detail(), "(id 1)") {
				t.Errorf("%+v: %q, %v, %v", c, out, free, diags)
			}
		case len(diags) > 0 || c.leaving && out != "new":
			t.Errorf("%+v: %q, %v", c, out, diags)
		}
	}
}

var errTaken = errors.New("taken")

func TestSettle_waitsForDestroy(t *testing.T) {
	t.Parallel()
	var r Run
	settle := func(id string) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		return r.Settle(ctx, id)
	}
	if err := settle("1"); err != nil {
		t.Error(err)
	}
	done, _ := r.leave("1")
	if err := settle("1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v while it is being destroyed", err)
	}
	if err := settle("2"); err != nil {
		t.Error(err)
	}
	time.AfterFunc(20*time.Millisecond, func() { done(true) })
	if err := r.Settle(t.Context(), "1"); err != nil {
		t.Error(err)
	}
	if err := settle("1"); err != nil {
		t.Error(err)
	}
}

func TestDestroy(t *testing.T) {
	t.Parallel()
	var (
		r     Run
		diags diag.Diagnostics
	)
	refused := errors.New("refused")
	if err := r.Destroy(api, "1", &diags, func() error { return refused }); !errors.Is(
		err, refused,
	) || len(diags) > 0 {
		t.Errorf("%v, %v", err, diags)
	}
	if r.leavingOf("1") != nil {
		t.Error("an object that was not deleted counts as leaving")
	}
	if err := r.Destroy(api, "1", &diags, func() error { return nil }); err != nil ||
		len(diags) > 0 {
		t.Errorf("%v, %v", err, diags)
	}
	if r.leavingOf("1") == nil {
		t.Error("a deleted object does not count as leaving")
	}
	if _, err := r.own("2"); err != nil {
		t.Fatal(err)
	}
	err := r.Destroy(api, "2", &diags, func() error {
		t.Error("an adopted object is deleted")
		return nil
	})
	if err != nil || len(diags) != 1 ||
		!strings.Contains(
			diags[0].Detail(),
			`The API "urn:a" was to be destroyed, but another resource has adopted it`,
		) {
		t.Errorf("%v, %v", err, diags)
	}
}
