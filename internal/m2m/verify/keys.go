// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package verify

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
)

const (
	// The set is fetched at the first use, and once more at any time if a key is missing, because
	// keys rotate. After that, at most one fetch per minute is allowed, successful or not, so that
	// tokens with unknown keys cannot flood the tenant with requests.
	freeFetches = 2
	fetchAgain  = time.Minute
)

// keySet caches the tenant's public signing keys.
type keySet struct {
	tenant Tenant

	mu   sync.Mutex
	keys map[string]publicKey // By key id.

	flight singleflight.Group
	// Only the fetch in progress touches these.
	fetches *rate.Limiter
	failed  error // Why the last fetch failed; nil if it succeeded.
}

// publicKey is a key of the set, or the reason why it cannot be used.
type publicKey struct {
	rsa   *rsa.PublicKey
	unfit string
}

// get returns the tenant's RSA key with an id. It fetches the set at the first call, and again if
// the key is unknown (API contract 8).
func (s *keySet) get(ctx context.Context, kid string) (*rsa.PublicKey, error) {
	key, known := s.find(kid)
	if !known {
		done := s.flight.DoChan("", func() (any, error) {
			return nil, s.refresh(context.WithoutCancel(ctx), kid)
		})
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case result := <-done:
			if result.Err != nil {
				return nil, result.Err
			}
		}
		key, known = s.find(kid)
	}
	switch {
	case !known:
		return nil, &Error{Reason: fmt.Sprintf(
			"its key %.64q is not in the key set of the tenant", kid,
		)}
	case key.unfit != "":
		return nil, &Error{Reason: fmt.Sprintf(
			"its key %.64q cannot be used: %s", kid, key.unfit,
		)}
	}
	return key.rsa, nil
}

func (s *keySet) find(kid string) (key publicKey, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, known = s.keys[kid]
	return key, known
}

// refresh fetches the set if it lacks a key and a fetch is allowed. It does not run concurrently.
func (s *keySet) refresh(ctx context.Context, kid string) error {
	// An earlier fetch may have brought the key since the caller looked.
	if _, known := s.find(kid); known {
		return nil
	}
	if s.fetches == nil {
		s.fetches = rate.NewLimiter(rate.Every(fetchAgain), freeFetches)
	}
	if !s.fetches.AllowN(s.tenant.Now(), 1) {
		return s.failed
	}
	keys, err := s.fetch(ctx)
	s.failed = err
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = keys
	return nil
}

// fetch finds the key set by discovery (RFC 8414) and reads it.
func (s *keySet) fetch(ctx context.Context) (map[string]publicKey, error) {
	var discovery struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	issuer := s.tenant.Issuer
	if err := s.tenant.Document(
		ctx, "discovery document", issuer+".well-known/openid-configuration", &discovery,
	); err != nil {
		return nil, err
	}
	if discovery.Issuer != issuer {
		return nil, &Error{Reason: fmt.Sprintf(
			"the discovery document is for the issuer %.200q, not for %q", discovery.Issuer, issuer,
		)}
	}
	uri, err := url.Parse(discovery.JWKSURI)
	if err != nil || uri.Scheme != "https" && (uri.Scheme != "http" ||
		!strings.HasPrefix(issuer, "http:") || !input.IsLoopback(uri.Hostname())) {
		return nil, &Error{Reason: fmt.Sprintf(
			"the key set is at %.200q, which is not https", discovery.JWKSURI,
		)}
	}
	if s.tenant.Secrets.In(discovery.JWKSURI) { // Logs and errors name the address.
		return nil, &Error{
			Reason: "the discovery document has a secret in the address of the key set",
		}
	}
	var set json.RawMessage
	if err := s.tenant.Document(ctx, "key set", discovery.JWKSURI, &set); err != nil {
		return nil, err
	}
	return parseKeySet(set)
}

func rsaAlgs() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.RS256, jose.RS512, jose.PS256}
}

// parseKeySet reads a set key by key, so that a key of an unknown type does not spoil the others.
// If two usable keys have the same id, the first one counts: the tenant's current key comes first
// (API contract 11.1).
func parseKeySet(raw json.RawMessage) (map[string]publicKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, &Error{Reason: "the key set of the tenant cannot be read"}
	}
	keys := make(map[string]publicKey)
	for _, item := range set.Keys {
		var id struct {
			KeyID string `json:"kid"`
		}
		if err := json.Unmarshal(item, &id); err != nil {
			continue
		}
		if before, known := keys[id.KeyID]; !known || before.rsa == nil {
			keys[id.KeyID] = parseKey(item)
		}
	}
	return keys, nil
}

func parseKey(raw json.RawMessage) publicKey {
	var key jose.JSONWebKey
	if err := key.UnmarshalJSON(raw); err != nil {
		return publicKey{unfit: "it cannot be read"}
	}
	public, isRSA := key.Key.(*rsa.PublicKey)
	switch {
	case !isRSA:
		return publicKey{unfit: "it is not an RSA public key"}
	case key.Use != "" && key.Use != "sig":
		return publicKey{unfit: "it is not for signatures"}
	// A key for RSA signatures may have made any of them (API contract 11.1).
	case key.Algorithm != "" && !slices.Contains(rsaAlgs(), jose.SignatureAlgorithm(key.Algorithm)):
		return publicKey{unfit: fmt.Sprintf("it is for the algorithm %.64q", key.Algorithm)}
	case public.N.BitLen() < input.MinRSABits:
		return publicKey{unfit: fmt.Sprintf(
			"it has %d bits; at least %d are required", public.N.BitLen(), input.MinRSABits,
		)}
	}
	return publicKey{rsa: public}
}
