// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"sync"
	"time"
)

// replayGuard remembers accepted assertions until they expire.
type replayGuard struct {
	mu     sync.Mutex
	used   map[string]time.Time
	tidied time.Time
}

// admit reports whether an id is new. If remember is true, it is not new from then on.
func (g *replayGuard) admit(id string, expires, now time.Time, remember bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.used == nil || now.Sub(g.tidied) > maxAssertionLifetime {
		kept := map[string]time.Time{}
		for known, end := range g.used {
			if now.Before(end) {
				kept[known] = end
			}
		}
		g.used, g.tidied = kept, now
	}
	if _, seen := g.used[id]; seen {
		return false
	}
	if remember {
		g.used[id] = expires
	}
	return true
}

func (g *replayGuard) reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.used = nil
}
