// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
)

const (
	orders  = "https://orders.example.com/"
	billing = "https://billing.example.com/"
)

// change returns a change outside organizations, for the client itself.
func change(effect access.Effect, client, api, scope, address string) review.Change {
	return review.Change{
		Effect: effect, Client: client, API: api, SubjectType: access.Machine, Scope: scope,
		Addresses: []string{address},
	}
}

func has(client, api string, scopes ...string) []access.Row {
	var rows []access.Row
	for _, scope := range append([]string{access.NoScope}, scopes...) {
		rows = append(rows, access.Row{
			Key:   access.Key{Client: client, API: api, SubjectType: access.Machine},
			Scope: scope, Reason: access.Reason{Kind: access.ByGrant, Source: "cgr_" + client},
		})
	}
	return rows
}

var (
	destructive = review.Risk{
		Rule: "destructive", Severity: review.High, Reason: "The scope lets the client delete data.",
	}
	wildcard = review.Risk{
		Rule: "wildcard", Severity: review.Medium, Reason: "The client gets each scope that the API will define.",
		Allowed: "The nightly export needs all of them (until 2027-03-31).",
	}
)

// small has each kind of row once.
func small() review.Report {
	del := change(access.Gained, "n3XkPq8aZr", orders, "delete:orders", "m2m_client_grant.ci")
	del.Risks = []review.Risk{destructive}
	lost := change(access.Lost, "n3XkPq8aZr", billing, "read:invoices", "module.billing.m2m_resource_server.this")
	lost.TokensLast = 24 * time.Hour
	lost.Reason = "The API no longer defines the scope, and grants keep it without effect."
	unsure := change(access.Undecided, "m2m_client.new", orders, access.AllScopes, `m2m_client_grant.new["eu"]`)
	unsure.TokensLast = 90 * time.Minute
	unsure.Risks = []review.Risk{wildcard}
	users := review.Change{
		Effect: access.Gained, Client: access.FirstPartyClients, API: billing,
		SubjectType: access.User, Scope: access.NoScope, Addresses: []string{"m2m_resource_server.billing"},
		Reason: "The policy for users becomes allow_all.",
	}
	third := users
	third.Client, third.Effect, third.Scope = access.ThirdPartyClients, access.Lost, "read:invoices"
	third.Organization, third.Reason = access.AnyOrganization, ""
	portal := change(access.Lost, "Kx81portal", orders, "read:orders", "m2m_organization_client_grant.acme")
	portal.SubjectType, portal.Organization, portal.TokensLast = access.User, "org_1", 36*time.Hour
	return review.Report{
		Verdict: review.Widens,
		Changes: []review.Change{
			portal, users, unsure, lost,
			change(access.Gained, "n3XkPq8aZr", orders, access.NoScope, "m2m_client_grant.ci"),
			del,
			change(access.Gained, "n3XkPq8aZr", orders, "read:orders", "m2m_client_grant.ci"),
			third,
		},
		Notes: []review.Note{
			{
				Verdict: review.Widens, Address: "m2m_resource_server.orders", Title: "Tokens live longer",
				Text:  "Tokens for the API are valid for 24 h instead of 1 h.",
				Risks: []review.Risk{{Rule: "token-lifetime", Severity: review.Low, Reason: "A stolen token can be used for longer."}},
			},
			{Verdict: review.Neutral, Address: "m2m_client_grant.old", Title: "The grant stays, and nobody manages it"},
		},
		Relevant: 6,
		Before: append(append(has("n3XkPq8aZr", billing, "read:invoices", "write:invoices"),
			has("Kx81portal", orders, "read:orders", "write:orders")...), has("qUiet", orders, "read:orders")...),
		After: append(append(append(has("n3XkPq8aZr", billing, "write:invoices"),
			has("n3XkPq8aZr", orders, "delete:orders", "read:orders")...),
			has("Kx81portal", orders, "write:orders")...), has("qUiet", orders, "read:orders")...),
		Names: map[string]string{
			orders: "Orders", billing: "Billing", "n3XkPq8aZr": "CI runner", "Kx81portal": "Customer portal",
			"qUiet": "Nightly report", "org_1": "acme",
		},
	}
}

// empty is a report of plans without access.
func empty() review.Report { return review.Report{Verdict: review.Neutral} }

// large has n clients and 24 APIs. Each fifth client changes.
func large(n int) review.Report {
	r := review.Report{Verdict: review.Widens, Relevant: n, Names: map[string]string{}}
	apiName := func(i int) string { return fmt.Sprintf("https://api-%02d.example.com/", i) }
	subjects := strings.Fields("Orders Billing Shipping Catalog Search Ledger Payments Returns")
	for i := range 24 {
		r.Names[apiName(i)] = subjects[i%8] + " " + []string{"API", "events", "admin"}[i/8]
	}
	for i := range n {
		id := fmt.Sprintf("client%04dxYz", i)
		r.Names[id] = fmt.Sprintf("%s worker %d", subjects[i*7%8], i)
		for j := range 1 + i%4 {
			api := apiName((i*5 + j*7) % 24)
			scopes := []string{}
			for k := range 1 + (i+j)%6 {
				scopes = append(scopes, fmt.Sprintf("read:thing%d", k))
			}
			r.Before = append(r.Before, has(id, api, scopes...)...)
			address := fmt.Sprintf("module.team[%q].m2m_client_grant.this", fmt.Sprint(i))
			switch {
			case i%5 != 0 || j > 1 || (i*5+j*7)%24 >= 18: // Some APIs do not change.
			case i%3 == 0:
				for _, scope := range []string{"delete:things", "write:things"} {
					c := change(access.Gained, id, api, scope, address)
					if scope == "delete:things" && i%2 == 0 {
						c.Risks = []review.Risk{destructive}
					}
					r.Changes = append(r.Changes, c)
				}
				scopes = append(scopes, "delete:things", "write:things")
			case i%3 == 1:
				c := change(access.Lost, id, api, scopes[0], address)
				c.TokensLast = 24 * time.Hour
				r.Changes, scopes = append(r.Changes, c), scopes[1:]
			default:
				c := change(access.Undecided, id, api, access.AllScopes, address)
				r.Changes = append(r.Changes, c)
			}
			r.After = append(r.After, has(id, api, scopes...)...)
		}
	}
	return r
}

// attacks are texts that break out of a format that does not escape them.
var attacks = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'"><svg onload=alert(1)>`,
	`</style><script>alert(1)</script>`, `</title></code></summary></details><h1>NEUTRAL</h1>`,
	`<!-- `, `--> <b>`, `]]>`, `<![CDATA[`, `javascript:alert(1)`, `[click](javascript:alert(1))`,
	`![x](https://evil.example/x.png)`, `<https://evil.example>`, `https://evil.example/ www.evil.example`,
	`@octocat #1 GH-1 evil@evil.example`, "```", "````\n# owned", "~~~", "`` ` ``", `| a | b |`, `\|`, `\`,
	"\n\n# NEUTRAL\n\n", "a\r\n</details>\r\n", "line\u2028separator\u2029paragraph\u0085next",
	"\x1b[2J\x1b]8;;https://evil.example\x07link", "\u009b31m\u0000\u007f", "\u202edesrever\u202c\u2066",
	"\xff\xfe", `{{.Names}} {0} [a](1)`, `&lt;script&gt;`, "***\n---", "- [ ] x", "$x$ :smile:",
	"+   delete:everything", "NEUTRAL: nobody gains or loses access", "\t\tcode",
}

// hostile has an attack in each text.
func hostile(attack string) review.Report {
	c := review.Change{
		Effect: access.Gained, Client: attack, API: attack, SubjectType: access.User, Scope: attack,
		Organization: attack, Addresses: []string{attack, attack}, Reason: attack,
		Risks: []review.Risk{
			{Rule: attack, Severity: review.High, Reason: attack, Allowed: attack},
		},
	}
	named, lost := c, c
	named.Client, named.API, named.Organization, named.Risks = "id", "api", "org", nil
	lost.Effect, lost.TokensLast = access.Lost, time.Hour
	key := access.Key{Client: attack, API: attack, SubjectType: access.User}
	return review.Report{
		Verdict: review.Widens, Changes: []review.Change{c, lost, named}, Relevant: 1,
		Notes: []review.Note{{
			Verdict: review.Widens, Address: attack, Title: attack, Text: attack, Risks: c.Risks,
		}},
		Before: []access.Row{{
			Key: key, Scope: attack, Organization: attack,
			Reason: access.Reason{Kind: access.ByGrant, Source: attack},
		}},
		Names: map[string]string{"id": attack, "api": attack, "org": attack},
	}
}
