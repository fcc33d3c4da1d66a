// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"errors"
	"fmt"
	"maps"
	"mime"
	"slices"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// tokenParams are the parameters of a token request. Unknown parameters are passed to the action
// and otherwise ignored. One of them is `resource`: the tenant setting that makes it an alias of
// `audience` is off (API contract 9.1).
type tokenParams map[string]string

// tokenSchema lists the known parameters, which are all strings.
var tokenSchema = schema.Schema{Properties: []schema.Property{
	{
		Name: "grant_type", Kind: schema.String, Required: true,
		Enum: []string{tenant.ClientCredentials}, Description: "Grant type",
	},
	{
		Name:        "client_id",
		Kind:        schema.String,
		Description: "Id of the client; not needed with HTTP Basic or an assertion",
	},
	{
		Name:        "client_secret",
		Kind:        schema.String,
		Description: "Secret of the client; not needed with HTTP Basic or an assertion",
	},
	{
		Name: "client_assertion_type", Kind: schema.String, Enum: []string{assertionType},
		Description: "Type of client_assertion",
	},
	{
		Name:        "client_assertion",
		Kind:        schema.String,
		Description: "JWT that the client has signed",
	},
	{
		Name: "audience", Kind: schema.String, Required: true,
		Description: "Identifier of the API, compared byte for byte",
	},
	{
		Name:        "scope",
		Kind:        schema.String,
		Description: "Requested scopes, separated by spaces; if omitted, all granted scopes",
	},
	{
		Name:        "organization",
		Kind:        schema.String,
		Description: "Id or name of an organization",
	},
}}

// readTokenParams reads a form or a JSON body (API contract 9.1).
//
// ASSUMED: null counts as absent; the contract shows no reply to it.
func readTokenParams(c *routing.Call) (tokenParams, error) {
	if errors.Is(c.BodyErr, wire.ErrBodyTooLarge) {
		return nil, because(errBodyTooLarge,
			fmt.Sprintf("The body has more than %d bytes.", routing.MaxBody),
			"Send only the parameters of a token request.")
	}
	mediaType, _, _ := mime.ParseMediaType(c.HTTP.Header.Get("Content-Type"))
	if mediaType == "application/json" {
		var given map[string]any
		if err := wire.ParseJSON(c.Body, &given); err != nil {
			return nil, because(errTokenBodyJSON,
				"The content type is application/json, but the body is not a JSON object.",
				"Send a JSON object, or a form with the content type "+
					"application/x-www-form-urlencoded.")
		}
		return stringParams(given)
	}
	values, err := wire.ParseForm(c.Body)
	if err != nil {
		return nil, because(errTokenBodyForm, "The body is not a valid form.",
			"Percent-encode the values of the form, or send JSON with the content type "+
				"application/json.")
	}
	params := tokenParams{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if tokenSchema.Knows(name) && len(values[name]) > 1 {
			return nil, because(errTokenParameterTwice.With(name), // RFC 6749, 3.2.
				"The form has the parameter "+name+" more than once.", "Send it once.")
		}
		params[name] = values.Get(name)
	}
	return params, nil
}

// stringParams checks the parameters in sorted order, so that the same body always gets the same
// refusal.
//
// ASSUMED: actions get the JSON text of an unknown parameter that is not a string.
func stringParams(given map[string]any) (tokenParams, error) {
	params := tokenParams{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		text, ok := given[name].(string)
		switch {
		case given[name] == nil:
			continue
		case !ok && tokenSchema.Knows(name):
			return nil, because(errTokenParameterType.With(name),
				"The parameter "+name+" is not a string.", "Send it as a JSON string.")
		case !ok:
			text = string(wire.Encode(given[name]))
		}
		params[name] = text
	}
	return params, nil
}
