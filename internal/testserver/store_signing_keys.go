// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"cmp"
	"crypto/rsa"
	"math"
	"slices"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// addSigningKeys puts the first two keys of a tenant in their places.
func (s *store) addSigningKeys(current, next signingKey) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	now := s.keyTime()
	current.CurrentSince = now
	return s.commit(s.signingKeys.adding(current, now), s.signingKeys.adding(next, now))
}

// keyTime is now, as precise as answers show the moments in the life of a key.
func (s *store) keyTime() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }

// currentSigningKey is the key that tokens are signed with. A tenant always has one (API contract 8).
func (s *store) currentSigningKey() signingKey {
	key, err := look(s, present, errNoSigningKey, func() *row[signingKey] { return s.signingKeys.findByKey(theCurrentKey) })
	if err != nil {
		panic("the tenant has no current signing key")
	}
	return key
}

func (s *store) signingKey(as view, kid string) (signingKey, error) {
	return look(s, as, errNoSigningKey, func() *row[signingKey] { return s.signingKeys.find(kid) })
}

// verificationKey finds the key that a token names; false when it has been revoked or was never there.
func (s *store) verificationKey(kid string) (*rsa.PublicKey, bool) {
	key, err := s.signingKey(present, kid)
	if err != nil || key.state() == revokedKey {
		return nil, false
	}
	return &key.Private.PublicKey, true
}

// listSigningKeys lists the current key, the next one, the previous and the revoked ones, the latest of them first.
func (s *store) listSigningKeys(as view) []signingKey {
	found := s.signingKeysWhere(as, nil)
	slices.Reverse(found)
	slices.SortStableFunc(found, func(a, b signingKey) int {
		return cmp.Or(cmp.Compare(a.state(), b.state()), b.RevokedAt.Compare(a.RevokedAt))
	})
	return found
}

func (s *store) signingKeysWhere(as view, keep func(signingKey) bool) []signingKey {
	all := window{view: as, limit: math.MaxInt}
	return list(s, all, keep, func() *sequence[signingKey] { return &s.signingKeys.rows }).items
}

// rotationsPerDay is how often the keys can be rotated (API contract 12.2).
const rotationsPerDay = 5

// checkRotation refuses the sixth rotation of a day. Every rotation has left a key that was current until then, so the
// limit holds across restarts.
//
// ASSUMED: a day is any 24 hours.
func (s *store) checkRotation() error {
	const day = 24 * time.Hour
	since := s.clock.Now().Add(-day)
	recent := s.signingKeysWhere(present, func(key signingKey) bool { return key.CurrentUntil.After(since) })
	if len(recent) < rotationsPerDay {
		return nil
	}
	return wire.ErrEndpointLimit.Until(recent[len(recent)-rotationsPerDay].CurrentUntil.Add(day), rotationsPerDay)
}

// rotateSigningKeys puts the next key to use, and fresh in its place.
func (s *store) rotateSigningKeys(fresh signingKey) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.checkRotation(); err != nil {
		return err
	}
	now := s.keyTime()
	current, next := s.signingKeys.findByKey(theCurrentKey), s.signingKeys.findByKey(theNextKey)
	retired, promoted := current.value, next.value
	retired.CurrentUntil, promoted.CurrentSince = now, now
	// In this order, each key leaves its place before another takes it.
	return s.commit(
		s.signingKeys.changing(current, retired, now),
		s.signingKeys.changing(next, promoted, now),
		s.signingKeys.adding(fresh, now),
	)
}

// revokeSigningKey takes a previous key out of use for good.
func (s *store) revokeSigningKey(kid string) (signingKey, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.signingKeys.find(kid)
	if found == nil {
		return signingKey{}, errNoSigningKey
	}
	return revise(s, &s.signingKeys, found, func(key *signingKey) error {
		if key.state() != previousKey {
			return errNotPreviousKey
		}
		key.RevokedAt = s.keyTime()
		return nil
	})
}
