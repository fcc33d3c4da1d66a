// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"
)

const (
	// refetchAfter bounds how often a key that is not in the set makes us fetch
	// the set again, so that a stream of bad tokens cannot hammer the tenant.
	refetchAfter = time.Minute
	maxKeySet    = 1 << 20
)

// keySet caches the tenant's public signing keys. The zero value is empty.
type keySet struct {
	once    singleflight.Group
	mu      sync.Mutex
	keys    map[string]*rsa.PublicKey // By key id.
	fetched time.Time
}

// signingKey returns the tenant's RSA key with the given id. It fetches the set
// at the first call, and again for a key that it does not know, as keys rotate
// (API contract 8).
func (t *Tokens) signingKey(ctx context.Context, kid string) (*rsa.PublicKey, error) {
	key, fresh := t.keys.find(kid, t.now())
	if key == nil && !fresh {
		done := t.keys.once.DoChan("", func() (any, error) { return nil, t.refreshKeys(context.WithoutCancel(ctx)) })
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case result := <-done:
			if result.Err != nil {
				return nil, result.Err
			}
		}
		key, _ = t.keys.find(kid, t.now())
	}
	if key == nil {
		return nil, &VerifyError{Reason: fmt.Sprintf("its key %.64q is not in the key set of the tenant", kid)}
	}
	return key, nil
}

// find returns the key, or nil, and whether the set is too new to fetch it again.
func (s *keySet) find(kid string, now time.Time) (*rsa.PublicKey, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[kid], s.keys != nil && now.Sub(s.fetched) < refetchAfter
}

func (t *Tokens) refreshKeys(ctx context.Context) error {
	// A caller may have come between our look at the set and the flight.
	if _, fresh := t.keys.find("", t.now()); fresh {
		return nil
	}
	keys, err := t.fetchKeys(ctx)
	if err != nil {
		return err
	}
	t.keys.mu.Lock()
	defer t.keys.mu.Unlock()
	t.keys.keys, t.keys.fetched = keys, t.now()
	return nil
}

// fetchKeys finds the key set by discovery (RFC 8414) and reads it key by key,
// so that one of an unknown kind does not spoil the others.
func (t *Tokens) fetchKeys(ctx context.Context) (map[string]*rsa.PublicKey, error) {
	discovery, err := fetchDocument[struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}](ctx, t.conn, "read discovery document", t.conn.base+"/.well-known/openid-configuration")
	if err != nil {
		return nil, err
	}
	if discovery.Issuer != t.issuer() {
		return nil, &VerifyError{Reason: fmt.Sprintf(
			"the discovery document is for the issuer %q, not for %q", discovery.Issuer, t.issuer())}
	}
	uri, err := url.Parse(discovery.JWKSURI)
	if err != nil || uri.Scheme != "https" && (uri.Scheme != "http" || !strings.HasPrefix(t.conn.base, "http:") || !isLoopback(uri.Hostname())) {
		return nil, &VerifyError{Reason: fmt.Sprintf("the key set is at %q, which is not https", discovery.JWKSURI)}
	}
	set, err := fetchDocument[json.RawMessage](ctx, t.conn, "read signing keys", discovery.JWKSURI)
	if err != nil {
		return nil, err
	}
	return parseKeySet(set)
}

func parseKeySet(raw json.RawMessage) (map[string]*rsa.PublicKey, error) {
	if len(raw) > maxKeySet {
		return nil, &VerifyError{Reason: "the key set of the tenant is larger than 1 MiB"}
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, &VerifyError{Reason: "the key set of the tenant cannot be read"}
	}
	keys := make(map[string]*rsa.PublicKey)
	for _, item := range set.Keys {
		var key jose.JSONWebKey
		if err := key.UnmarshalJSON(item); err != nil || key.Use != "" && key.Use != "sig" {
			continue
		}
		if public, ok := key.Key.(*rsa.PublicKey); ok && public.N.BitLen() >= minRSABits {
			keys[key.KeyID] = public
		}
	}
	return keys, nil
}

// issuer is the iss of the tenant's tokens: its root with a slash at the end
// (API contract 10.2).
func (t *Tokens) issuer() string { return t.conn.base + "/" }

func fetchDocument[Out any](ctx context.Context, c *conn, op, target string) (Out, error) {
	return send[Out](ctx, c, c.open, call{
		request: request{op: op, method: http.MethodGet, repeatable: true}, target: target,
	})
}
