// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

const (
	// conflictRounds is how often a create is sent if the API answers that the object exists, but
	// the object cannot be found.
	conflictRounds = 3
	// lookupTimeout bounds the search for an object after the time for the create is over, or after
	// the caller has given up. An orphan is worse than a delay.
	lookupTimeout = 20 * time.Second
	// refusedTimeout bounds the search while the API refuses it, for example because the provider
	// may not read such objects.
	refusedTimeout = 20 * time.Second
)

// latePauses are the pauses between lookups after a conflict, and between reads of a list that is
// late: the tenant may still be working on it.
var latePauses = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}

// creation is a POST that must not create two objects.
type creation[Out any] struct {
	rest.Request
	// find returns the object with the natural key of the new object, and its id. If there is none,
	// the error satisfies IsNotFound.
	find func(context.Context) (Out, string, error)
	// defaults are the values that a tenant fills in, by property; nil means any value.
	defaults map[string]any
	// parts are properties that consist of objects with a life of their own. If they were not sent,
	// other creates may have added them to an object that exists.
	parts []string
}

// create sends a create. If its reply is lost, it looks the object up: if an object is found and
// equals what was sent, it is ours; if it differs, it is a conflict; if none is found, the create
// is sent again. This goes on, whatever the API answers to the later requests, as long as there is
// time: only the object itself shows what became of the first one. An object that is identical to
// what was sent is returned together with a conflict. The API has no idempotency key (API
// contract 16, 29).
func create[Out any](
	ctx context.Context, c *rest.Conn, r creation[Out],
) (_ Out, failure error) {
	ctx, cancel := context.WithTimeout(ctx, c.RetryTimeout())
	defer cancel()
	var (
		out        Out
		err        error
		lost       bool       // The reply to one of the requests was lost.
		unanswered error      // Why one of the requests got no answer at all.
		spent      rest.Tries // In all rounds.
	)
	started := time.Now()
	defer func() {
		if tries := rest.TriesIn(failure); tries != nil {
			tries.Elapsed = time.Since(started) // Including the lookups.
		}
	}()
	for round := 0; ; round++ {
		out, err = rest.Manage[Out](ctx, c, r.Request)
		if tries := rest.TriesIn(err); tries != nil {
			tries.Attempts += spent.Attempts
			tries.Limited += spent.Limited
			tries.Paused += spent.Paused
			spent = *tries
		}
		conflict := rest.IsConflict(err)
		refused := !conflict && !rest.ReplyLost(err)
		if err == nil || refused && !lost {
			return out, err
		}
		lost = lost || !conflict
		// An attempt that the end of the time cut short says less than an earlier one.
		if !refused && rest.Answered(err) == nil && (unanswered == nil || ctx.Err() == nil) {
			unanswered = err
		}

		wait := rest.Backoff(round)
		last := !lost && round+1 >= conflictRounds || !rest.Fits(ctx, wait)
		found, id, findErr := r.lookUp(ctx, lost, last)
		if rest.IsNotFound(findErr) && !last && ctx.Err() == nil {
			before := time.Now()
			waited := c.Pause(ctx, wait)
			spent.Paused += time.Since(before)
			if waited {
				continue
			}
			found, id, findErr = r.lookUp(ctx, lost, true)
		}
		switch {
		case conflict && findErr != nil:
			return out, &ConflictError{Err: err, Lookup: findErr}
		case rest.IsNotFound(findErr) && unanswered == nil:
			return out, err
		case rest.IsNotFound(findErr):
			if tries := rest.TriesIn(unanswered); tries != nil {
				*tries = spent
			}
			return out, &UncertainError{Err: unanswered}
		case findErr != nil:
			return out, &UncertainError{Err: err, Lookup: findErr}
		case lost && confirms(found, r.Body, r.defaults):
			return found, nil
		case r.equals(found):
			return found, &ConflictError{ID: id, Err: err, Identical: true}
		default:
			return out, &ConflictError{ID: id, Err: err}
		}
	}
}

// equals reports whether an object that existed before is what the create would have made, apart
// from its parts.
func (r creation[Out]) equals(found Out) bool {
	defaults := map[string]any{}
	maps.Copy(defaults, r.defaults)
	for _, part := range r.parts {
		defaults[part] = nil
	}
	return confirms(found, r.Body, defaults)
}

// lookUp looks for the object: once, or with growing pauses if the create will not be sent again.
// After a lost reply, a lookup that fails is repeated too.
func (r creation[Out]) lookUp(ctx context.Context, lost, last bool) (Out, string, error) {
	lookup, cancel := outlasting(ctx, lookupTimeout)
	defer cancel()
	started := time.Now()
	for round := 0; ; round++ {
		found, id, err := r.find(lookup)
		wait := rest.Backoff(round)
		var again bool
		switch {
		case err == nil:
		case !lost: // A conflict.
			again = rest.IsNotFound(err) && (last || ctx.Err() != nil) && round < len(latePauses)
			if again {
				wait = latePauses[round]
			}
		case rest.IsNotFound(err):
			again = last || ctx.Err() != nil
		default:
			again = !refuses(err) || time.Since(started) < refusedTimeout
		}
		if !again || !rest.Fits(lookup, wait) || !rest.Pause(lookup, wait) {
			return found, id, err
		}
	}
}

// refuses reports whether the tenant refuses the credentials, at the login or for this request.
func refuses(err error) bool {
	e, ok := errors.AsType[*rest.Error](err)
	return ok && !e.NotJSON &&
		(e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden)
}

// outlasting returns a context that ends a certain time after another one, which has a deadline.
func outlasting(ctx context.Context, more time.Duration) (context.Context, context.CancelFunc) {
	deadline, _ := ctx.Deadline()
	out, cancel := context.WithDeadline(context.WithoutCancel(ctx), deadline.Add(more))
	timer := time.AfterFunc(more, cancel)
	timer.Stop()
	forget := context.AfterFunc(ctx, func() { timer.Reset(more) })
	return out, func() {
		forget()
		timer.Stop()
		cancel()
	}
}

// confirms reports whether an answer is what was sent: it has every value that was sent, and
// otherwise only values that a tenant fills in. So an object that somebody else created and
// configured is never treated as ours. The order of an array does not matter, a null or an empty
// array can be missing in the answer, and a PEM is returned as its thumbprint (API contract 3.2,
// 1.7, 4.1, 3.6).
func confirms(answer, sent any, defaults map[string]any) bool {
	got, _ := generic(answer).(map[string]any)
	asked, _ := generic(sent).(map[string]any)
	filled, _ := generic(defaults).(map[string]any)
	return covers(got, asked) && untouched(got, asked, filled)
}

// untouched reports whether all values that were not sent are values that a tenant fills in. It
// also checks the values within an object that was sent.
func untouched(answer, sent, defaults map[string]any) bool {
	for property, value := range answer {
		asked, ours := sent[property]
		filled, ok := defaults[property]
		if inner, object := asked.(map[string]any); object {
			value, _ := value.(map[string]any)
			filled, _ := filled.(map[string]any)
			if !untouched(value, inner, filled) {
				return false
			}
			continue
		}
		if !ours && !isNothing(value) && (!ok ||
			filled != nil && !reflect.DeepEqual(value, filled)) {
			return false
		}
	}
	return true
}

// isNothing reports whether a value means the same as its absence.
func isNothing(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case bool:
		return !value
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	default:
		return false
	}
}

func covers(answer, sent any) bool {
	switch sent := sent.(type) {
	case map[string]any:
		answer, ok := answer.(map[string]any)
		if !ok {
			return false
		}
		for key, value := range sent {
			if key == "pem" {
				key, value = "thumbprint_sha256", thumbprintIn(value)
			}
			if !covers(answer[key], value) {
				return false
			}
		}
		return true
	case []any:
		answer, ok := answer.([]any)
		return len(sent)+len(answer) == 0 ||
			ok && reflect.DeepEqual(sortedJSON(answer), sortedJSON(sent))
	default:
		return reflect.DeepEqual(answer, sent)
	}
}

func thumbprintIn(value any) any {
	text, _ := value.(string)
	thumbprint, err := input.Thumbprint(text)
	if err != nil {
		return nil
	}
	return thumbprint
}

func sortedJSON(items []any) []string {
	texts := make([]string, len(items))
	for i, item := range items {
		raw, _ := json.Marshal(item) // A value decoded from JSON can always be encoded.
		texts[i] = string(raw)
	}
	slices.Sort(texts)
	return texts
}

func generic(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil
	}
	return out
}
