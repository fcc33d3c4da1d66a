// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package verify reads access tokens and verifies them with the published keys of a tenant. It
// sends nothing itself: the client gives it the documents of the tenant.
package verify

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/redact"
)

// clockLeeway is how far the tenant's clock may be off.
const clockLeeway = 30 * time.Second

// Expected is what a token must match.
type Expected struct {
	Audience string
	ClientID string
	Scopes   []string // The requested scopes; empty if all were requested.
	// Organization is the id or the name of the requested organization; empty if none was
	// requested.
	Organization string
	// SigningSecret is the signing_secret of an API that signs with HS256.
	SigningSecret string
}

// Claims are the claims of a token.
type Claims struct {
	JSON   string // The payload as it was signed.
	Scopes []string
	Expiry time.Time // Zero unless the token was verified.
}

// ReadClaims reads the claims of a signed token without verifying it. Its error is an *Error.
func ReadClaims(token string) (Claims, error) {
	parsed, _, err := parseSigned(token)
	if err != nil {
		return Claims{}, err
	}
	return readClaims(parsed.UnsafeClaimsWithoutVerification)
}

// Error says why a token is refused, which may be a fault of the tenant's documents.
type Error struct{ Reason string }

func (e *Error) Error() string { return "the token is refused: " + e.Reason }

// Tenant is the tenant that issues the tokens.
type Tenant struct {
	Issuer string // The root URL of the tenant with a slash at its end (API contract 10.2).
	// Document reads a public JSON document of the tenant, without credentials, into what out
	// points to. The name is for errors.
	Document func(ctx context.Context, name, address string, out any) error
	Secrets  *redact.Secrets // Secrets that a token or a document could repeat.
	Now      func() time.Time
}

// Verifier verifies the tokens of a tenant.
type Verifier struct {
	tenant Tenant
	keys   keySet
}

// New makes a verifier. It reads nothing: the first token that needs a key of the tenant does.
func New(tenant Tenant) *Verifier {
	return &Verifier{tenant: tenant, keys: keySet{tenant: tenant}}
}

// Verify checks a signed token: its type, signature, issuer, audience, times, client, grant type
// and, if one was requested, organization; and that it has no scopes beyond the requested ones. RSA
// signatures are checked with the tenant's published keys, HS256 only with the signing secret of
// the API. The error is an *Error if the token is refused, or if the tenant's documents cannot be
// trusted. Any other error means that they could not be read.
func (v *Verifier) Verify(ctx context.Context, token string, want Expected) (Claims, error) {
	claims, err := v.verify(ctx, token, want)
	if refused, ok := errors.AsType[*Error](err); ok {
		err = &Error{Reason: v.tenant.Secrets.Text(refused.Reason)}
	}
	return claims, err
}

func (v *Verifier) verify(ctx context.Context, token string, want Expected) (Claims, error) {
	parsed, header, err := parseSigned(token)
	if err != nil {
		return Claims{}, err
	}
	if err := checkHeader(header); err != nil {
		return Claims{}, err
	}
	key, err := v.verificationKey(ctx, parsed.Headers[0], want.SigningSecret)
	if err != nil {
		return Claims{}, err
	}
	var std jwt.Claims
	var own ownClaims
	if err := parsed.Claims(key, &std, &own); err != nil {
		return Claims{}, &Error{Reason: reasonOf(err)}
	}
	if err := v.judge(std, own, want); err != nil {
		return Claims{}, err
	}
	claims, err := readClaims(func(dest ...any) error { return parsed.Claims(key, dest...) })
	if err != nil {
		return Claims{}, err
	}
	claims.Expiry = std.Expiry.Time().UTC()
	return claims, nil
}

// parseSigned reads a token and its header without verifying it.
func parseSigned(token string) (parsed *jwt.JSONWebToken, header map[string]any, err error) {
	if len(token) > maxJWT {
		return nil, nil, &Error{Reason: fmt.Sprintf("it is longer than %d bytes", maxJWT)}
	}
	// The library accepts several encodings of the same bytes.
	parts, err := decodeParts(token)
	if err != nil {
		return nil, nil, &Error{Reason: reasonOf(err)}
	}
	if parsed, err = jwt.ParseSigned(token, append(rsaAlgs(), jose.HS256)); err != nil {
		return nil, nil, &Error{Reason: reasonOf(err)}
	}
	if err := json.Unmarshal(parts[0], &header); err != nil {
		return nil, nil, &Error{Reason: "it is malformed (its header cannot be read)"}
	}
	return parsed, header, nil
}

// ownClaims are the claims beyond RFC 7519 (API contract 10.2, 10.3).
type ownClaims struct {
	AZP      string `json:"azp"`
	ClientID string `json:"client_id"`
	GrantTyp string `json:"gty"`
	Scope    string `json:"scope"`
	OrgID    string `json:"org_id"`
	OrgName  string `json:"org_name"`
}

// isFor reports whether the token is for an organization, given by id or name. A tenant may omit
// the name in its tokens (API contract 10.2), but only ids begin with org_.
func (c ownClaims) isFor(organization string) bool {
	unnamed := c.OrgID != "" && c.OrgName == "" && !strings.HasPrefix(organization, "org_")
	return c.OrgID == organization || strings.EqualFold(c.OrgName, organization) || unnamed
}

func (v *Verifier) judge(std jwt.Claims, own ownClaims, want Expected) error {
	refuse := func(format string, args ...any) error {
		return &Error{Reason: fmt.Sprintf(format, args...)}
	}
	if std.Expiry == nil {
		return refuse("it has no expiry (exp)")
	}
	err := std.ValidateWithLeeway(jwt.Expected{Time: v.tenant.Now()}, clockLeeway)
	switch {
	case errors.Is(err, jwt.ErrExpired):
		return refuse("it expired at %s, and the clock of this machine says %s",
			std.Expiry.Time().UTC().Format(time.RFC3339), v.tenant.Now().UTC().Format(time.RFC3339))
	case errors.Is(err, jwt.ErrNotValidYet), errors.Is(err, jwt.ErrIssuedInTheFuture):
		return refuse("it is not valid yet (nbf, iat); check the clock of this machine")
	case err != nil:
		return refuse("%s", err)
	case std.Issuer != v.tenant.Issuer:
		return refuse("its issuer (iss) is %.200q, not %q", std.Issuer, v.tenant.Issuer)
	case !slices.Contains(std.Audience, want.Audience):
		return refuse(
			"its audience (aud) is %.300s, not %q", fmt.Sprintf("%q", []string(std.Audience)),
			want.Audience,
		)
	case own.AZP == "" && own.ClientID == "":
		return refuse("it does not name the client it is for (azp or client_id)")
	case own.AZP != "" && own.AZP != want.ClientID, own.ClientID != "" &&
		own.ClientID != want.ClientID:
		return refuse(
			"it is for the client %.64q, not for %q", cmp.Or(own.AZP, own.ClientID), want.ClientID,
		)
	case want.Organization != "" && !own.isFor(want.Organization):
		return refuse(
			"it is for the organization %.64q, not for %q", cmp.Or(own.OrgID, own.OrgName),
			want.Organization,
		)
	case own.GrantTyp != "" && own.GrantTyp != "client-credentials":
		return refuse("it was issued for another grant type (gty): %.64q", own.GrantTyp)
	}
	if len(want.Scopes) == 0 {
		return nil
	}
	for scope := range strings.FieldsSeq(own.Scope) {
		if !slices.Contains(want.Scopes, scope) {
			return refuse("it has the scope %.280q, which was not requested", scope)
		}
	}
	return nil
}

// checkHeader refuses tokens that require other processing. It ignores everything that a header
// says about keys (jku, jwk, x5u, x5c), because a forger writes the header.
func checkHeader(header map[string]any) error {
	if _, given := header["crit"]; given {
		return &Error{Reason: "it requires an extension that is not supported (crit)"}
	}
	if _, given := header["b64"]; given { // RFC 7797 7 forbids it in a JWT.
		return &Error{Reason: "it requires an unencoded payload (b64)"}
	}
	return checkType(header)
}

// checkType refuses other kinds of signed statements, such as a logout token (RFC 9068 4). The type
// of an access token is JWT or at+jwt, depending on its profile (API contract 10.2, 10.3).
func checkType(header map[string]any) error {
	typ, given := header["typ"]
	text, _ := typ.(string)
	switch strings.TrimPrefix(strings.ToLower(text), "application/") {
	case "jwt", "at+jwt":
		return nil
	}
	if !given {
		return nil
	}
	return &Error{Reason: fmt.Sprintf(
		"it is of the type %.64q, which is not an access token", text,
	)}
}

// verificationKey chooses the key by the kind of algorithm, so that a public key can never serve as
// an HMAC secret.
func (v *Verifier) verificationKey(
	ctx context.Context, header jose.Header, secret string,
) (any, error) {
	if header.Algorithm == string(jose.HS256) {
		if secret == "" {
			return nil, &Error{
				Reason: "it is signed with HS256, which only the signing secret of the API can " +
					"verify",
			}
		}
		return hmacKey(secret), nil
	}
	if header.KeyID == "" {
		return nil, &Error{Reason: "it does not name the key it is signed with (kid)"}
	}
	return v.keys.get(ctx, header.KeyID)
}

// hmacKey verifies HS256 with a secret of any length. The API accepts 16 bytes (API contract 3.1),
// but the library insists on the 32 bytes of RFC 7518 3.2.
type hmacKey []byte

// VerifyPayload implements jose.OpaqueVerifier.
func (k hmacKey) VerifyPayload(payload, signature []byte, alg jose.SignatureAlgorithm) error {
	mac := hmac.New(sha256.New, k)
	mac.Write(payload)
	if alg != jose.HS256 || !hmac.Equal(mac.Sum(nil), signature) {
		return jose.ErrCryptoFailure
	}
	return nil
}

func readClaims(into func(dest ...any) error) (Claims, error) {
	var raw json.RawMessage
	var own ownClaims
	if err := into(&raw, &own); err != nil || string(raw) == "null" {
		return Claims{}, &Error{Reason: "its payload is not a set of claims"}
	}
	return Claims{JSON: string(raw), Scopes: strings.Fields(own.Scope)}, nil
}

// reasonOf turns the library's errors into sentences. None of the errors contains the token.
func reasonOf(err error) string {
	var alg *jose.ErrUnexpectedSignatureAlgorithm
	switch {
	case errors.Is(err, jose.ErrCryptoFailure):
		return "its signature is wrong"
	case errors.As(err, &alg):
		return fmt.Sprintf(
			"it is signed with the algorithm %.64q; RS256, RS512, PS256 and HS256 are accepted",
			alg.Got,
		)
	default:
		// It may quote the names of claims.
		return fmt.Sprintf(
			"it is malformed (%.200s)",
			redact.Printable(strings.TrimPrefix(err.Error(), "go-jose/go-jose: ")),
		)
	}
}
