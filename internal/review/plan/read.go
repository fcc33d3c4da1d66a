// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth is how deeply modules may be nested. Each takes up to three levels of JSON.
const maxDepth = 300

// ErrNotPlan means that a text is not the JSON of a plan.
var ErrNotPlan = errors.New("not the JSON of a Terraform or OpenTofu plan")

// Read reads a plan. It keeps the resources whose types are wanted; the type of a data source is
// wanted as "data.TYPE".
func Read(r io.Reader, wanted func(typeName string) bool) (Plan, error) {
	reader := reader{
		json: json.NewDecoder(r), wanted: wanted, configured: map[string]configuration{},
		plan: Plan{Sensitive: map[string]bool{}},
	}
	if err := reader.object(nil); err != nil {
		var syntax *json.SyntaxError
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
			return Plan{}, fmt.Errorf(
				"the plan is cut off after %d bytes; write it again with `terraform show -json "+
					"PLANFILE`",
				reader.json.InputOffset(),
			)
		case errors.As(err, &syntax):
			return Plan{}, fmt.Errorf(
				"%w (%w, at byte %d); make it with `terraform show -json PLANFILE`",
				ErrNotPlan, err, syntax.Offset,
			)
		default:
			return Plan{}, err
		}
	}
	if reader.version == "" {
		return Plan{}, fmt.Errorf(
			"%w: it has no format_version; make it with `terraform show -json PLANFILE`",
			ErrNotPlan,
		)
	}
	if !reader.isPlan {
		return Plan{}, fmt.Errorf(
			"%w: it is probably a state; give `terraform show -json` the file "+
				"that `terraform plan -out` wrote", ErrNotPlan,
		)
	}
	reader.configure()
	return reader.plan, nil
}

type reader struct {
	json    *json.Decoder
	wanted  func(string) bool
	plan    Plan
	version string
	isPlan  bool
	// configured finds the configuration of a resource by its address without indexes.
	configured map[string]configuration
}

type configuration struct {
	Type        string                     `json:"type"`
	Expressions map[string]json.RawMessage `json:"expressions"`
}

// containers are the keys of objects and arrays that hold resources at some depth. All other values
// are read one at a time.
var containers = map[string]bool{
	"planned_values": true, "prior_state": true, "values": true, "root_module": true,
	"child_modules": true, "resources": true, "resource_changes": true, "configuration": true,
	"module_calls": true, "module": true,
}

// object reads an object whose keys are containers, or the names of module calls.
func (r *reader) object(path []string) error {
	if len(path) > maxDepth {
		return fmt.Errorf("%w: it is nested too deeply", ErrNotPlan)
	}
	if isNull, err := r.expect('{', path); err != nil || isNull {
		return err
	}
	for r.json.More() {
		token, err := r.json.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		if err := r.value(append(path, key)); err != nil {
			return err
		}
	}
	_, err := r.json.Token()
	return err
}

// value reads the value at a path.
func (r *reader) value(path []string) error {
	key := path[len(path)-1]
	r.isPlan = r.isPlan || len(path) == 1 && (key == "planned_values" || key == "resource_changes")
	called := len(path) > 1 && path[len(path)-2] == "module_calls"
	switch {
	case path[0] == "planned_values" || path[0] == "resource_drift":
		return r.skip()
	case key == "resources", key == "child_modules", len(path) == 1 && key == "resource_changes":
		return r.array(path)
	case containers[key] || called:
		return r.object(path)
	case len(path) == 1:
		return r.property(key)
	default:
		return r.skip()
	}
}

// array reads an array of resources or modules.
func (r *reader) array(path []string) error {
	if isNull, err := r.expect('[', path); err != nil || isNull {
		return err
	}
	for r.json.More() {
		var err error
		switch {
		case path[len(path)-1] == "child_modules":
			err = r.object(path)
		case path[0] == "resource_changes":
			err = r.change()
		case path[0] == "prior_state":
			err = r.known()
		default:
			err = r.configuration(path)
		}
		if err != nil {
			return err
		}
	}
	_, err := r.json.Token()
	return err
}

// expect reads the start of an object or array. Null stands for an empty one.
func (r *reader) expect(delimiter json.Delim, path []string) (isNull bool, err error) {
	token, err := r.json.Token()
	if err != nil || token == nil && len(path) > 0 {
		return true, err
	}
	if token != delimiter {
		where := "it"
		if len(path) > 0 {
			where = strings.Join(path, ".")
		}
		kind := map[json.Delim]string{'{': "an object", '[': "an array"}[delimiter]
		return false, fmt.Errorf("%w: %s is not %s", ErrNotPlan, where, kind)
	}
	return false, nil
}

// skip reads a value and forgets it.
func (r *reader) skip() error {
	for depth := 0; ; {
		token, err := r.json.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

func (r *reader) property(key string) error {
	var value any
	switch key {
	case "format_version", "errored", "complete":
		if err := r.json.Decode(&value); err != nil {
			return err
		}
	default:
		return r.skip()
	}
	switch key {
	case "format_version":
		r.version, _ = value.(string)
		if !strings.HasPrefix(r.version, "1.") && r.version != "0.2" {
			return fmt.Errorf(
				"the plan has format version %q; this command reads version 1. Use a newer "+
					"m2m-review, or a "+
					"Terraform that writes version 1",
				fmt.Sprint(value),
			)
		}
	case "errored":
		r.plan.Errored = value == true
	case "complete":
		r.plan.Incomplete = value == false
	}
	return nil
}

func (r *reader) change() error {
	var raw struct {
		Address         string `json:"address"`
		PreviousAddress string `json:"previous_address"`
		Module          string `json:"module_address"`
		Mode            string `json:"mode"`
		Type            string `json:"type"`
		Name            string `json:"name"`
		Deposed         string `json:"deposed"`
		Change          lazy   `json:"change"`
	}
	if err := r.json.Decode(&raw); err != nil {
		return err
	}
	if raw.Mode != "managed" || !r.wanted(raw.Type) {
		return nil
	}
	var change struct {
		Actions         []string       `json:"actions"`
		Before          map[string]any `json:"before"`
		After           map[string]any `json:"after"`
		AfterUnknown    any            `json:"after_unknown"`
		BeforeSensitive any            `json:"before_sensitive"`
		AfterSensitive  any            `json:"after_sensitive"`
		Importing       any            `json:"importing"`
	}
	if err := json.Unmarshal(raw.Change, &change); err != nil {
		return fmt.Errorf("%w: the change of %s: %w", ErrNotPlan, raw.Address, err)
	}
	unknown, _ := change.AfterUnknown.(map[string]any)
	next := Change{
		Address: raw.Address, Module: raw.Module, Type: raw.Type, Name: raw.Name,
		PreviousAddress: raw.PreviousAddress, Actions: change.Actions,
		Importing: change.Importing != nil,
		Before:    Object{values: change.Before}, After: Object{change.After, unknown},
	}
	if raw.Deposed != "" {
		next.Address += " (deposed object " + raw.Deposed + ")"
	}
	local := strings.TrimPrefix(strings.TrimPrefix(raw.Address, raw.Module), ".")
	next.Index = strings.TrimPrefix(local, raw.Type+"."+raw.Name)
	r.plan.Changes = append(r.plan.Changes, next)
	collect(change.Before, change.BeforeSensitive, r.plan.Sensitive)
	collect(change.After, change.AfterSensitive, r.plan.Sensitive)
	return nil
}

// lazy is JSON that is decoded only if it is needed.
type lazy = json.RawMessage

func (r *reader) known() error {
	var raw struct {
		Address   string `json:"address"`
		Mode      string `json:"mode"`
		Type      string `json:"type"`
		Values    lazy   `json:"values"`
		Sensitive lazy   `json:"sensitive_values"`
	}
	if err := r.json.Decode(&raw); err != nil {
		return err
	}
	if raw.Mode != "data" || !r.wanted("data."+raw.Type) {
		return nil
	}
	var values map[string]any
	var sensitive any
	if err := json.Unmarshal(raw.Values, &values); err != nil {
		return fmt.Errorf("%w: the values of %s: %w", ErrNotPlan, raw.Address, err)
	}
	if len(raw.Sensitive) > 0 {
		if err := json.Unmarshal(raw.Sensitive, &sensitive); err != nil {
			return fmt.Errorf("%w: the values of %s: %w", ErrNotPlan, raw.Address, err)
		}
	}
	r.plan.Known = append(r.plan.Known, Known{raw.Address, raw.Type, Object{values: values}})
	collect(values, sensitive, r.plan.Sensitive)
	return nil
}

func (r *reader) configuration(path []string) error {
	var raw struct {
		Address string `json:"address"`
		configuration
	}
	if err := r.json.Decode(&raw); err != nil {
		return err
	}
	if r.wanted(raw.Type) {
		r.configured[modulePath(path)+raw.Address] = raw.configuration
	}
	return nil
}

// modulePath returns the address of a module without indexes, from a path such as configuration,
// root_module, module_calls, NAME, module, resources.
func modulePath(path []string) string {
	var module strings.Builder
	for i, key := range path[:len(path)-1] {
		if i > 0 && path[i-1] == "module_calls" {
			module.WriteString("module." + key + ".")
		}
	}
	return module.String()
}

// configure adds the configuration to the changes.
func (r *reader) configure() {
	for i, change := range r.plan.Changes {
		address := change.Type + "." + change.Name
		if change.Module != "" {
			address = WithoutIndexes(change.Module) + "." + address
		}
		configured, ok := r.configured[address]
		if !ok {
			continue // Its block was removed.
		}
		attributes := map[string][]string{}
		for name, expression := range configured.Expressions {
			var refers struct {
				References []string `json:"references"`
			}
			_ = json.Unmarshal(
				expression,
				&refers,
			) // Nested blocks are arrays; they keep no references.
			attributes[name] = refers.References
		}
		r.plan.Changes[i].Configured = attributes
	}
}

// WithoutIndexes removes the indexes from an address: module.a["x"].b[0] becomes module.a.b.
func WithoutIndexes(address string) string {
	var out strings.Builder
	inIndex, inText := false, false
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case inText && c == '\\':
			i++
		case inIndex && c == '"':
			inText = !inText
		case inText:
		case c == '[':
			inIndex = true
		case c == ']':
			inIndex = false
		case !inIndex:
			out.WriteByte(c)
		}
	}
	return out.String()
}
