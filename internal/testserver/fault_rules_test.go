// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// statuses sends n token requests and returns the statuses of the answers.
func statuses(x *servertest.Tenant, n int) string {
	x.T.Helper()
	var out []string
	for range n {
		out = append(out, fmt.Sprint(x.AskToken("").Status))
	}
	return strings.Join(out, " ")
}

func TestInject_queueBeforeRules(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const route = "POST /oauth/token"
	if err := x.Inject(
		testserver.FaultRule{Route: route, Fault: testserver.Refuse(503), Times: 2},
		testserver.FaultRule{Route: "GET /.well-known/jwks.json", Fault: testserver.Refuse(500)},
		testserver.FaultRule{Route: "*", Fault: testserver.Refuse(502)},
	); err != nil {
		t.Fatal(err)
	}
	x.Next(route, testserver.Refuse(429))
	if got := statuses(x, 5); got != "429 503 503 502 502" {
		t.Errorf("got %s", got)
	}
	if got := x.Send("GET", "/nowhere", ""); got.Status != 502 {
		t.Errorf("an unknown route: %d", got.Status)
	}
	x.ClearFaults()
	if got := statuses(x, 1); got != "403" {
		t.Errorf("got %s", got)
	}
}

func TestInject_chanceIsSeeded(t *testing.T) {
	t.Parallel()
	var runs []string
	for _, seed := range []uint64{7, 7, 8} {
		x := servertest.NewWith(t, testserver.Config{Seed: seed})
		if err := x.Inject(testserver.FaultRule{
			Route:       "*",
			Fault:       testserver.Refuse(503),
			Probability: 0.25,
		}); err != nil {
			t.Fatal(err)
		}
		runs = append(runs, statuses(x, 200))
	}
	if runs[0] != runs[1] || runs[0] == runs[2] {
		t.Errorf("same seed: %t, other seed: %t", runs[0] == runs[1], runs[0] == runs[2])
	}
	if struck := strings.Count(runs[0], "503"); struck < 25 || struck > 75 {
		t.Errorf("%d of 200 requests failed", struck)
	}
}

func TestInject_invalidRulesAreRefused(t *testing.T) {
	t.Parallel()
	x := servertest.New(t)
	const route = "POST /oauth/token"
	for want, rule := range map[string]testserver.FaultRule{
		`no route "POST /oauth/tokens"`: {
			Route: "POST /oauth/tokens",
			Fault: testserver.LoseReply(),
		},
		`it needs a route`:         {Fault: testserver.LoseReply()},
		`unknown fault ""`:         {Route: route},
		`stale_read has no effect`: {Route: route, Fault: testserver.StaleRead()},
		`expired_token has no effect`: {
			Route: "GET /.well-known/jwks.json",
			Fault: testserver.ExpiredToken(),
		},
		`not -1`:               {Route: route, Fault: testserver.LoseReply(), Times: -1},
		`not 1.5`:              {Route: route, Fault: testserver.LoseReply(), Probability: 1.5},
		`not 200`:              {Route: route, Fault: testserver.Refuse(200)},
		`not 499`:              {Route: route, Fault: testserver.Refuse(499)},
		`not 600`:              {Route: route, Fault: testserver.HTMLPage(600)},
		`not 101`:              {Route: route, Fault: testserver.Respond(101, "", "")},
		`not 0s`:               {Route: route, Fault: testserver.Delay(0)},
		`not 1h0m0s`:           {Route: route, Fault: testserver.Delay(time.Hour)},
		`needs a content type`: {Route: route, Fault: testserver.WrongContentType("")},
	} {
		err := x.Inject(testserver.FaultRule{Route: route, Fault: testserver.Refuse(503)}, rule)
		if err == nil || !strings.HasPrefix(err.Error(), "fault 2, for ") ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", rule, err)
		}
	}
	if got := statuses(x, 1); got != "403" {
		t.Errorf("something was added: %s", got)
	}
}

func TestParseFaults(t *testing.T) {
	t.Parallel()
	const inYAML = `
faults:
  - route: POST /api/v2/client-grants
    fault: respond
    times: 2
    probability: 0.5
    status: 200
    content_type: text/plain
    body: "moved\n"
  - {route: "*", fault: delay, delay: 250ms}
`
	const inJSON = `{"faults":[
		{"route":"POST /api/v2/client-grants","fault":"respond","times":2,"probability":0.5,
		 "status":200,"content_type":"text/plain","body":"moved\n"},
		{"route":"*","fault":"delay","delay":"250ms"}]}`
	want := []testserver.FaultRule{
		{
			Route: "POST /api/v2/client-grants",
			Fault: testserver.Respond(200, "text/plain", "moved\n"), Times: 2, Probability: 0.5,
		},
		{Route: "*", Fault: testserver.Delay(250 * time.Millisecond)},
	}
	for _, file := range []string{inYAML, inJSON} {
		got, err := testserver.ParseFaults([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(testserver.Fault{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	for _, file := range []string{"", "faults:", "faults: []"} {
		if got, err := testserver.ParseFaults([]byte(file)); err != nil || len(got) != 0 {
			t.Errorf("%q: %v, %v", file, got, err)
		}
	}
}

func TestParseFaults_errorNamesEntryAndRule(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		`{route: "*", fault: explode}`:                              `line 3: fault 2, for "*": unknown fault "explode"; the faults are delay, expired_token,`,
		`{route: "*"}`:                                              `line 3: fault 2, for "*": unknown fault ""`,
		`{route: "*", fault: lose_reply, status: 500}`:              `line 3: fault 2, for "*": lose_reply does not take status; it takes route, times and probability`,
		`{route: "*", fault: refuse, body: x}`:                      `refuse does not take body; it takes route, times and probability, and status`,
		`{route: "*", fault: refuse}`:                               `refuse needs an error status that HTTP knows, such as 503, not 0`,
		`{route: "*", fault: refuse, status: 200}`:                  `not 200`,
		`{route: "*", fault: delay, delay: soon}`:                   `delay is a time such as "250ms" or "1m30s", not "soon"`,
		`{route: "*", fault: delay}`:                                `delay needs a time above 0s`,
		`{route: "*", fault: lose_reply, probability: 0}`:           `probability must be above 0 and up to 1`,
		`{route: "*", fault: lose_reply, probability: .nan}`:        `not NaN`,
		`{fault: lose_reply}`:                                       `it needs a route`,
		`{route: "*", fault: lose_reply, chance: 1}`:                `[3:35] unknown field "chance"`,
		`{route: "*", fault: refuse, status: many}`:                 `[3:`,
		`{route: "*", fault: refuse, status: 503, status: 500}`:     `already defined`,
		`{route: "*", fault: refuse, status: 99999999999999999999}`: `[3:`,
		`just text`:   `[3:`,
		`{route: "*"`: `[3:`,
	} {
		_, err := testserver.ParseFaults([]byte("faults:\n- {route: \"*\", fault: lose_reply}\n- " +
			entry + "\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", entry, err)
		}
	}
	for _, file := range []string{
		"faulty: []", "- a", "\x00", "faults: {", "faults: [null]", "faults: [[]]", "&a [*a]",
		"faults: &a [*a]",
	} {
		if got, err := testserver.ParseFaults([]byte(file)); err == nil {
			t.Errorf("%q: %v", file, got)
		}
	}
}

func FuzzParseFaults(f *testing.F) {
	f.Add([]byte("faults:\n- {route: \"*\", fault: refuse, status: 503}\n"))
	f.Add([]byte(
		`{"faults":[{"route":"*","fault":"delay","delay":"1s","times":2,"probability":0.5}]}`,
	))
	f.Fuzz(func(t *testing.T, file []byte) {
		rules, err := testserver.ParseFaults(file)
		if err != nil && rules != nil {
			t.Errorf("rules despite %v", err)
		}
	})
}
