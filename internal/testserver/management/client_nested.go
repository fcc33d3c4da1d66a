// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"encoding/json"
	"maps"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// complete returns a valid body with its nested objects as they will be stored: merged with the
// objects that the client has, and with defaults for what is missing. On creation, stored is the
// zero client.
func complete(given schema.Document, stored tenant.Client) schema.Document {
	completed := mergeNested(withBothLogoutNames(given), stored)
	fillIn(completed, "jwt_configuration", schema.Document{"secret_encoded": false})
	fillIn(completed, "session_transfer", schema.Document{
		"can_create_session_transfer_token": false,
		"allowed_authentication_methods":    []any{},
		"enforce_device_binding":            "ip",
		"allow_refresh_token":               false,
	})
	return completed
}

// withBothLogoutNames copies a setting that has two names to the name that was not sent (API
// contract 6.1).
//
// ASSUMED: if both were sent, the newer name counts.
func withBothLogoutNames(given schema.Document) schema.Document {
	const name, olderName = "oidc_logout", "oidc_backchannel_logout"
	both := maps.Clone(given)
	switch {
	case given.Has(name):
		both[olderName] = given[name]
	case given.Has(olderName):
		both[name] = given[olderName]
	}
	return both
}

// mergeNested merges each object of a body with the stored one, and removes properties that are
// null (API contract 6.2). Methods of authentication are replaced, because a client has only one.
//
// ASSUMED: objects inside these objects are replaced, and an empty client_metadata clears the
// stored one, as is documented for the metadata of users.
func mergeNested(given schema.Document, stored tenant.Client) schema.Document {
	before := documentOf(stored)
	merged := maps.Clone(given)
	for name, value := range given {
		changes, isObject := value.(map[string]any)
		if !isObject || name == "client_authentication_methods" ||
			name == "client_metadata" && len(changes) == 0 {
			continue
		}
		object := map[string]any{}
		maps.Copy(object, before.Object(name))
		maps.Copy(object, changes)
		maps.DeleteFunc(object, func(_ string, value any) bool { return value == nil })
		merged[name] = object
	}
	return merged
}

// fillIn adds the properties that an object of the body lacks, if the body has that object.
func fillIn(given schema.Document, name string, defaults schema.Document) {
	object := given.Object(name)
	if object == nil {
		return
	}
	for property, value := range defaults {
		if !object.Has(property) {
			object[property] = value
		}
	}
}

func documentOf(one tenant.Client) schema.Document {
	var document schema.Document
	if err := json.Unmarshal(wire.Encode(one), &document); err != nil {
		panic("testserver: merge a client: " + err.Error())
	}
	return document
}
