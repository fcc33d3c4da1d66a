// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/rest"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/attribute"
)

// namedProperty finds the property that a 400 or a 403 is about (API contract 1.3, 1.4). It
// only decides which attribute an error is shown on.
var namedProperty = regexp.MustCompile(
	"on property ([a-z_]+)|Additional properties not allowed: ([a-z_]+)|Missing required " +
		"property: ([a-z_]+)|" +
		"subscription to use ([a-z_]+)|`([a-z_]+)` cannot be provided")

// missingReference returns the possible names of the attribute that refers to a missing object;
// they differ between types.
func missingReference(answer *rest.Error) []string {
	switch {
	case answer.Status != http.StatusNotFound:
		return nil
	case answer.Code == "inexistent_resource_server":
		return []string{"audience", "resource_server_identifier"}
	case answer.Code == "inexistent_client":
		return []string{"client_id"}
	case answer.Code == "inexistent_client_grant":
		return []string{"grant_id"}
	// This answer has no code (API contract 1.5).
	case strings.HasPrefix(answer.Message, "No organization found"):
		return []string{"organization_id"}
	default:
		return nil
	}
}

// attributeOf returns the attribute that an answer is about, or "" if it is not known.
func attributeOf(op Operation, answer *rest.Error) string {
	if op.Attributes == nil {
		return ""
	}
	if op.Verb == Create {
		for _, name := range missingReference(answer) {
			if op.Attributes(name) {
				return name
			}
		}
	}
	if answer.Status != http.StatusBadRequest && answer.Code != "feature_not_enabled" {
		return ""
	}
	for _, match := range namedProperty.FindAllStringSubmatch(answer.Message, -1) {
		name := attribute.NameOf(strings.Join(match[1:], ""))
		// On the attribute, Terraform would print the line that contains the secret.
		if op.Attributes(name) && !strings.HasPrefix(name, "signing_secret") {
			return name
		}
	}
	return ""
}
