// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// lookupLimit bounds how long a plan waits for an optional check.
const lookupLimit = 15 * time.Second

// lookUpOnce calls look once per key and run. Later callers get the same result.
func lookUpOnce[T any](
	ctx context.Context, r *Run, made *map[string]func() (T, error), key string,
	look func(context.Context) (T, error),
) (T, error) {
	r.mu.Lock()
	if *made == nil {
		*made = make(map[string]func() (T, error))
	}
	found, ok := (*made)[key]
	if ok {
		r.mu.Unlock()
		return found()
	}
	var (
		value T
		err   error
		done  = make(chan struct{})
	)
	(*made)[key] = func() (T, error) { <-done; return value, err }
	r.mu.Unlock()
	defer close(done)
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	value, err = look(ctx)
	return value, err
}

// LiveScopes returns the scopes that an API defines in the tenant.
func (r *Run) LiveScopes(ctx context.Context, identifier string) (Scopes, error) {
	values, err := lookUpOnce(ctx, r, &r.liveScopes, identifier,
		func(ctx context.Context) ([]string, error) {
			found, err := r.API.Reads.ResourceServerByIdentifier(ctx, identifier)
			var values []string
			for _, scope := range found.Scopes {
				values = append(values, scope.Value)
			}
			slices.Sort(values)
			return values, err
		})
	return Scopes{Values: values, Known: err == nil}, err
}

// LiveGrants returns the grants that the tenant has for an API.
func (r *Run) LiveGrants(ctx context.Context, identifier string) ([]m2m.ClientGrant, error) {
	return lookUpOnce(ctx, r, &r.liveGrants, identifier,
		func(ctx context.Context) ([]m2m.ClientGrant, error) {
			return r.API.Reads.ClientGrants(ctx, m2m.ClientGrantFilter{Audience: identifier})
		})
}

// SkipCheck handles a failed check. If a management scope is missing, it warns, once per run. Any
// other failure is only logged: if the plan needs the tenant for anything else, that request
// reports the failure.
func (r *Run) SkipCheck(
	ctx context.Context, diags *diag.Diagnostics, check, scope string, err error,
) {
	tflog.Warn(ctx, "A check of the plan was skipped", map[string]any{
		"check": check,
		"error": err.Error(),
	})
	var (
		login  *rest.LoginError
		answer *rest.Error
	)
	if errors.As(err, &login) || !errors.As(err, &answer) || answer.Code != "insufficient_scope" {
		return
	}
	r.skipForScope(ctx, diags, check, scope)
}

// checkScopes are the management scopes that checks of a plan need.
var checkScopes = []string{"read:resource_servers", "read:client_grants", "read:clients"}

// skipForScope warns of a check that needs a missing management scope, once per run. The warning
// also names the scopes that other checks lack.
func (r *Run) skipForScope(ctx context.Context, diags *diag.Diagnostics, check, scope string) {
	if !r.SayOnce("check skipped") {
		return
	}
	var others []string
	if granted, known := r.grantedScopes(ctx); known {
		for _, needed := range checkScopes {
			if needed != scope && !slices.Contains(granted, needed) {
				others = append(others, needed)
			}
		}
	}
	more := ""
	if len(others) > 0 {
		more = " Other checks need " + strings.Join(others, " and ") + ", which it lacks too."
	}
	diags.AddWarning("Check skipped", "The plan was not checked for "+check+
		": this check needs the management scope "+scope+", which "+r.Login+
		" does not have."+more+" The plan itself is complete.")
}

// SayOnce reports whether a message was not given yet in this run, and records that it is now.
func (r *Run) SayOnce(message string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	said := r.said[message]
	if r.said == nil {
		r.said = make(map[string]bool)
	}
	r.said[message] = true
	return !said
}

// A data source that finds nothing waits before it looks again. The wait starts at
// firstLookAgain and doubles until lastLookAgain, less than two seconds in total.
const (
	firstLookAgain = 100 * time.Millisecond
	lastLookAgain  = 800 * time.Millisecond
)

// LookUp reads an object for a data source. A new object may take a moment to become visible
// (API contract 14), so a missing object is looked up again if this run has created or adopted
// anything.
func LookUp[T any](ctx context.Context, r *Run, get func() (T, error)) (T, error) {
	found, err := get()
	for wait := firstLookAgain; rest.IsNotFound(err) && wait <= lastLookAgain &&
		r.ownsAny(); wait *= 2 {
		select {
		case <-ctx.Done():
			return found, err
		case <-time.After(wait):
		}
		found, err = get()
	}
	return found, err
}
