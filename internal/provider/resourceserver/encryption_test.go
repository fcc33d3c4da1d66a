// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package resourceserver_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/input"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/testkeys"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/text"
)

// encryptionConfig is the configuration of an API with an encryption key and additional attributes.
func encryptionConfig(key string, attributes ...string) string {
	return acctest.OrdersConfig(append(
		attributes, "token_encryption = { encryption_key = { "+key+" } }",
	)...)
}

func pemArgument(text string) string { return fmt.Sprintf(", pem = %q", text) }

func encryptionBody(alg, kid, pem string) string {
	return fmt.Sprintf(
		`"token_encryption":{"format":"compact-nested-jwe","encryption_key":{"alg":%q,"kid":%q,"pem":%q}}`,
		alg, kid, pem,
	)
}

// tenantThatEncrypts returns a tenant whose API has the first of SomePEMs, and the thumbprints of
// both keys.
func tenantThatEncrypts(t *testing.T) (n *acctest.Tenant, first, second string) {
	t.Helper()
	n = acctest.NewTenant(t)
	n.Create("/api/v2/resource-servers", fmt.Sprintf(
		`{"identifier":%q,%s}`, acctest.OrdersAPI,
		encryptionBody("RSA-OAEP-256", "k1", testkeys.SomePEMs()[0]),
	))
	n.ForgetRequests()
	for i, thumbprint := range []*string{&first, &second} {
		var err error
		if *thumbprint, err = input.Thumbprint(testkeys.SomePEMs()[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return n, first, second
}

const heldKey = `alg = "RSA-OAEP-256", kid = "k1"`

// The tenant never returns a PEM, so keys are compared by thumbprint.
func TestAccResourceServer_sameEncryptionKeyPlansNothing(t *testing.T) {
	n, thumbprint, _ := tenantThatEncrypts(t)
	certificate, key := testkeys.SomePEMs()[0], testkeys.SomePEMs()[1]
	at := tfjsonpath.New("token_encryption").AtMapKey("encryption_key").AtMapKey("pem")
	holds := func(check knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(acctest.OrdersName, at, check)
	}
	nothing := func(config string, pem knownvalue.Check) resource.TestStep {
		return resource.TestStep{
			Config:            config,
			ConfigPlanChecks:  acctest.EmptyPlan(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes()), holds(pem)},
		}
	}
	none, known := knownvalue.Null(), knownvalue.StringExact(key)
	n.Test(
		acctest.ImportedAs(encryptionConfig(heldKey)),
		nothing(encryptionConfig(heldKey), none),
		nothing(encryptionConfig(heldKey+pemArgument(certificate)), none),
		nothing(encryptionConfig(heldKey+pemArgument(key)), none),
		nothing(
			encryptionConfig(heldKey+fmt.Sprintf(", thumbprint_sha256 = %q", thumbprint)), none,
		),
		nothing(
			encryptionConfig(heldKey+pemArgument(key)+fmt.Sprintf(
				", thumbprint_sha256 = %q", thumbprint,
			)),
			none,
		),
		// Changing another attribute does not send the key.
		resource.TestStep{
			Config: encryptionConfig(heldKey+pemArgument(key), `name = "A"`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"name":"A"}`)), holds(none),
			},
		},
		resource.TestStep{
			Config: encryptionConfig(heldKey, `name = "B"`),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes(`PATCH resource-servers/{id} {"name":"B"}`)), holds(none),
			},
		},
		// Changing the key does, and the state then contains the PEM.
		resource.TestStep{
			Config: encryptionConfig(`alg = "RSA-OAEP-512", kid = "k1"` + pemArgument(key)),
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes("PATCH resource-servers/{id} {" +
					encryptionBody("RSA-OAEP-512", "k1", key) + "}")), holds(known),
			},
		},
		nothing(encryptionConfig(`alg = "RSA-OAEP-512", kid = "k1"`), known),
		nothing(
			encryptionConfig(`alg = "RSA-OAEP-512", kid = "k1"`+pemArgument(certificate)), known,
		),
		resource.TestStep{
			Config: acctest.OrdersConfig(),
			ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(
				`PATCH resource-servers/{id} {"token_encryption":null}`,
			))},
		},
	)
}

// A value that is unknown at plan may turn out to equal the value in the tenant.
func TestAccResourceServer_encryptionUnknownAtPlan(t *testing.T) {
	n, _, _ := tenantThatEncrypts(t)
	later := func(value, key string) string {
		return fmt.Sprintf(
			"resource \"terraform_data\" \"later\" {\n  input = %q\n}\n", value,
		) + encryptionConfig(key)
	}
	updated := acctest.Planned(acctest.OrdersName, plancheck.ResourceActionUpdate)
	key := testkeys.SomePEMs()[2]
	n.Test(
		acctest.ImportedAs(encryptionConfig(heldKey)),
		resource.TestStep{
			Config: later(
				testkeys.SomePEMs()[1], heldKey+", pem = terraform_data.later.output",
			),
			ConfigPlanChecks: updated, ConfigStateChecks: []statecheck.StateCheck{n.Expect(
				acctest.Writes(),
			)},
		},
		resource.TestStep{
			Config: later(
				"k1", `alg = "RSA-OAEP-256", kid = terraform_data.later.output`,
			),
			ConfigPlanChecks: updated, ConfigStateChecks: []statecheck.StateCheck{n.Expect(
				acctest.Writes(),
			)},
		},
		resource.TestStep{
			Config:           later(key, heldKey+", pem = terraform_data.later.output"),
			ConfigPlanChecks: updated,
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes("PATCH resource-servers/{id} {" +
					encryptionBody("RSA-OAEP-256", "k1", key) + "}")),
			},
		},
		resource.TestStep{
			Config: later("k2", `alg = "RSA-OAEP-256", kid = terraform_data.later.output`),
			ExpectError: text.Says(
				`The configuration differs from the tenant in kid ("k1" in the tenant).`,
			),
		},
	)
}

// A key changed outside of Terraform shows as a difference if the configuration has a PEM, and as
// an error if it only has a thumbprint. If it has neither, any key is accepted.
func TestAccResourceServer_encryptionChangedElsewhere(t *testing.T) {
	n, first, second := tenantThatEncrypts(t)
	key := testkeys.SomePEMs()[1]
	pinned := encryptionConfig(heldKey + fmt.Sprintf(", thumbprint_sha256 = %q", first))
	n.Test(
		acctest.ImportedAs(pinned),
		resource.TestStep{
			PreConfig: func() {
				n.AtDashboard(
					http.MethodPatch, acctest.ResourceServerPath(acctest.OrdersAPI),
					"{"+encryptionBody("RSA-OAEP-256", "k1", testkeys.SomePEMs()[2])+"}", nil,
				)
			},
			Config: pinned, PlanOnly: true,
			ExpectError: text.Says(fmt.Sprintf(`Missing public key … The configuration differs from the
				tenant in thumbprint_sha256 (%q in the tenant). The tenant accepts the key only as a
				whole and never returns its PEM. Set pem to send the key, or set these attributes to
				the values in the tenant.`, second)),
		},
		resource.TestStep{Config: encryptionConfig(heldKey), PlanOnly: true},
		resource.TestStep{
			Config: encryptionConfig(heldKey + pemArgument(key)),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(acctest.OrdersName, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(acctest.OrdersName,
					tfjsonpath.New("token_encryption").AtMapKey(
						"encryption_key",
					).AtMapKey("thumbprint_sha256"), knownvalue.StringExact(first)),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				n.Expect(acctest.Writes("PATCH resource-servers/{id} {" +
					encryptionBody("RSA-OAEP-256", "k1", key) + "}")),
			},
		},
	)
}

// The tenant requires the PEM for every change of the key.
func TestAccResourceServer_encryptionWithoutPEM(t *testing.T) {
	t.Parallel()
	const create = `The tenant needs the public key to turn on token encryption: set pem.`
	differs := func(what string) string {
		return "Missing public key … The configuration differs from the tenant in " +
			what + ". The tenant accepts the key only as a whole"
	}
	thumbprint, err := input.Thumbprint(testkeys.SomePEMs()[1])
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		imported     bool
		config, want string
	}{
		"created":         {false, encryptionConfig(heldKey), create},
		"perhaps adopted": {false, encryptionConfig(heldKey, "use_existing = true"), create},
		"replaced": {
			true, strings.Replace(encryptionConfig(heldKey), acctest.OrdersAPI, "urn:new", 1),
			create,
		},
		"other algorithm": {
			true, encryptionConfig(`alg = "RSA-OAEP-384", kid = "k1"`),
			differs(`alg ("RSA-OAEP-256" in the tenant)`),
		},
		"other id": {
			true, encryptionConfig(`alg = "RSA-OAEP-256"`), differs(`kid ("k1" in the tenant)`),
		},
		"named": {
			true, encryptionConfig(heldKey + `, name = "A"`), differs("name (none in the tenant)"),
		},
		"two thumbprints": {
			false, encryptionConfig(heldKey + `, thumbprint_sha256 = "x"` + pemArgument(
				testkeys.SomePEMs()[1],
			)),
			fmt.Sprintf(
				`Thumbprint of another key … thumbprint_sha256 is "x", but the key in pem has the thumbprint %q.`,
				thumbprint,
			),
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := acctest.NewTenant(t)
			var steps []resource.TestStep
			if c.imported {
				n, _, _ = tenantThatEncrypts(t)
				steps = append(steps, acctest.ImportedAs(encryptionConfig(heldKey)))
			}
			n.Test(append(steps, resource.TestStep{
				Config:      c.config,
				PlanOnly:    true,
				ExpectError: text.Says(c.want),
			})...)
		})
	}
}

// Turning encryption on also requires the PEM.
func TestAccResourceServer_encryptionTurnedOn(t *testing.T) {
	n := acctest.NewTenant(t)
	n.Test(
		resource.TestStep{Config: acctest.OrdersConfig(), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes(
				`POST resource-servers {"identifier":"https://orders.example.com"}`,
			)),
		}},
		resource.TestStep{
			Config: encryptionConfig(heldKey),
			ExpectError: text.Says(
				`The tenant needs the public key to turn on token encryption: set pem.`,
			),
		},
		resource.TestStep{Config: encryptionConfig(heldKey + pemArgument(
			testkeys.SomePEMs()[1],
		)), ConfigStateChecks: []statecheck.StateCheck{
			n.Expect(acctest.Writes("PATCH resource-servers/{id} {" +
				encryptionBody("RSA-OAEP-256", "k1", testkeys.SomePEMs()[1]) + "}")),
		}},
	)
}

// An adopted API gets the configured key unless it is known to have that key already. Some
// responses have no thumbprint to compare (API contract 3.6).
func TestAccResourceServer_encryptionAdopted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pem     string
		changes bool
		answer  string
	}{
		"same key":  {testkeys.SomePEMs()[1], false, ""},
		"other key": {testkeys.SomePEMs()[2], true, ""},
		"responses without thumbprints": {
			testkeys.SomePEMs()[2], true, `"encryption_key":{"alg":"RSA-OAEP-256","kid":"k1"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			n, _, _ := tenantThatEncrypts(t)
			if c.answer != "" {
				var api struct{ ID string }
				n.AtDashboard(
					http.MethodGet, acctest.ResourceServerPath(acctest.OrdersAPI), "", &api,
				)
				n.ForgetRequests()
				n.Next("GET /api/v2/resource-servers/{id}", acctest.Respond(http.StatusOK,
					acctest.Answer(
						api.ID, `,"token_encryption":{"format":"compact-nested-jwe",`+c.answer+"}",
					)))
			}
			body := encryptionBody("RSA-OAEP-256", "k1", c.pem)
			want := []string{acctest.OrdersPost("," + body)}
			if c.changes {
				want = append(want, "PATCH resource-servers/{id} {"+body+"}")
			}
			n.Test(resource.TestStep{
				Config: encryptionConfig(
					heldKey+pemArgument(c.pem), "use_existing = true",
				),
				ConfigStateChecks: []statecheck.StateCheck{n.Expect(acctest.Writes(want...))},
			})
		})
	}
}
