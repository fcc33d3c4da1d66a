// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package unchanged

import (
	"bytes"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
)

// Object is an object with its configuration and its state.
type Object struct {
	Config, State Attributes
	// Encoded is the whole state.
	Encoded []byte
	// Private is the private state, as Terraform stores it.
	Private []byte
	// DecodeConfig returns the configuration as a value of the framework.
	DecodeConfig func() tftypes.Value
}

// Attributes are the attributes of an object, encoded in MessagePack. Terraform encodes equal
// values of an attribute alike.
type Attributes map[string]msgpack.RawMessage

func newObject(
	config, state *tfprotov6.DynamicValue, private []byte, kind tftypes.Type,
) (o Object, err error) {
	o.Private, o.Encoded = private, state.MsgPack
	o.DecodeConfig = func() tftypes.Value {
		value, err := config.Unmarshal(kind)
		if err != nil {
			return tftypes.NewValue(kind, nil) // The framework's server reports it.
		}
		return value
	}
	if o.Config, err = attributes(config); err == nil {
		o.State, err = attributes(state)
	}
	return o, err
}

func attributes(object *tfprotov6.DynamicValue) (Attributes, error) {
	decoder := msgpack.NewDecoder(bytes.NewReader(object.MsgPack))
	length, err := decoder.DecodeMapLen()
	if err != nil {
		return nil, err
	}
	if length < 0 {
		return nil, fmt.Errorf("the object is null")
	}
	out := make(Attributes, length)
	for range length {
		name, err := decoder.DecodeString()
		if err != nil {
			return nil, err
		}
		if out[name], err = decoder.DecodeRaw(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// agrees reports whether each attribute of the configuration is null or equal to the state, and
// whether the state contains the defaults of omitted attributes.
func (o Object) agrees(defaults map[string][]byte) bool {
	for name, value := range o.State {
		want := []byte(o.Config[name])
		if o.Config.IsNull(name) {
			want = defaults[name]
		}
		if want != nil && !bytes.Equal(want, value) {
			return false
		}
	}
	return true
}

// IsNull reports whether an attribute is null.
func (a Attributes) IsNull(name string) bool { return bytes.Equal(a[name], null) }

// IsEmpty reports whether an attribute is null or an empty collection.
func (a Attributes) IsEmpty(name string) bool {
	const emptyArray, emptyMap = 0x90, 0x80
	raw := a[name]
	return a.IsNull(name) || len(raw) == 1 && (raw[0] == emptyArray || raw[0] == emptyMap)
}

// IsTrue reports whether an attribute is true.
func (a Attributes) IsTrue(name string) bool {
	const yes = 0xc3
	return len(a[name]) == 1 && a[name][0] == yes
}

// Text returns an attribute that is a known string or null.
func (a Attributes) Text(name string) types.String {
	var text string
	if a.IsNull(name) || msgpack.Unmarshal(a[name], &text) != nil {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// Texts returns the elements of an attribute that is a set or a list of strings. ok is false if
// the attribute is something else.
func (a Attributes) Texts(name string) (texts []string, ok bool) {
	return texts, msgpack.Unmarshal(a[name], &texts) == nil
}

// Keys returns the keys of an attribute that is a map. ok is false if it is something else.
func (a Attributes) Keys(name string) (keys []string, ok bool) {
	decoder := msgpack.NewDecoder(bytes.NewReader(a[name]))
	length, err := decoder.DecodeMapLen()
	for range max(length, 0) {
		var key string
		if err == nil {
			key, err = decoder.DecodeString()
		}
		if err == nil {
			err = decoder.Skip()
		}
		keys = append(keys, key)
	}
	return keys, err == nil
}
