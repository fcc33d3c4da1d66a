// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
)

// lookAfter is the pause between a write and the look for another writer that has undone it. It is
// longer than another writer usually takes from its read to its write.
const lookAfter = time.Second

// look reads an object after a pause. If the answer does not show what was written, it may be late,
// so the object is read again before the answer is believed.
func look[Out any](
	ctx context.Context, written any, read func() (Out, error),
) (out Out, err error) {
	rest.Pause(ctx, lookAfter)
	out, err = read()
	for _, wait := range latePauses {
		if err != nil || covers(generic(out), generic(written)) || !rest.Pause(ctx, wait) {
			break
		}
		out, err = read()
	}
	return out, err
}
