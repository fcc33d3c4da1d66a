// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/protocol"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// openings opens and closes tokens of the sample API as Terraform does. The tokens live for an
// hour, and provider and server share a clock.
type openings struct {
	protocol.Protocol
	tenant *acctest.Tenant
}

func newOpenings(t *testing.T) *openings {
	t.Helper()
	n := acctest.NewTenant(t).Granted()
	n.ChangeSampleAPI(`{"token_lifetime":3600}`)
	o := &openings{protocol.Protocol{T: t, Now: n.Clock().Now}, n}
	o.Start(n.Env())
	o.Configure(nil)
	return o
}

type openedToken struct {
	token   string
	renewAt time.Time
	private []byte
	said    string
}

// open opens a token. It does not keep the diagnostics in o.said.
func (o *openings) open(further map[string]tftypes.Value) openedToken {
	o.T.Helper()
	schema := o.Schema.EphemeralResourceSchemas["m2m_access_token"]
	resp, err := o.Server.OpenEphemeralResource(o.Context(),
		&tfprotov6.OpenEphemeralResourceRequest{
			TypeName: "m2m_access_token", Config: o.Value(schema, protocol.TokenArguments(further)),
		})
	if err != nil {
		o.T.Fatal(err)
	}
	return openedToken{
		o.tokenIn(schema, resp.Result), resp.RenewAt, resp.Private, o.words(resp.Diagnostics),
	}
}

// read reads the data source.
func (o *openings) read() string {
	o.T.Helper()
	resp := o.ReadToken(nil)
	o.Say(resp.Diagnostics, nil)
	return o.tokenIn(o.Schema.DataSourceSchemas["m2m_access_token"], resp.State)
}

func (o *openings) tokenIn(schema *tfprotov6.Schema, result *tfprotov6.DynamicValue) string {
	o.T.Helper()
	object, err := result.Unmarshal(schema.ValueType())
	if err != nil {
		o.T.Fatal(err)
	}
	var (
		attributes map[string]tftypes.Value
		token      *string
	)
	if err := object.As(&attributes); err != nil {
		o.T.Fatal(err)
	}
	if err := attributes["access_token"].As(&token); err != nil || token == nil {
		return ""
	}
	return *token
}

func (o *openings) close(opened openedToken) string {
	o.T.Helper()
	resp, err := o.Server.CloseEphemeralResource(o.Context(),
		&tfprotov6.CloseEphemeralResourceRequest{
			TypeName: "m2m_access_token", Private: opened.private,
		})
	if err != nil {
		o.T.Fatal(err)
	}
	return o.words(resp.Diagnostics)
}

func (o *openings) words(diags []*tfprotov6.Diagnostic) string {
	var words []string
	for _, d := range diags {
		words = append(words, strings.TrimSuffix(
			fmt.Sprintf("%s: %s: %s %s", d.Severity, d.Summary, d.Detail, d.Attribute), " <nil>",
		))
	}
	return strings.Join(words, "\n")
}

// wantTokens checks how many tokens the client has requested.
func (o *openings) wantTokens(want int) {
	o.T.Helper()
	if got := len(acctest.TokenRequests(
		o.tenant.Requests(), testserver.MachineClientID,
	)); got != want {
		o.T.Errorf("%d tokens were requested, want %d", got, want)
	}
	if o.Said.Len() > 0 {
		o.T.Error(&o.Said)
	}
}

func TestAccessTokenOpen_closeForgets(t *testing.T) {
	t.Parallel()
	o := newOpenings(t)
	one, two := o.open(nil), o.open(nil)
	o.wantTokens(1)
	if one.token == "" || two.token != one.token {
		t.Errorf("two tokens: %q and %q", one.token, two.token)
	}
	o.close(one)
	o.close(one) // Closing twice has no further effect.
	if three := o.open(nil); three.token != two.token {
		t.Error("another token, though one is open")
	} else {
		o.close(three)
	}
	o.close(two)
	o.wantTokens(1)
	o.tenant.Clock().Advance(time.Second) // Tokens issued in the same second are identical.
	if four := o.open(nil); four.token == one.token || four.token == "" {
		t.Errorf("the token was not forgotten: %q", four.token)
	}
	o.wantTokens(2)
}

// A token of a data source is in the state anyway, so the process keeps it.
func TestAccessTokenOpen_dataSourceKeeps(t *testing.T) {
	t.Parallel()
	o := newOpenings(t)
	token := o.read()
	opened := o.open(nil)
	o.close(opened)
	if token == "" || opened.token != token || o.read() != token {
		t.Error("not the same token")
	}
	o.wantTokens(1)
}

func TestAccessTokenOpen_eachBlockIsChecked(t *testing.T) {
	t.Parallel()
	o := newOpenings(t)
	o.tenant.ChangeSampleAPI(`{"signing_alg":"HS256","signing_secret":"a-signing-secret"}`)
	for _, c := range []struct {
		further map[string]tftypes.Value
		want    string
	}{
		{map[string]tftypes.Value{"signing_secret": protocol.Text("a-signing-secret")}, ""},
		{
			map[string]tftypes.Value{"signing_secret": protocol.Text("another-secret-16")},
			"its signature is wrong",
		},
		{map[string]tftypes.Value{"verify": tftypes.NewValue(tftypes.Bool, false)}, ""},
		{nil, "Set signing_secret to the signing secret of the API"},
		{
			map[string]tftypes.Value{
				"signing_secret": protocol.Text("a-signing-secret"),
				"min_remaining":  protocol.Text("2h"),
			},
			"min_remaining requires 2h0m0s",
		},
	} {
		opened := o.open(c.further)
		if c.want == "" && opened.said != "" || !strings.Contains(opened.said, c.want) {
			t.Errorf("%v: %s", c.further, opened.said)
		}
		if (opened.token == "") != (c.want != "") || c.want != "" && opened.private != nil {
			t.Errorf("%v: token %q, private %q", c.further, opened.token, opened.private)
		}
	}
	o.wantTokens(2) // The open token expires before min_remaining.
}

func TestAccessTokenOpen_oldTokensAreNotShared(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		passed    time.Duration
		remaining string
		want      int
	}{
		"fresh":               {0, "", 1},
		"almost too old":      {59*time.Minute - time.Second, "", 1},
		"too old":             {59*time.Minute + time.Second, "", 2},
		"expired":             {2 * time.Hour, "", 2},
		"as long as asked":    {19 * time.Minute, "40m", 1},
		"shorter than asked":  {21 * time.Minute, "40m", 2},
		"expired, more asked": {2 * time.Hour, "59m", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOpenings(t)
			one := o.open(nil)
			o.tenant.Clock().Advance(c.passed)
			further := map[string]tftypes.Value{}
			if c.remaining != "" {
				further["min_remaining"] = protocol.Text(c.remaining)
			}
			two := o.open(further)
			if two.said != "" || (two.token == one.token) != (c.want == 1) {
				t.Errorf("%s; the same: %v", two.said, two.token == one.token)
			}
			o.wantTokens(c.want)
		})
	}
}

func TestAccessTokenOpen_warnsBeforeExpiry(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lifetime int
		warnsAt  time.Duration // After the token was opened.
		lives    string
		tokens   int
	}{
		"an hour":    {3600, 59 * time.Minute, "1h0m0s", 1},
		"30 seconds": {30, 15 * time.Second, "30s", 2}, // Too short to be shared.
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOpenings(t)
			clock := o.tenant.Clock()
			o.tenant.ChangeSampleAPI(fmt.Sprintf(`{"token_lifetime":%d}`, c.lifetime))
			before := clock.Now().Truncate(time.Second) // Tokens count whole seconds.
			opened := o.open(nil)
			if at := opened.renewAt.Add(-c.warnsAt); at.Before(before) || at.After(clock.Now()) {
				t.Errorf("renewal %s after %s, want %s", opened.renewAt.Sub(before), before, c.warnsAt)
			}
			if said := o.close(o.open(nil)); said != "" {
				t.Errorf("closed in time: %s", said)
			}
			expiry := opened.renewAt.Add(
				time.Duration(c.lifetime)*time.Second - c.warnsAt,
			).Format(time.RFC3339)
			expect := func(said, summary, when string) {
				t.Helper()
				want := fmt.Sprintf(`WARNING: Access token for the API "https://sample-api.example.com" %s:
					The token for the API "https://sample-api.example.com", with
					a lifetime of %s, %s at %s. Terraform cannot replace it in the middle of a run,
					and requests with an expired token are refused. Shorten the run, or raise the
					token_lifetime of the API. If you set min_remaining to the duration of the run,
					a token that expires too soon is an error before anything is changed.`, summary,
					c.lives, when, expiry)
				if !slices.Equal(strings.Fields(said), strings.Fields(want)) {
					t.Errorf("said: %s\nwant: %s", said, want)
				}
			}

			clock.Advance(c.warnsAt)
			renewed, err := o.Server.RenewEphemeralResource(o.Context(),
				&tfprotov6.RenewEphemeralResourceRequest{
					TypeName: "m2m_access_token", Private: opened.private,
				})
			if err != nil || !renewed.RenewAt.IsZero() {
				t.Errorf("%v; again at %s", err, renewed.RenewAt)
			}
			expect(o.words(renewed.Diagnostics), "is about to expire", "expires")
			opened.private = renewed.Private
			expect(o.close(opened), "has nearly expired during the run", "expires")
			clock.Advance(time.Duration(c.lifetime) * time.Second)
			expect(o.close(opened), "has expired during the run", "expired")
			if !strings.Contains(o.Log.String(), "access token is about to expire") {
				t.Error("not logged")
			}
			o.wantTokens(c.tokens)
		})
	}
}

// A token without a known lifetime is returned, unless min_remaining is set, and there is no
// warning about its expiry.
func TestAccessTokenOpen_unknownLifetime(t *testing.T) {
	t.Parallel()
	o := newOpenings(t)
	reply := testserver.Respond(
		200, "application/json", `{"access_token":"opaque","token_type":"Bearer"}`,
	)
	o.tenant.Next("POST /oauth/token", slices.Repeat([]testserver.Fault{reply}, 2)...)
	accepted := map[string]tftypes.Value{"verify": tftypes.NewValue(tftypes.Bool, false)}
	opened := o.open(accepted)
	if opened.token != "opaque" || opened.said != "" || !opened.renewAt.IsZero() {
		t.Errorf("%+v", opened)
	}
	if said := o.close(opened); said != "" {
		t.Error(said)
	}
	accepted["min_remaining"] = protocol.Text("1s")
	if opened := o.open(accepted); opened.token != "" ||
		!strings.Contains(opened.said, `AttributeName("min_remaining")`) {
		t.Errorf("%+v", opened)
	}
}

// Terraform keeps the private data as long as the token is open.
func TestAccessTokenOpen_privateDataHasNoSecret(t *testing.T) {
	t.Parallel()
	o := newOpenings(t)
	opened := o.open(nil)
	var keys []string
	for _, entry := range privateData(t, opened.private) {
		for key, value := range entry {
			keys = append(keys, key)
			for _, secret := range append(
				strings.Split(opened.token, "."), testserver.MachineClientSecret,
			) {
				if strings.Contains(fmt.Sprint(value), secret) {
					t.Errorf("%s holds a secret", key)
				}
			}
		}
	}
	slices.Sort(keys)
	if diff := cmp.Diff(
		[]string{"Audience", "ExpiresAt", "Handle", "Lifetime", "Margin"}, keys,
	); diff != "" {
		t.Error(diff)
	}
	log := o.Log.String()
	if !strings.Contains(log, `"@level":"trace"`) || strings.Contains(log, "eyJ") ||
		strings.Contains(log, testserver.MachineClientSecret) {
		t.Errorf("log: %s", log)
	}
}

// privateData reads private data as the framework writes it.
func privateData(t *testing.T, raw []byte) map[string]map[string]any {
	t.Helper()
	var encoded map[string][]byte
	if err := json.Unmarshal(raw, &encoded); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]any{}
	for key, value := range encoded {
		var entry map[string]any
		if err := json.Unmarshal(value, &entry); err != nil {
			t.Fatal(err)
		}
		out[key] = entry
	}
	return out
}
