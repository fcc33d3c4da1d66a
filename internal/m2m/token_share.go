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

// shareFor is the minimum remaining life of a token that is shared with another holder, so that
// nobody gets a token that is about to expire.
const shareFor = time.Minute

// sharedTokens are the tokens that are in use, by request. Waiters count as holders, which
// singleflight cannot do: a request is cancelled when its last waiter gives up, and a token is
// forgotten when its last holder releases it.
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
	asOf    uint64 // The value of writes when the token was requested.

	done  chan struct{} // Closed when the request is over and the fields below are set.
	token Token
	err   error
}

// shareKey is a hash of a request, so that its secret is not kept.
type shareKey [sha256.Size]byte

// share is Tokens.Share for a request whose credentials are set.
func (s *sharedTokens) share(
	ctx context.Context, r TokenRequest, atLeast time.Duration,
) (token Token, release func(), err error) {
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

// hold returns the token for a key, or requests it. The request continues for the others if
// the caller that began it gives up.
func (s *sharedTokens) hold(
	ctx context.Context, key shareKey, r TokenRequest, atLeast time.Duration,
) *sharedToken {
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
		return s.left(entry.token) >= atLeast // A failed request has no time left.
	default:
		return true // No token is fresher than the one being requested.
	}
}

// drop forgets an entry without holders. Another entry may have taken its place.
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
