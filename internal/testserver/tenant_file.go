// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/management"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tokens"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// tenantFile says what a tenant starts with besides what every server has. Its objects are those
// that the Management API takes, in the order in which they refer to each other.
type tenantFile struct {
	ResourceServers []schema.Document `json:"resource_servers"`
	Clients         []schema.Document `json:"clients"`
	Organizations   []schema.Document `json:"organizations"`
	ClientGrants    []schema.Document `json:"client_grants"`

	Actions []tokens.ActionRule `json:"actions"`
}

// seedFrom adds what a YAML or JSON document says. $ISSUER in it stands for the tenant's URL.
func (s *Server) seedFrom(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	text = bytes.ReplaceAll(text, []byte("$ISSUER"), []byte(s.store.URL()))
	documents, err := parser.ParseBytes(text, 0)
	if err == nil && len(documents.Docs) > 1 {
		return errors.New("the file has more than one document")
	}
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		// Without the line itself, which may hold a secret.
		return errors.New(yaml.FormatError(err, false, false))
	}
	var file tenantFile
	decoder := json.NewDecoder(bytes.NewReader(asJSON))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return err
	}
	for _, part := range []struct {
		name    string
		objects []schema.Document
		add     func(schema.Document) error
	}{
		{"resource_servers", file.ResourceServers, s.adder("/api/v2/resource-servers", "id")},
		{"clients", file.Clients, s.adder("/api/v2/clients", "client_id", "client_secret")},
		{"organizations", file.Organizations, s.adder("/api/v2/organizations", "id")},
		{"client_grants", file.ClientGrants, s.addSeededGrant},
	} {
		for i, object := range part.objects {
			if err := part.add(object); err != nil {
				return fmt.Errorf("%s[%d]: %w", part.name, i, err)
			}
		}
	}
	return s.tokens.SetActionRules(file.Actions)
}

// adder creates objects by the rules that a request to the Management API is held to. What is
// pinnable can be given here although the API makes it, so that ids and secrets are the same on
// every server.
func (s *Server) adder(path string, pinnable ...string) func(schema.Document) error {
	return func(object schema.Document) error {
		_, err := s.create(path, object, pinnable...)
		return err
	}
}

// seededOrganizations is what a grant in a file has beyond the body that the Management API takes.
var seededOrganizations = schema.Schema{Properties: []schema.Property{
	{
		Name: "organizations", Kind: schema.Array, Items: &schema.Property{Kind: schema.String},
		Description: "Organizations that may use the grant",
	},
}}

// addSeededGrant takes the organizations that may use a grant along with it, each by id or by name.
func (s *Server) addSeededGrant(object schema.Document) error {
	organizations := schema.Document{}
	if given, has := object["organizations"]; has {
		organizations["organizations"] = given
		delete(object, "organizations")
	}
	if wrong := seededOrganizations.PayloadViolations(map[string]any(organizations)); wrong.Any() {
		return errors.New(wrong.String())
	}
	made, err := s.create("/api/v2/client-grants", object, "id")
	if err != nil {
		return err
	}
	for _, ref := range organizations.Texts("organizations") {
		found, err := s.store.FindOrganization(ref)
		if err != nil {
			return fmt.Errorf("organization %q: %w", ref, err)
		}
		_, err = s.create("/api/v2/organizations/"+found.ID+"/client-grants", schema.Document{
			"grant_id": made.Text("id"),
		})
		if err != nil {
			return fmt.Errorf("organization %q: %w", ref, err)
		}
	}
	return nil
}

// create does what a POST would, with the ids and secrets of the object in place of new ones where
// they are pinnable.
func (s *Server) create(
	path string, object schema.Document, pinnable ...string,
) (schema.Document, error) {
	c := &routing.Call{Caller: routing.Caller{Unrestricted: true}, Pinned: map[string]string{}}
	c.Route, c.Params = s.routes.Match(http.MethodPost, path)
	for _, name := range pinnable {
		if text, given := object[name].(string); given {
			switch {
			case name == "client_secret": // No error may show it.
			case !management.ClientIDFormat.Pattern.MatchString(text):
				return nil, fmt.Errorf(
					"the %s %.80q is not one: it has 1 to 64 letters, digits, - and _", name, text,
				)
			case s.store.HasID(text):
				return nil, fmt.Errorf("the %s %q is taken", name, text)
			}
			c.Pinned[name] = text
			delete(object, name)
		}
	}
	if wrong := c.Route.Body.PayloadViolations(map[string]any(object)); wrong.Any() {
		return nil, errors.New(wrong.String())
	}
	c.Given = object
	made, err := c.Route.Handle(c)
	if err != nil {
		return nil, err
	}
	var shown schema.Document
	return shown, json.Unmarshal(wire.Encode(made), &shown)
}
