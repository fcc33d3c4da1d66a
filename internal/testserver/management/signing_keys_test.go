// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management_test

import (
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
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

const rotateRoute = "/api/v2/keys/signing/rotate"

// kidsOf lists the ids of the signing keys with their state in the Management API.
func kidsOf(t *testing.T, x *servertest.Tenant) []string {
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
func rotate(t *testing.T, x *servertest.Tenant) string {
	t.Helper()
	status, body := x.Dashboard("POST", rotateRoute, "")
	if status != 201 {
		t.Fatalf("%d %s", status, body)
	}
	return servertest.Properties(t, string(body))["kid"].(string)
}

func revoke(x *servertest.Tenant, kid string) servertest.Answer {
	status, body := x.Dashboard("PUT", "/api/v2/keys/signing/"+kid+"/revoke", "")
	return servertest.Answer{Status: status, Body: string(body)}
}

func TestSigningKeys_keepTheirTimes(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
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
	if got := revoke(x, first); got.Status != 200 {
		t.Fatalf("%d %s", got.Status, got.Body)
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

func TestSigningKeys_listEndsWithLastThreeRevoked(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
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

func TestSigningKeys_onlyPreviousKeysAreRevokedOnce(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	first := strings.TrimPrefix(kidsOf(t, x)[0], "current ")
	const refused = `{"statusCode":400,"error":"Bad Request","message":"Only a previous signing key can be revoked.","errorCode":"invalid_body"}`
	revoke(x, first).Want(t, 400, refused)
	rotate(t, x)
	if got := revoke(x, first); got.Status != 200 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	revoke(x, first).Want(t, 400, refused)
	revoke(x, "current").Want(t, 404,
		`{"statusCode":404,"error":"Not Found","message":"Signing key not found."}`)
}

func TestSigningKeys_concurrentRotationsObeyLimit(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
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

func TestSigningKeys_limitReportsReset(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	rotate(t, x)
	first := x.Clock().Now()
	x.Clock().Advance(time.Hour)
	for range 4 {
		rotate(t, x)
	}
	got := x.API("POST", "/keys/signing/rotate", "")
	got.Want(
		t,
		429,
		`{"statusCode":429,"error":"Too Many Requests","message":"Endpoint limit has been reached","errorCode":"too_many_requests"}`,
	)
	got.WantHeader(t, "x-ratelimit-limit", "5")
	got.WantHeader(t, "x-ratelimit-remaining", "0")
	reset, err := strconv.ParseInt(got.Header.Get("x-ratelimit-reset"), 10, 64)
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

func TestSigningKeys_rotationNamesMissingScopes(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	for held, missing := range map[string]string{
		"create:signing_keys": "update:signing_keys", "update:signing_keys": "create:signing_keys",
		"read:signing_keys": "create:signing_keys,update:signing_keys",
	} {
		token := x.FetchToken(
			testserver.ManagementClientID, testserver.ManagementClientSecret, x.URL()+"/api/v2/",
			held,
		)
		x.Send("POST", rotateRoute, "", "Authorization: Bearer "+token).Want(t, 403,
			`{"statusCode":403,"error":"Forbidden",`+
				`"message":"Insufficient scope, expected any of: `+missing+
				`","errorCode":"insufficient_scope"}`)
	}
}
