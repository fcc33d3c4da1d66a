// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m"
)

// namedProperty finds the property that a 400 or a 403 complains of (API
// contract 1.3, 1.4). It only decides where an error is shown.
var namedProperty = regexp.MustCompile(
	"on property ([a-z_]+)|Additional properties not allowed: ([a-z_]+)|Missing required property: ([a-z_]+)|" +
		"subscription to use ([a-z_]+)|`([a-z_]+)` cannot be provided")

// missingReference is the attribute that refers to an object which does not exist,
// under the names that it has in different types.
func missingReference(answer *m2m.Error) []string {
	switch {
	case answer.Status != http.StatusNotFound:
		return nil
	case answer.Code == "inexistent_resource_server":
		return []string{"audience", "resource_server_identifier"}
	case answer.Code == "inexistent_client":
		return []string{"client_id"}
	case answer.Code == "inexistent_client_grant":
		return []string{"grant_id"}
	case strings.HasPrefix(answer.Message, "No organization found"): // It has no code (API contract 1.5).
		return []string{"organization_id"}
	default:
		return nil
	}
}

func attributeOf(op operation, answer *m2m.Error) string {
	if op.attributes == nil {
		return ""
	}
	if op.verb == "create" {
		for _, name := range missingReference(answer) {
			if op.attributes(name) {
				return name
			}
		}
	}
	if answer.Status != http.StatusBadRequest && answer.Code != "feature_not_enabled" {
		return ""
	}
	for _, match := range namedProperty.FindAllStringSubmatch(answer.Message, -1) {
		name := attribute.NameOf(strings.Join(match[1:], ""))
		if op.attributes(name) && !strings.HasPrefix(name, "signing_secret") { // Terraform would print the line that holds it.
			return name
		}
	}
	return ""
}

// hasAttribute tells whether the object of a plan has an attribute of a name.
func hasAttribute(plan tftypes.Value) func(name string) bool {
	object, _ := plan.Type().(tftypes.Object)
	return func(name string) bool {
		_, ok := object.AttributeTypes[name]
		return ok
	}
}
