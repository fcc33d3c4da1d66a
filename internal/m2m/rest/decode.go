// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package rest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/m2m/bounded"
)

// PageSize is the largest page that the API returns (API contract 1.8).
const PageSize = 100

// The bounds of an answer. They are far above what the API sends: an API has at most 1,000 scopes
// of less than 1 KiB each (API contract 3.2), and its JSON is nested 5 levels deep.
const (
	maxSize   = 64 << 20
	maxObject = 4 << 20
	maxString = 1 << 20
	maxDepth  = 64
	// MaxMemory also bounds a whole list.
	MaxMemory = 80 << 20
)

// bounds returns the bounds of the answer to a request.
func (r Request) bounds() bounded.Bounds {
	return bounded.Bounds{
		Size: cmp.Or(r.MaxSize, maxSize), Object: maxObject, String: maxString, Depth: maxDepth,
		Items: itemsAskedFor(r.Query), Memory: cmp.Or(r.MaxMemory, MaxMemory),
	}
}

// itemsAskedFor returns how many items a list may have. Without a number in the request, it is the
// size of the largest page.
func itemsAskedFor(query url.Values) int {
	asked, err := strconv.Atoi(cmp.Or(query.Get("take"), query.Get("per_page")))
	if err != nil {
		return PageSize
	}
	return asked
}

// Read uses these methods if the type of an answer has them.
type (
	// Object reports whether the answer has what makes it an object, such as an id.
	Object interface{ Complete() bool }
	// Named reports whether the object has this id or natural key.
	Named interface{ IsCalled(name string) bool }
	// Confidential returns secrets of the answer, which later answers and errors could repeat.
	Confidential interface{ Secrets() []string }
)

// streamed is an answer that decodes itself item by item.
type streamed interface {
	Decode(d *bounded.Decoder) error
}

// Read decodes an answer into what out points to. The error is an *Error if the answer is a
// refusal, lacks the requested object, is about another object, or cannot be decoded. Any other
// error means that not all of the answer arrived. If out is a *struct{}, only 204 is accepted.
func Read(resp *http.Response, r Request, out any) error {
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return readRefusal(resp)
	}
	if _, nothing := out.(*struct{}); nothing {
		if resp.StatusCode != http.StatusNoContent {
			return useless(resp, "the answer is not 204, which alone says that nothing is left")
		}
		return nil
	}
	reflect.ValueOf(out).Elem().SetZero() // An earlier attempt may have decoded a part.
	d := bounded.NewDecoder(resp.Body, r.bounds())
	if err := decode(d, out); err != nil {
		return unusable(resp, err)
	}
	// An answer without the object is an error: a created object without an id would be an orphan.
	object, ok := out.(Object)
	if d.Null() || ok && !object.Complete() {
		return useless(resp, "the answer contains no object")
	}
	// A mixed-up answer would make Terraform change, or even delete, the wrong object.
	named, ok := out.(Named)
	if ok && r.About != "" && !named.IsCalled(r.About) {
		return useless(
			resp, fmt.Sprintf("the answer is about another object than %q", r.About),
		)
	}
	return nil
}

func decode(d *bounded.Decoder, out any) (err error) {
	if list, ok := out.(streamed); ok {
		err = list.Decode(d)
	} else {
		err = d.Value(out)
	}
	if err != nil {
		return err
	}
	return d.End()
}

// useless is an answer of the API that does not contain what was requested.
func useless(resp *http.Response, why string) *Error {
	e := newError(resp)
	e.Message = why
	return e
}

// unusable explains why an answer cannot be decoded. It returns errors of the network unchanged.
func unusable(resp *http.Response, err error) error {
	var (
		limit  *bounded.LimitError
		syntax *bounded.SyntaxError
	)
	switch {
	case errors.As(err, &syntax):
		e := newError(resp)
		e.NotJSON, e.Body = true, bodyOf(e.ContentType, syntax)
		return e
	case errors.As(err, &limit), errors.Is(err, bounded.ErrForm):
		e := useless(resp, "the answer "+err.Error())
		e.cause = err
		return e
	default:
		return err
	}
}

// bodyOf says what a body is, if it is not JSON.
func bodyOf(contentType string, syntax *bounded.SyntaxError) string {
	switch isJSON := contentType == "application/json"; {
	case syntax.Empty:
		return "an empty body"
	case syntax.Cut && (isJSON || contentType == ""):
		return "JSON that ends too early"
	case isJSON:
		return "a body that is not JSON, although its type is application/json"
	case contentType != "":
		return contentType + " instead of JSON"
	default:
		return "a body that is not JSON"
	}
}
