// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

const (
	// createRounds is how often a create whose reply is lost is sent.
	createRounds = 3
	// lookupTimeout bounds the search for an object whose create was broken off,
	// which goes on even after the caller has given up: an orphan is worse.
	lookupTimeout = 20 * time.Second
)

// create sends a POST that must not make two objects. A create whose reply is
// lost is looked up by its natural key: found and equal to what was sent, it is
// ours; found and different, it is a conflict; not found, it is sent again. The
// API has no idempotency key (API contract 16, 29).
//
// find returns the object and its id, and an error for which IsNotFound holds
// where there is none.
func create[Out any](ctx context.Context, c *conn, r request, find func(context.Context) (Out, string, error)) (Out, error) {
	ctx, cancel := context.WithTimeout(ctx, c.retryTimeout)
	defer cancel()
	var (
		out  Out
		err  error
		lost bool
	)
	for round := range createRounds {
		out, err = manage[Out](ctx, c, r)
		conflict := isConflict(err)
		if err == nil || !conflict && !replyLost(err) {
			return out, err
		}
		lost = lost || !conflict

		lookup, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookupTimeout)
		found, id, findErr := find(lookup)
		cancel()
		switch {
		case conflict && findErr != nil:
			return out, &ConflictError{Err: err}
		case IsNotFound(findErr) && round+1 < createRounds && pause(ctx, retryWait(round, nil, time.Now())):
			continue
		case IsNotFound(findErr):
			return out, err
		case findErr != nil:
			return out, &UncertainError{Err: fmt.Errorf("%w; looking for it: %w", err, findErr)}
		case lost && confirms(found, r.body):
			return found, nil
		default:
			return out, &ConflictError{ID: id, Err: err}
		}
	}
	return out, err
}

// pause waits and reports whether there is still someone to go on for.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(jittered(wait))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// confirms reports whether an answer holds every value that was sent. Order
// within arrays means nothing, null and an empty array can come back as absence,
// and of a PEM only the thumbprint comes back (API contract 3.2, 1.7, 4.1, 3.6).
func confirms(answer, sent any) bool {
	return covers(generic(answer), generic(sent))
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
		return len(sent)+len(answer) == 0 || ok && reflect.DeepEqual(sortedJSON(answer), sortedJSON(sent))
	default:
		return reflect.DeepEqual(answer, sent)
	}
}

func thumbprintIn(value any) any {
	text, _ := value.(string)
	thumbprint, err := Thumbprint(text)
	if err != nil {
		return nil
	}
	return thumbprint
}

func sortedJSON(items []any) []string {
	texts := make([]string, len(items))
	for i, item := range items {
		raw, _ := json.Marshal(item) // What came out of JSON goes back into it.
		texts[i] = string(raw)
	}
	slices.SortFunc(texts, strings.Compare)
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
