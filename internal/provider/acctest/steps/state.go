// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package steps

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	tfstate "github.com/hashicorp/terraform-plugin-testing/terraform"
)

// object is an object in the state file.
type object struct {
	Type       string
	Attributes map[string]any
}

// objects returns the objects in the state file by address, without data sources.
func (c *terraform) objects() (map[string]object, error) {
	objects := map[string]object{}
	raw, err := os.ReadFile(filepath.Join(c.dir, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return objects, nil
	} else if err != nil {
		return nil, err
	}
	var file struct {
		Resources []struct {
			Mode, Type, Name string
			Instances        []struct {
				Key        any `json:"index_key"`
				Attributes map[string]any
			}
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, err
	}
	for _, resource := range file.Resources {
		if resource.Mode != "managed" {
			continue
		}
		for _, instance := range resource.Instances {
			address := resource.Type + "." + resource.Name
			if instance.Key != nil {
				address += fmt.Sprintf("[%v]", instance.Key)
			}
			objects[address] = object{resource.Type, instance.Attributes}
		}
	}
	return objects, nil
}

// stateOf is a state with objects, for the check of the final destroy. It has no attributes other
// than texts, numbers and booleans.
func stateOf(objects map[string]object) *tfstate.State {
	resources := map[string]*tfstate.ResourceState{}
	for address, object := range objects {
		attributes := map[string]string{}
		for name, value := range object.Attributes {
			switch value.(type) {
			case string, float64, bool:
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
