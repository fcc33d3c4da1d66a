// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"
)

// shareFor is the life that a token must have left to be given to another holder,
// so that a late one does not get a token that is about to expire.
const shareFor = time.Minute

// sharedTokens are the tokens that are held, by what was asked for. The zero value
// is empty. Waiters count as holders, which singleflight could not do: so a request
// ends with the last one who wants its answer, and a token is forgotten with its
// last holder.
type sharedTokens struct {
	fetch  func(context.Context, TokenRequest) (Token, error)
	left   func(Token) time.Duration
	writes func() uint64 // Counts changes that may affect the content of tokens.

	mu   sync.Mutex
	held map[shareKey]*sharedToken
}

type sharedToken struct {
	holders int // Guarded by the mutex of sharedTokens.
	cancel  context.CancelFunc
	asOf    uint64 // What conn.writes was when it was asked for.

	done  chan struct{} // Closed when the request is over, and the fields below are set.
	token Token
	err   error
}

// shareKey is a hash of a request, so that its secret is not kept.
type shareKey [sha256.Size]byte

// share is Tokens.Share for a request with its credentials.
func (s *sharedTokens) share(ctx context.Context, r TokenRequest, atLeast time.Duration) (token Token, release func(), err error) {
	r.Scopes = slices.Compact(slices.Sorted(slices.Values(r.Scopes)))
	key := shareKey(sha256.Sum256(fmt.Appendf(nil, "%#v", r)))

	entry := s.hold(ctx, key, r, max(atLeast, shareFor))
	release = sync.OnceFunc(func() { s.drop(key, entry) })
	select {
	case <-ctx.Done():
		err = ctx.Err()
	case <-entry.done:
		token, err = entry.token, entry.err
	}
	if err != nil {
		release()
	}
	return token, release, err
}

// hold returns what is there for the key, or asks for it. The request goes on for
// the others when the one who began it gives up.
func (s *sharedTokens) hold(ctx context.Context, key shareKey, r TokenRequest, atLeast time.Duration) *sharedToken {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry := s.held[key]
	if entry == nil || !s.shareable(entry, atLeast) {
		entry = &sharedToken{done: make(chan struct{}), asOf: s.writes()}
		ctx, entry.cancel = context.WithCancel(context.WithoutCancel(ctx))
		go func() {
			defer close(entry.done)
			defer entry.cancel()
			entry.token, entry.err = s.fetch(ctx, r)
		}()
		if s.held == nil {
			s.held = make(map[shareKey]*sharedToken)
		}
		s.held[key] = entry
	}
	entry.holders++
	return entry
}

func (s *sharedTokens) shareable(entry *sharedToken, atLeast time.Duration) bool {
	if entry.asOf != s.writes() {
		return false
	}
	select {
	case <-entry.done:
		return s.left(entry.token) >= atLeast // Of what failed, nothing is left.
	default:
		return true // It cannot be fresher than one that is on its way.
	}
}

// drop forgets what nobody holds any longer. Another may have taken its place.
func (s *sharedTokens) drop(key shareKey, entry *sharedToken) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry.holders--
	if entry.holders > 0 {
		return
	}
	entry.cancel()
	if s.held[key] == entry {
		delete(s.held, key)
	}
}
