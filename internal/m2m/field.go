// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package m2m

import (
	"encoding/json"
	"reflect"
)

// Field is one property of a request body. Its zero value is omitted from the body, Null clears the
// property on the server, and Set gives it a value. A pointer with omitempty cannot distinguish
// these three cases (API contract 1.7). Tag fields with omitzero.
type Field[T any] struct {
	sent  bool
	value *T
}

// Set returns a field that is sent with the value v.
func Set[T any](v T) Field[T] { return Field[T]{sent: true, value: &v} }

// Null returns a field that is sent as null.
func Null[T any]() Field[T] { return Field[T]{sent: true} }

// IsZero reports whether the field is omitted.
func (f Field[T]) IsZero() bool { return !f.sent }

// Value returns the value of the field, or nil if it is omitted or null.
func (f Field[T]) Value() *T { return f.value }

// MarshalJSON writes null or the value. A nil slice that was Set is written as empty, because Null
// writes null.
func (f Field[T]) MarshalJSON() ([]byte, error) {
	if f.value != nil {
		if v := reflect.ValueOf(*f.value); v.Kind() == reflect.Slice && v.IsNil() {
			return []byte("[]"), nil
		}
	}
	return json.Marshal(f.value)
}
