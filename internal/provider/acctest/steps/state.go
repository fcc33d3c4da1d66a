// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package steps

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	tfstate "github.com/hashicorp/terraform-plugin-testing/terraform"
)

// stateFile is a state as Terraform stores it.
type stateFile struct {
	Outputs map[string]struct {
		Value     any
		Sensitive bool
	}
	Resources []struct {
		Module, Mode, Type, Name string
		Instances                []struct {
			Key        any `json:"index_key"`
			Deposed    string
			Attributes map[string]any
			Private    string
		}
	}
}

// withoutPrivate returns the state without what the provider stores beside the attributes.
func (s stateFile) withoutPrivate() stateFile {
	s.Resources = slices.Clone(s.Resources)
	for i := range s.Resources {
		instances := slices.Clone(s.Resources[i].Instances)
		for j := range instances {
			instances[j].Private = ""
		}
		s.Resources[i].Instances = instances
	}
	return s
}

// parseState reads a state. Numbers stay as they are written.
func parseState(raw []byte) (file stateFile, err error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return file, decoder.Decode(&file)
}

// stored returns the state in the directory; it is empty if there is none yet.
func (c *terraform) stored() (stateFile, error) {
	raw, err := os.ReadFile(filepath.Join(c.dir, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return stateFile{}, nil
	} else if err != nil {
		return stateFile{}, err
	}
	return parseState(raw)
}

// object is an object in the state file.
type object struct {
	Type       string
	Attributes map[string]any
}

// objects returns the objects in the state file by address, without data sources.
func (c *terraform) objects() (map[string]object, error) {
	file, err := c.stored()
	objects := map[string]object{}
	for _, resource := range file.values().RootModule.Resources {
		if resource.Mode == tfjson.ManagedResourceMode {
			objects[resource.Address] = object{resource.Type, resource.AttributeValues}
		}
	}
	return objects, err
}

// values returns the values of the root module, as "terraform show -json" does.
func (s stateFile) values() *tfjson.StateValues {
	values := &tfjson.StateValues{
		Outputs: map[string]*tfjson.StateOutput{}, RootModule: &tfjson.StateModule{},
	}
	for name, output := range s.Outputs {
		values.Outputs[name] = &tfjson.StateOutput{
			Value: output.Value, Sensitive: output.Sensitive,
		}
	}
	for _, r := range s.Resources {
		address := strings.TrimPrefix(r.Mode+".", "managed.") + r.Type + "." + r.Name
		for _, instance := range r.Instances {
			if r.Module != "" || instance.Deposed != "" {
				continue
			}
			values.RootModule.Resources = append(
				values.RootModule.Resources, &tfjson.StateResource{
					Address: address + key(instance.Key), Mode: tfjson.ResourceMode(r.Mode),
					Type: r.Type, Name: r.Name, Index: instance.Key,
					AttributeValues: plain(r.Type, instance.Attributes),
				},
			)
		}
	}
	return values
}

// key writes the key of an instance as a part of its address.
func key(key any) string {
	switch key := key.(type) {
	case nil:
		return ""
	case string:
		return fmt.Sprintf("[%q]", key)
	default:
		return fmt.Sprintf("[%v]", key)
	}
}

// plain returns the values of attributes. Other providers than the tested one may have an attribute
// of any type, which the state file stores together with its type.
func plain(typeName string, attributes map[string]any) map[string]any {
	if strings.HasPrefix(typeName, "m2m_") {
		return attributes
	}
	for name, attribute := range attributes {
		typed, _ := attribute.(map[string]any)
		value, hasValue := typed["value"]
		if _, hasType := typed["type"]; hasValue && hasType && len(typed) == 2 {
			attributes[name] = value
		}
	}
	return attributes
}

// onlyValues reports whether a check looks at nothing but values in the root module, so that the
// state file has all that it needs.
func onlyValues(check statecheck.StateCheck) bool {
	switch fmt.Sprintf("%T", check) {
	case "statecheck.expectKnownValue", "statecheck.expectKnownOutputValue",
		"statecheck.expectKnownOutputValueAtPath":
		return true
	}
	_, is := check.(OnlyValues)
	return is
}

// stateOf is a state with objects, for the check of the final destroy. It has no attributes other
// than texts, numbers and booleans.
func stateOf(objects map[string]object) *tfstate.State {
	resources := map[string]*tfstate.ResourceState{}
	for address, object := range objects {
		attributes := map[string]string{}
		for name, value := range object.Attributes {
			switch value.(type) {
			case string, json.Number, bool:
				attributes[name] = fmt.Sprint(value)
			}
		}
		resources[address] = &tfstate.ResourceState{
			Type: object.Type, Primary: &tfstate.InstanceState{Attributes: attributes},
		}
	}
	root := &tfstate.ModuleState{Path: []string{"root"}, Resources: resources}
	return &tfstate.State{Modules: []*tfstate.ModuleState{root}}
}
