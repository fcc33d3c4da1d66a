// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/servertest"
)

// explained is an answer of POST /explain.
type explained struct {
	Issued      bool
	Status      int
	Error       string
	Description string `json:"error_description"`
	RefusedBy   string `json:"refused_by"`
	Why, Change string
	Steps       []struct{ Step, Result, Found string }
	Token       *struct {
		ClientID     string `json:"client_id"`
		Audience     string
		Scopes       []string
		Organization string
		ExpiresIn    int `json:"expires_in"`
	}
	Faults []map[string]any
}

// sentRequest is a token request on the wire, as POST /explain takes it.
type sentRequest struct {
	ContentType   string `json:"content_type"`
	Authorization string `json:"authorization"`
	Body          string `json:"body"`
}

func explain(x *servertest.Tenant, question any) explained {
	x.T.Helper()
	body, err := json.Marshal(question)
	if err != nil {
		x.T.Fatal(err)
	}
	got := steer(x, "POST", "/explain", string(body))
	if got.Status != 200 {
		x.T.Fatalf("%s: %d %s", body, got.Status, got.Body)
	}
	return decodeJSON[explained](x.T, got.Body)
}

// send sends the request to the token endpoint.
func (r sentRequest) send(x *servertest.Tenant) servertest.Answer {
	x.T.Helper()
	headers := []string{"Content-Type: " + r.ContentType}
	if r.Authorization != "" {
		headers = append(headers, "Authorization: "+r.Authorization)
	}
	return x.Send("POST", "/oauth/token", r.Body, headers...)
}

// wantAgreement compares an explanation with the answer to the same request.
func wantAgreement(t *testing.T, said explained, got servertest.Answer) {
	t.Helper()
	type outcome struct {
		Status             int
		Error, Description string
	}
	answer := struct {
		Error       string
		Description string `json:"error_description"`
		Scope       string
	}{}
	if err := json.Unmarshal([]byte(got.Body), &answer); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(
		outcome{got.Status, answer.Error, answer.Description},
		outcome{said.Status, said.Error, said.Description},
	); diff != "" {
		t.Errorf("the endpoint (-) and the explanation (+) differ:\n%s", diff)
	}
	if said.Issued != (got.Status == 200) {
		t.Errorf("the explanation says issued: %v, the endpoint %d", said.Issued, got.Status)
	}
	if said.Token != nil && strings.Join(said.Token.Scopes, " ") != answer.Scope {
		t.Errorf("the explanation says scopes %q, the token has %q", said.Token.Scopes, answer.Scope)
	}
}

// supportedRefusals are the lines about the token endpoint in SUPPORTED.md: "status code text".
func supportedRefusals(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("SUPPORTED.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n### POST /oauth/token\n")
	section, _, ended := strings.Cut(section, "\n### ")
	if !found || !ended {
		t.Fatal("SUPPORTED.md has no section about the token endpoint")
	}
	var lines []string
	for _, row := range regexp.MustCompile("(?m)^\\| (\\d{3}) \\| `(.+?)` \\| (.+) \\|$").
		FindAllStringSubmatch(section, -1) {
		lines = append(lines, strings.Join(row[1:], " "))
	}
	return lines
}

// refusalCase makes a tenant refuse a request.
type refusalCase struct {
	step    string
	why     string // A part of the reason.
	change  string // A part of the remedy.
	prepare func(x *servertest.Tenant)
	// As a form with the credentials of the machine client and the sample API as audience, unless
	// it says otherwise.
	params  string
	request sentRequest // Instead of params.
}

// TestExplain_everySupportedRefusal takes the refusals of the token endpoint from SUPPORTED.md.
// Each needs a case here, and its explanation must name the step, the reason and the remedy.
func TestExplain_everySupportedRefusal(t *testing.T) {
	t.Parallel()
	listed := supportedRefusals(t)
	cases := refusalCases()
	for _, line := range listed {
		c, known := cases[line]
		if !known {
			t.Errorf("no case for the refusal %q", line)
			continue
		}
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			c.run(t, line)
		})
		delete(cases, line)
	}
	for line := range cases {
		t.Errorf("SUPPORTED.md does not list %q", line)
	}
	if len(listed) < 25 {
		t.Errorf("only %d refusals are listed", len(listed))
	}
}

func (c refusalCase) run(t *testing.T, line string) {
	t.Helper()
	x := servertest.NewWith(t, testserver.Config{
		ControlAddr: ":0", Tenant: []byte(`clients: [{client_id: ThirdPartyClient0000000000000001,
			client_secret: not-a-secret, name: Partner, is_first_party: false,
			grant_types: [client_credentials]}]`),
		Action: func(e testserver.Exchange) testserver.Verdict {
			switch act := e.Parameters["act"]; act {
			case "":
				return testserver.Verdict{}
			case "fail":
				panic("mistake")
			case "grow":
				return testserver.Verdict{Claims: map[string]any{"a": strings.Repeat("x", 200_000)}}
			default:
				return testserver.Verdict{Deny: &testserver.Denial{Code: act, Reason: "Not today."}}
			}
		},
	})
	if c.prepare != nil {
		c.prepare(x)
	}
	request := c.request
	if request.Body == "" {
		request = machineRequest(x, c.params)
	}
	said := explain(x, map[string]any{"request": request})
	got := request.send(x)
	wantAgreement(t, said, got)
	status, code, text := said.Status, said.Error, said.Description
	pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(line), "…", "(?s:.+)") + "$"
	if full := strings.Join([]string{strconv.Itoa(status), code, text}, " "); !regexp.MustCompile(
		pattern,
	).MatchString(full) {
		t.Errorf("got %q, want %q", full, line)
	}
	if said.RefusedBy != c.step || !strings.Contains(said.Why, c.why) ||
		!strings.Contains(said.Change, c.change) {
		t.Errorf("refused by %s: %s %s", said.RefusedBy, said.Why, said.Change)
	}
	for i, step := range said.Steps {
		want := "not_reached"
		switch {
		case i == 0 || said.Steps[i-1].Result == "passed":
			want = step.Result // Either may be right here.
		case step.Found != "":
			t.Errorf("the step %s was not reached and found %q", step.Step, step.Found)
		}
		if step.Result != want || (step.Result == "refused") != (step.Step == c.step) {
			t.Errorf("the step %s has %s", step.Step, step.Result)
		}
	}
	last := x.Requests()[len(x.Requests())-1]
	want := said.RefusedBy + ": " + said.Why + " " + said.Change
	if withoutTime(last.Reason) != withoutTime(want) {
		t.Errorf("the log says %q, want %q", last.Reason, want)
	}
}

// withoutTime leaves out the seconds that pass between the explanation and the request.
func withoutTime(text string) string {
	return regexp.MustCompile(`\d+ seconds`).ReplaceAllString(text, "some seconds")
}
