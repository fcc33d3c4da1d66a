// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"crypto/rsa"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const rotateRoute = "/api/v2/keys/signing/rotate"

// kidsOf lists the ids of the signing keys, each with the state that the Management API gives it.
func kidsOf(t *testing.T, x *tenant) []string {
	t.Helper()
	_, body := x.Dashboard("GET", "/api/v2/keys/signing", "")
	var keys []map[string]any
	if err := json.Unmarshal(body, &keys); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	var kids []string
	for _, key := range keys {
		for _, state := range []string{"current", "next", "previous", "revoked"} {
			if key[state] == true {
				kids = append(kids, state+" "+key["kid"].(string))
			}
		}
	}
	return kids
}

// rotate returns the id of the new next key.
func rotate(t *testing.T, x *tenant) string {
	t.Helper()
	status, body := x.Dashboard("POST", rotateRoute, "")
	if status != 201 {
		t.Fatalf("%d %s", status, body)
	}
	return field(t, string(body), "kid")
}

func revoke(x *tenant, kid string) answer {
	status, body := x.Dashboard("PUT", "/api/v2/keys/signing/"+kid+"/revoke", "")
	return answer{status: status, body: string(body)}
}

func TestSigningKeys_keepTheMomentsOfTheirLives(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	moments := func(kid string) string {
		_, body := x.Dashboard("GET", "/api/v2/keys/signing/"+kid, "")
		pattern := regexp.MustCompile(
			`"(current|next|previous|revoked|current_since|current_until|revoked_at)":[^,}]+`,
		)
		shown := strings.Join(pattern.FindAllString(string(body), -1), " ")
		return regexp.MustCompile(
			`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`,
		).ReplaceAllString(shown, "TIME")
	}
	first := strings.TrimPrefix(kidsOf(t, x)[0], "current ")
	lives := []string{moments(first)}
	next := rotate(t, x)
	lives = append(lives, moments(next), moments(first))
	if got := revoke(x, first); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	lives = append(lives, moments(first))
	wanted := []string{
		`"current":true "current_since":"TIME"`,
		`"next":true`,
		`"previous":true "current_since":"TIME" "current_until":"TIME"`,
		`"current_since":"TIME" "current_until":"TIME" "revoked":true "revoked_at":"TIME"`,
	}
	if diff := cmp.Diff(wanted, lives); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

func TestSigningKeys_listEndsWithTheLastThreeRevokedOnes(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	kids := []string{
		strings.TrimPrefix(kidsOf(t, x)[0], "current "),
		strings.TrimPrefix(kidsOf(t, x)[1], "next "),
	}
	for range 5 {
		kids = append(kids, rotate(t, x))
	}
	for _, i := range []int{0, 2, 1, 3} {
		x.Clock().Advance(time.Second)
		revoke(x, kids[i])
	}
	wanted := []string{
		"current " + kids[5], "next " + kids[6], "previous " + kids[4], "revoked " + kids[3],
		"revoked " + kids[1], "revoked " + kids[2],
	}
	if diff := cmp.Diff(wanted, kidsOf(t, x)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if status, _ := x.Dashboard("GET", "/api/v2/keys/signing/"+kids[0], ""); status != 200 {
		t.Errorf("the oldest revoked key is forgotten: %d", status)
	}
}

func TestSigningKeys_onlyPreviousOnesAreRevokedAndOnlyOnce(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	first := strings.TrimPrefix(kidsOf(t, x)[0], "current ")
	const refused = `{"statusCode":400,"error":"Bad Request","message":"Only a previous signing key can be revoked.","errorCode":"invalid_body"}`
	want(t, revoke(x, first), 400, refused)
	rotate(t, x)
	if got := revoke(x, first); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
	want(t, revoke(x, first), 400, refused)
	want(
		t, revoke(x, "current"), 404,
		`{"statusCode":404,"error":"Not Found","message":"Signing key not found."}`,
	)
}

func TestSigningKeys_racingRotationsKeepToTheLimit(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	var made atomic.Int32
	var racing sync.WaitGroup
	for range 8 {
		racing.Go(func() {
			if status, _ := x.Dashboard("POST", rotateRoute, ""); status == 201 {
				made.Add(1)
			}
		})
	}
	racing.Wait()
	if got := len(kidsOf(t, x)); made.Load() != 5 || got != 7 {
		t.Errorf("%d rotations, %d keys", made.Load(), got)
	}
}

func TestSigningKeys_limitSaysWhenItEnds(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	rotate(t, x)
	first := x.Clock().Now()
	x.Clock().Advance(time.Hour)
	for range 4 {
		rotate(t, x)
	}
	got := x.api("POST", "/keys/signing/rotate", "")
	want(
		t, got, 429,
		`{"statusCode":429,"error":"Too Many Requests","message":"Endpoint limit has been reached","errorCode":"too_many_requests"}`,
	)
	wantHeader(t, got, "x-ratelimit-limit", "5")
	wantHeader(t, got, "x-ratelimit-remaining", "0")
	reset, err := strconv.ParseInt(got.header.Get("x-ratelimit-reset"), 10, 64)
	if off := time.Unix(reset, 0).Sub(first.Add(24 * time.Hour)); err != nil ||
		off < -time.Second || off > 2*time.Second {
		t.Errorf("x-ratelimit-reset is off by %v (%v)", off, err)
	}
	x.Clock().Advance(time.Unix(reset, 0).Sub(x.Clock().Now()))
	rotate(t, x)
	if status, _ := x.Dashboard("POST", rotateRoute, ""); status != 429 {
		t.Errorf("one place was free, and %d follows", status)
	}
}

func TestSigningKeys_rotatingNamesTheScopesThatAreMissing(t *testing.T) {
	t.Parallel()
	x := newTenant(t)
	for held, missing := range map[string]string{
		"create:signing_keys": "update:signing_keys", "update:signing_keys": "create:signing_keys",
		"read:signing_keys": "create:signing_keys,update:signing_keys",
	} {
		token := x.fetchToken(
			testserver.ManagementClientID, testserver.ManagementClientSecret, x.URL()+"/api/v2/",
			held,
		)
		want(t, x.send("POST", rotateRoute, "", "Authorization: Bearer "+token), 403,
			`{"statusCode":403,"error":"Forbidden",`+
				`"message":"Insufficient scope, expected any of: `+missing+
				`","errorCode":"insufficient_scope"}`)
	}
}

func TestListen_twiceTheSameSigningKey(t *testing.T) {
	t.Parallel()
	key := strangerKey()
	if _, err := testserver.Listen(testserver.Config{SigningKeys: []*rsa.PrivateKey{
		key, key,
	}}); err == nil {
		t.Error("it starts")
	}
}
