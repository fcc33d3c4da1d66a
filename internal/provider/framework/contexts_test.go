// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package framework

import (
	"context"
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

type key struct{}

// keeper is a server that keeps the contexts of its calls, as the framework's does.
type keeper struct {
	Server
	during  func(context.Context)
	kept    []context.Context //nolint:containedctx // As above.
	cancels []context.CancelFunc
}

func (k *keeper) ReadResource(
	ctx context.Context, _ *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	ctx, cancel := context.WithCancel(ctx)
	k.kept, k.cancels = append(k.kept, ctx), append(k.cancels, cancel)
	k.during(ctx)
	return nil, errors.New("answer")
}

func TestReleasing(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.WithValue(t.Context(), key{}, "logger"))
	defer stop()
	k := &keeper{}
	server := releasing{k}

	k.during = func(ctx context.Context) {
		if ctx.Value(key{}) != "logger" || ctx.Err() != nil {
			t.Errorf("during a call: value %v, error %v", ctx.Value(key{}), ctx.Err())
		}
	}
	if _, err := server.ReadResource(ctx, nil); err == nil || err.Error() != "answer" {
		t.Errorf("answered %v", err)
	}
	if kept := k.kept[0]; kept.Value(key{}) != nil || !errors.Is(kept.Err(), context.Canceled) {
		t.Errorf("after the call: value %v, error %v", kept.Value(key{}), kept.Err())
	}

	k.during = func(ctx context.Context) {
		stop()
		<-ctx.Done() // Otherwise the test does not end.
	}
	_, _ = server.ReadResource(ctx, nil)
}
