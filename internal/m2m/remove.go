// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"fmt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// removalRounds is how often a delete is sent if its answer says that the object is gone, but the
// object can still be read.
const removalRounds = 3

// removal is a DELETE of one object.
type removal struct {
	rest.Request
	// plain means that a 404 without a code may be about the object (API contract 1.5).
	plain bool
	// read reads the object after an answer that may mean that it is gone. If there is none, its
	// error satisfies IsNotFound.
	read func(context.Context) error
}

// remove deletes an object. Only 204 says that it is gone, also if it did not exist (API contract
// 1.5). Any other answer of success comes from another server, and a 404 may be about something
// else, so then a read must show that the object is gone.
func remove(ctx context.Context, c *rest.Conn, r removal) error {
	ctx, cancel := context.WithTimeout(ctx, c.RetryTimeout())
	defer cancel()
	for round := 0; ; round++ {
		_, err := rest.Manage[struct{}](ctx, c, r.Request)
		said := rest.Answered(err)
		if said == nil ||
			said.Status >= 300 && !rest.IsNotFound(err) &&
				(!r.plain || !rest.IsPlainNotFound(err)) {
			return err
		}
		doubt := *said
		doubt.Code = "" // The error must not look like an absence.
		readErr := r.read(ctx)
		switch {
		case rest.IsNotFound(readErr):
			return nil
		case readErr != nil:
			doubt.Message = "it is not known whether the object is gone: " + readErr.Error()
		default:
			doubt.Message = "the object can still be read"
		}
		if readErr != nil || round+1 == removalRounds ||
			!c.Pause(ctx, rest.Backoff(round)) {
			return fmt.Errorf("%s: %w", r.Op, &doubt)
		}
	}
}
