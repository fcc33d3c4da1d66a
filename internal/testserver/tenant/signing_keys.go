// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"cmp"
	"crypto/rsa"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// addSigningKeys puts the first two keys of a tenant in their places.
func (s *Store) addSigningKeys(current, next SigningKey) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	now := s.keyTime()
	current.CurrentSince = now
	return s.commit(s.signingKeys.adding(current, now), s.signingKeys.adding(next, now))
}

// keyTime is now, as precise as answers show the moments in the life of a key.
func (s *Store) keyTime() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// CurrentSigningKey is the key that tokens are signed with. A tenant always has one (API contract
// 8).
func (s *Store) CurrentSigningKey() SigningKey {
	key, err := look(s, Present, ErrNoSigningKey, func() *row[SigningKey] {
		return s.signingKeys.findByKey(theCurrentKey)
	})
	if err != nil {
		panic("the tenant has no current signing key")
	}
	return key
}

// SigningKey finds a key by its id.
func (s *Store) SigningKey(as View, kid string) (SigningKey, error) {
	return look(s, as, ErrNoSigningKey, func() *row[SigningKey] { return s.signingKeys.find(kid) })
}

// VerificationKey finds the key that a token names; false when it has been revoked or was never
// there.
func (s *Store) VerificationKey(kid string) (*rsa.PublicKey, bool) {
	key, err := s.SigningKey(Present, kid)
	if err != nil || key.State() == RevokedKey {
		return nil, false
	}
	return &key.Private.PublicKey, true
}

// ListSigningKeys lists the current key, the next one, the previous and the revoked ones, the
// latest of them first.
func (s *Store) ListSigningKeys(as View) []SigningKey {
	found := s.signingKeysWhere(as, nil)
	slices.Reverse(found)
	slices.SortStableFunc(found, func(a, b SigningKey) int {
		return cmp.Or(cmp.Compare(a.State(), b.State()), b.RevokedAt.Compare(a.RevokedAt))
	})
	return found
}

func (s *Store) signingKeysWhere(as View, keep func(SigningKey) bool) []SigningKey {
	all := Window{View: as, Limit: math.MaxInt}
	return list(s, all, keep, func() *sequence[SigningKey] { return &s.signingKeys.rows }).Items
}

// rotationsPerDay is how often the keys can be rotated (API contract 12.2).
const rotationsPerDay = 5

// CheckRotation refuses the sixth rotation of a day. Every rotation has left a key that was current
// until then, so the limit holds across restarts.
//
// ASSUMED: a day is any 24 hours.
func (s *Store) CheckRotation() error {
	const day = 24 * time.Hour
	since := s.Now().Add(-day)
	recent := s.signingKeysWhere(Present, func(key SigningKey) bool {
		return key.CurrentUntil.After(since)
	})
	if len(recent) < rotationsPerDay {
		return nil
	}
	return wire.ErrEndpointLimit.Until(
		recent[len(recent)-rotationsPerDay].CurrentUntil.Add(day), rotationsPerDay,
	)
}

// RotateSigningKeys puts the next key to use, and fresh in its place.
func (s *Store) RotateSigningKeys(fresh SigningKey) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.CheckRotation(); err != nil {
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

// RevokeSigningKey takes a previous key out of use for good.
func (s *Store) RevokeSigningKey(kid string) (SigningKey, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	found := s.signingKeys.find(kid)
	if found == nil {
		return SigningKey{}, ErrNoSigningKey
	}
	return revise(s, s.signingKeys, found, func(key *SigningKey) error {
		if key.State() != PreviousKey {
			return ErrNotPreviousKey
		}
		key.RevokedAt = s.keyTime()
		return nil
	})
}

// MakeSigningKeys gives the tenant its current and its next key. Those that are not given are made.
func (s *Store) MakeSigningKeys(given []*rsa.PrivateKey) error {
	if len(given) > 2 {
		return errors.New("there are two signing keys at most, the current and the next one")
	}
	var keys [2]SigningKey
	for i := range keys {
		var private *rsa.PrivateKey
		if i < len(given) {
			private = given[i]
		}
		key, err := newSigningKey(private, s.Host(), s.Now())
		if err != nil {
			return fmt.Errorf("signing key: %w", err)
		}
		keys[i] = key
	}
	if keys[0].KID == keys[1].KID {
		return errors.New("the current and the next signing key are the same")
	}
	return s.addSigningKeys(keys[0], keys[1])
}

// NewSigningKey makes a key that can become the next one.
func (s *Store) NewSigningKey() (SigningKey, error) { return newSigningKey(nil, s.Host(), s.Now()) }
