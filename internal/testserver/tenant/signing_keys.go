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

// addSigningKeys adds the first two keys of a tenant.
func (s *Store) addSigningKeys(current, next SigningKey) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	now := s.keyTime()
	current.CurrentSince = now
	return s.commit(s.signingKeys.adding(current, now), s.signingKeys.adding(next, now))
}

// keyTime returns the current time with the precision of key times in replies.
func (s *Store) keyTime() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// CurrentSigningKey returns the key that signs tokens. A tenant always has one (API contract 8).
func (s *Store) CurrentSigningKey() SigningKey {
	key, err := look(s, Present, ErrNoSigningKey, func() *row[SigningKey] {
		return s.signingKeys.findByKey(theCurrentKey)
	})
	if err != nil {
		panic("the tenant has no current signing key")
	}
	return key
}

// SigningKey returns the key with this kid.
func (s *Store) SigningKey(as View, kid string) (SigningKey, error) {
	return look(s, as, ErrNoSigningKey, func() *row[SigningKey] { return s.signingKeys.find(kid) })
}

// VerificationKey returns the public key with this kid; false if it is unknown or revoked.
func (s *Store) VerificationKey(kid string) (*rsa.PublicKey, bool) {
	key, err := s.SigningKey(Present, kid)
	if err != nil || key.State() == RevokedKey {
		return nil, false
	}
	return &key.Private.PublicKey, true
}

// ListSigningKeys returns the current key, the next key, the previous keys and the revoked keys;
// the latest come first within each state.
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

// rotationsPerDay is the maximum number of key rotations in a day (API contract 12.2).
const rotationsPerDay = 5

// CheckRotation refuses the sixth rotation in a day. It counts the keys that rotations have
// retired, so the limit survives restarts.
//
// ASSUMED: a day is any period of 24 hours.
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

// RotateSigningKeys makes the next key the current one, and fresh the next one.
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
	// In this order, each key gives up its natural key before another key takes it.
	return s.commit(
		s.signingKeys.changing(current, retired, now),
		s.signingKeys.changing(next, promoted, now),
		s.signingKeys.adding(fresh, now),
	)
}

// RevokeSigningKey permanently revokes a previous key.
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

// MakeSigningKeys adds the tenant's current and next key. It generates the keys that are not given.
func (s *Store) MakeSigningKeys(given []*rsa.PrivateKey) error {
	if len(given) > 2 {
		return errors.New("a tenant starts with at most two signing keys, current and next")
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

// NewSigningKey generates a key that can become the next one.
func (s *Store) NewSigningKey() (SigningKey, error) { return newSigningKey(nil, s.Host(), s.Now()) }
