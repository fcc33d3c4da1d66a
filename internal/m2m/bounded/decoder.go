// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package bounded decodes JSON from a server that is not trusted. It reads the text as a stream, so
// that a list costs what its items cost, and it stops at the first bound that the text exceeds. It
// knows nothing of what the JSON is about.
package bounded

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
)

// Bounds are the most that a text may have. The sizes are in bytes, after decompression.
type Bounds struct {
	Size   int // Of the text.
	Object int // Of an object in a list, or of an object that contains no list.
	String int
	Depth  int // Of nested arrays and objects.
	Items  int // In a list.
	Memory int // That the decoded text takes, by a cautious estimate (Decoder.Weight).
}

// Decoder decodes one text. After an error, all further results are meaningless.
type Decoder struct {
	text  *guard
	json  *json.Decoder
	items int
}

// NewDecoder decodes the text from r.
func NewDecoder(r io.Reader, b Bounds) *Decoder {
	text := &guard{from: r, bounds: b}
	return &Decoder{text: text, json: json.NewDecoder(text), items: b.Items}
}

// Weight is an estimate of the memory that everything decoded so far takes, in bytes. It is seldom
// too low, except for maps, which take up to twice as much.
func (d *Decoder) Weight() int { return d.text.weight }

// Value decodes the next value as encoding/json does.
func (d *Decoder) Value(out any) error {
	d.next()
	if err := d.json.Decode(out); err != nil {
		return d.failure(err)
	}
	return nil
}

// Skip passes over the next value.
func (d *Decoder) Skip() error {
	var ignored json.RawMessage
	return d.Value(&ignored)
}

// Object decodes the next value, an object. For each property, member must decode its value with
// one call of the Decoder. Nothing is called for null.
func (d *Decoder) Object(member func(name string) error) error {
	null, err := d.open('{')
	if null || err != nil {
		return err
	}
	for d.more() {
		token, err := d.token()
		if err != nil {
			return err
		}
		name, _ := token.(string) // Any other token would have been a syntax error.
		if err := member(name); err != nil {
			return err
		}
	}
	_, err = d.token()
	return err
}

// List decodes the next value of a Decoder, an array with a bounded number of items. It returns nil
// for null.
func List[T any](d *Decoder) ([]T, error) {
	null, err := d.open('[')
	if null || err != nil {
		return nil, err
	}
	items := []T{}
	for d.more() {
		if len(items) == d.items {
			return nil, &LimitError{Items: d.items}
		}
		if err := d.text.weigh(int(reflect.TypeFor[T]().Size())); err != nil {
			return nil, err
		}
		var item T
		if err := d.Value(&item); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	if _, err := d.token(); err != nil {
		return nil, err
	}
	return items, nil
}

// End returns an error unless only white space is left.
func (d *Decoder) End() error {
	d.next()
	_, err := d.json.Token()
	switch {
	case errors.Is(err, io.EOF):
		return d.text.failed()
	case err != nil:
		return d.failure(err)
	default:
		return &SyntaxError{}
	}
}

// Null reports whether the text begins with null.
func (d *Decoder) Null() bool { return d.text.first == 'n' }

// open reads the beginning of an object or an array, or null.
func (d *Decoder) open(want json.Delim) (null bool, err error) {
	token, err := d.token()
	switch {
	case err != nil:
		return false, err
	case token == nil:
		return true, nil
	case token != want:
		return false, ErrForm
	default:
		return false, nil
	}
}

// more reports whether the array or object continues. If the text ends instead, the next token is
// an error.
func (d *Decoder) more() bool {
	d.next()
	return d.json.More()
}

func (d *Decoder) token() (json.Token, error) {
	d.next()
	token, err := d.json.Token()
	if err != nil {
		return nil, d.failure(err)
	}
	return token, nil
}

// next says where the next object, or the white space before it, begins.
func (d *Decoder) next() { d.text.start = int(d.json.InputOffset()) }

// failure explains an error of the JSON decoder.
func (d *Decoder) failure(err error) error {
	if failed := d.text.failed(); failed != nil {
		return failed
	}
	return explain(err, d.text)
}
