// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
)

// subjectLives are the halves for users and for machines. What the tenant has of
// the other one is sent along.
func subjectLives() []life {
	const whole = "subject_type_authorization"
	rows := []life{{
		attribute: whole, empty: "{}", emptyKeeps: true, kept: true,
		first:   `{"user":{"policy":"deny_all"},"client":{"policy":"deny_all"}}`,
		second:  `{"user":{"policy":"require_client_grant"},"client":{"policy":"require_client_grant"}}`,
		without: `{"user":{"policy":"allow_all"},"client":{"policy":"require_client_grant"}}`,
	}}
	for _, half := range []struct{ name, without, first, second, other string }{
		{"user", "allow_all", "deny_all", "require_client_grant", `"client":{"policy":"require_client_grant"}`},
		{"client", "require_client_grant", "deny_all", "require_client_grant", `"user":{"policy":"allow_all"}`},
	} {
		policy := func(value string) string { return fmt.Sprintf(`{"policy":%q}`, value) }
		rows = append(rows, life{
			attribute: whole + "." + half.name, kept: true, first: policy(half.first), second: policy(half.second), without: policy(half.without),
			config: whole + " = { %s }", body: fmt.Sprintf(`{%q:{%%s}}`, whole), changeBody: fmt.Sprintf(`{%q:{%%s,%s}}`, whole, half.other),
			refused: []refusal{{
				stage: stageEmptied, lines: fmt.Sprintf("%s = { %s = {} }", whole, half.name), says: fmt.Sprintf(nested, "policy"),
			}},
		}, life{
			attribute: whole + "." + half.name + ".policy", required: true, first: acctest.Encoded(half.first), second: acctest.Encoded(half.second),
			config: fmt.Sprintf("%s = { %s = { %%s } }", whole, half.name), body: fmt.Sprintf(`{%q:{%q:{%%s}}}`, whole, half.name),
			changeBody: fmt.Sprintf(`{%q:{%q:{%%s},%s}}`, whole, half.name, half.other),
			refused: []refusal{
				{stage: stageEmptied, lines: fmt.Sprintf(`%s = { %s = { policy = "" } }`, whole, half.name), says: "policy value must be one of"},
				{stage: stageNull, lines: fmt.Sprintf(`%s = { %s = { policy = null } }`, whole, half.name), says: fmt.Sprintf(mustBeKnown, whole+"."+half.name+".policy")},
				{stage: stageTakenOut, lines: fmt.Sprintf(`%s = { %s = {} }`, whole, half.name), says: fmt.Sprintf(nested, "policy")},
			},
		})
	}
	return rows
}

// livesKey is the PEM of a key in JSON, and its thumbprint.
type livesKey struct{ pem, thumbprint string }

var livesKeys = sync.OnceValue(func() [2]livesKey {
	var out [2]livesKey
	for i := range out {
		text := testkeys.PublicPEM()
		thumbprint, err := m2m.Thumbprint(text)
		if err != nil {
			panic(err)
		}
		out[i] = livesKey{acctest.Encoded(text), acctest.Encoded(thumbprint)}
	}
	return out
})

// encryptionLives change a part of an object, which the API takes as a whole.
func encryptionLives() []life {
	keys := livesKeys()
	const name, format = "token_encryption", `"format":"compact-nested-jwe"`
	const noPEM = "To turn on token encryption the tenant needs the public key: set pem."
	// What the state has of a key of which only alg and pem are given.
	stored := func(key string) string {
		i := 0
		if strings.Contains(key, keys[1].pem) {
			i = 1
		}
		return strings.Replace(key, `"pem"`, `"name":null,"kid":null,"thumbprint_sha256":`+keys[i].thumbprint+`,"pem"`, 1)
	}
	key := func(i int) string { return fmt.Sprintf(`{"alg":"RSA-OAEP-256","pem":%s}`, keys[i].pem) }
	encryption := func(i int) string { return fmt.Sprintf(`{"encryption_key":%s}`, key(i)) }
	withFormat := func(value string) string { return strings.Replace(value, "{", "{"+format+",", 1) }
	pemLine, algLine := "pem = "+keys[0].pem, `alg = "RSA-OAEP-256"`
	planned := func(stage, key string) refusal {
		return refusal{stage: stage, lines: name + " = { encryption_key = { " + key + " } }", says: noPEM, phase: planning}
	}
	refused := func(stage, key, says string) refusal {
		return refusal{stage: stage, lines: name + " = { encryption_key = { " + key + " } }", says: says}
	}
	part := func(attribute, first, second, lines, properties string) life {
		return life{
			attribute: name + ".encryption_key." + attribute, first: first, second: second,
			config: name + " = {\nencryption_key = {\n" + lines + "\n%s\n}\n}", body: `{"token_encryption":{` + format + `,"encryption_key":{` + properties + `,%s}}}`,
		}
	}
	alg := part("alg", `"RSA-OAEP-256"`, `"RSA-OAEP-512"`, pemLine, `"pem":`+keys[0].pem)
	alg.required = true
	alg.refused = []refusal{
		refused(stageEmptied, pemLine+"\n"+`alg = ""`, "alg value must be one of"),
		refused(stageNull, pemLine+"\n"+`alg = null`, fmt.Sprintf(mustBeKnown, name+".encryption_key.alg")),
		refused(stageTakenOut, pemLine, fmt.Sprintf(nested, "alg")),
	}
	text := part("pem", keys[0].pem, keys[1].pem, algLine, `"alg":"RSA-OAEP-256"`)
	text.required, text.mustBeSet = true, noPEM // To turn encryption on.
	text.refused = []refusal{
		refused(stageEmptied, algLine+"\n"+`pem = ""`, "pem UTF-8 character count must be between 1 and 4096"),
		planned(stageNull, algLine+"\n"+`pem = null`), planned(stageTakenOut, algLine),
	}
	rows := []life{alg, text, {
		attribute: name, first: encryption(0), second: encryption(1),
		bodyOf: func(_, value string) string {
			if value != null {
				value = withFormat(value)
			}
			return `{"token_encryption":` + value + `}`
		},
		holds:   func(value string) string { return withFormat(stored(value)) },
		refused: []refusal{{stage: stageEmptied, lines: name + " = {}", says: fmt.Sprintf(nested, "encryption_key")}},
	}, {
		// There is only one.
		attribute: name + ".format", first: `"compact-nested-jwe"`, second: `"compact-nested-jwe"`, without: `"compact-nested-jwe"`,
		config: name + " = {\nencryption_key = " + key(0) + "\n%s\n}", body: `{"token_encryption":{"encryption_key":` + key(0) + `,%s}}`,
		refused: []refusal{{
			stage: stageEmptied, lines: name + " = {\nformat = \"\"\nencryption_key = " + key(0) + "\n}", says: "format value must be one of",
		}},
	}, {
		attribute: name + ".encryption_key", first: key(0), second: key(1), required: true, config: name + " = { %s }",
		body: `{"token_encryption":{` + format + `,%s}}`, holds: stored,
		refused: []refusal{
			refused(stageEmptied, "", `Inappropriate value for attribute "token_encryption": attribute "encryption_key":`),
			{stage: stageNull, lines: name + " = { encryption_key = null }", says: fmt.Sprintf(mustBeKnown, name+".encryption_key")},
			{stage: stageTakenOut, lines: name + " = {}", says: fmt.Sprintf(nested, "encryption_key")},
		},
	}, thumbprintLife()}
	for _, attribute := range []string{"name", "kid"} {
		row := part(attribute, `"k1"`, `"k2"`, algLine+"\n"+pemLine, `"alg":"RSA-OAEP-256","pem":`+keys[0].pem)
		row.refused = []refusal{
			refused(stageEmptied, algLine+"\n"+pemLine+"\n"+attribute+` = ""`, attribute+" UTF-8 character count must be between 1 and 128"),
		}
		rows = append(rows, row)
	}
	return rows
}

// thumbprintLife follows the key, whether it is given or not.
func thumbprintLife() life {
	keys := livesKeys()
	const other = "Thumbprint of another key"
	configured := func(pem, thumbprint string) string {
		return fmt.Sprintf("token_encryption = { encryption_key = {\nalg = \"RSA-OAEP-256\"\npem = (%s)\n%s\n} }", pem, thumbprint)
	}
	given := func(thumbprint string) string { return "thumbprint_sha256 = (" + thumbprint + ")" }
	refused := func(stage, thumbprint string) refusal {
		return refusal{
			stage: stage, lines: configured(keys[0].pem, given(thumbprint)), says: other, phase: planning,
		}
	}
	return life{
		attribute: "token_encryption.encryption_key.thumbprint_sha256",
		moments: func(key string) []moment {
			table := resourceServerTable("")
			at := func(stage, pem, thumbprint string, i int) moment {
				body := map[string]any{"token_encryption": acctest.Decoded(fmt.Sprintf(
					`{"format":"compact-nested-jwe","encryption_key":{"alg":"RSA-OAEP-256","pem":%s}}`, keys[i].pem))}
				return moment{
					stage: stage, lines: append(table.least(key), configured(pem, thumbprint)),
					action: plancheck.ResourceActionUpdate, sent: []string{table.write(key, false, body)}, unknown: stage == stageUnknown,
					at: "token_encryption.encryption_key.thumbprint_sha256", holds: keys[i].thumbprint,
				}
			}
			created := at(stageCreated, keys[0].pem, given(keys[0].thumbprint), 0)
			created.action, created.sent[0] = plancheck.ResourceActionCreate, strings.Replace(
				strings.Replace(created.sent[0], "PATCH resource-servers/{id}", "POST resource-servers", 1), "{\"", fmt.Sprintf(`{"identifier":%q,"`, key), 1)
			return []moment{
				created, at(stageChanged, keys[1].pem, given(keys[1].thumbprint), 1),
				at(stageUnknown, later(keys[0].pem), given(later(keys[0].thumbprint)), 0), at(stageTakenOut, keys[1].pem, "", 1),
			}
		},
		refused: []refusal{refused(stageChanged, `"a"`), refused(stageEmptied, `""`)},
	}
}

func proofLives() []life {
	const proof, policy = "proof_of_possession", "authorization_policy"
	required := func(object, attribute, others, empty, says string) []refusal {
		line := func(assignment string) string {
			return object + " = {\n" + others + "\n" + assignment + "\n}"
		}
		out := []refusal{
			{stage: stageNull, lines: line(attribute + " = null"), says: fmt.Sprintf(mustBeKnown, object+"."+attribute)},
			{stage: stageTakenOut, lines: line(""), says: fmt.Sprintf(nested, attribute)},
		}
		if empty != "" {
			out = append(out, refusal{stage: stageEmptied, lines: line(attribute + " = " + empty), says: says})
		}
		return out
	}
	return []life{
		{
			attribute: proof, first: `{"mechanism":"mtls","required":true}`, second: `{"mechanism":"dpop","required":false}`,
			holds:   func(value string) string { return strings.Replace(value, "{", `{"required_for":null,`, 1) },
			refused: []refusal{{stage: stageEmptied, lines: proof + " = {}", says: fmt.Sprintf(`attributes %q and %q are required`, "mechanism", "required")}},
		},
		{
			attribute: proof + ".mechanism", first: `"mtls"`, second: `"dpop"`, required: true, config: proof + " = {\nrequired = true\n%s\n}",
			body: `{"proof_of_possession":{"required":true,%s}}`, refused: required(proof, "mechanism", "required = true", `""`, "mechanism value must be one of"),
		},
		{
			attribute: proof + ".required", first: "false", second: "true", required: true, config: proof + " = {\nmechanism = \"mtls\"\n%s\n}",
			body: `{"proof_of_possession":{"mechanism":"mtls",%s}}`, refused: required(proof, "required", `mechanism = "mtls"`, "", ""),
		},
		{
			attribute: proof + ".required_for", first: `"public_clients"`, second: `"all_clients"`,
			config: proof + " = {\nmechanism = \"mtls\"\nrequired = true\n%s\n}", body: `{"proof_of_possession":{"mechanism":"mtls","required":true,%s}}`,
			refused: []refusal{{
				stage: stageEmptied, lines: proof + " = {\nmechanism = \"mtls\"\nrequired = true\nrequired_for = \"\"\n}",
				says: "required_for value must be one of",
			}},
		},
		{
			attribute: policy, first: `{"policy_id":"p1"}`, second: `{"policy_id":"p2"}`,
			refused: []refusal{{stage: stageEmptied, lines: policy + " = {}", says: fmt.Sprintf(nested, "policy_id")}},
		},
		{
			attribute: policy + ".policy_id", first: `"p1"`, second: `"p2"`, required: true, config: policy + " = { %s }",
			body: `{"authorization_policy":{%s}}`, refused: required(policy, "policy_id", "", `""`, "policy_id UTF-8 character count must be between 1 and 1024"),
		},
	}
}
