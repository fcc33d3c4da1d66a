// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"testing"
	"time"
)

// Waiting for the time limits would take too long, so this test reads them.
func TestServer_slowClientsAreCutOff(t *testing.T) {
	t.Parallel()
	for name, bound := range map[string]time.Duration{
		"headers": newDirect().http.ReadHeaderTimeout,
		"request": newDirect().http.ReadTimeout,
		"idle":    newDirect().http.IdleTimeout,
	} {
		if bound <= 0 || bound > 5*time.Minute {
			t.Errorf("%s: %v", name, bound)
		}
	}
}
