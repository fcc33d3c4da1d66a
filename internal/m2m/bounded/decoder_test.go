// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package bounded

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// thing is what the tests decode.
type thing struct {
	Name string            `json:"name"`
	Tags []string          `json:"tags"`
	More map[string]string `json:"more"`
}

var roomy = Bounds{
	Size: 1 << 20, Object: 1 << 20, String: 1 << 20, Depth: 10, Items: 100, Memory: 1 << 20,
}

// page is an object that contains a list.
type page struct {
	things []thing
	total  int
}

func (p *page) decode(d *Decoder) error {
	err := d.Object(func(name string) (err error) {
		switch name {
		case "things":
			p.things, err = List[thing](d)
		case "total":
			err = d.Value(&p.total)
		default:
			err = d.Skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	return d.End()
}

func TestDecoder_decodes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]page{
		`{}`:              {},
		`null`:            {},
		`{"things":null}`: {},
		`{"things":[]}`:   {things: []thing{}},
		` { "other" : [ {"things":[1]} , "}" ] , "things" : [ {"name":"a\"]}"} , {"tags":["x"]} ] , "total" : 2 } `: {
			things: []thing{{Name: `a"]}`}, {Tags: []string{"x"}}}, total: 2,
		},
	} {
		// The text may arrive in any pieces.
		for _, r := range []io.Reader{
			strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)),
			iotest.DataErrReader(strings.NewReader(text)),
		} {
			var got page
			err := got.decode(NewDecoder(r, roomy))
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(page{})); diff != "" || err != nil {
				t.Errorf("%s: %v\n%s", text, err, diff)
			}
		}
	}
}

func TestDecoder_saysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                          "is empty",
		" \r\n\t":                   "is empty",
		`{`:                         "ends too early",
		`{"things"`:                 "ends too early",
		`{"things":[{"name":"a"},`:  "ends too early",
		`{"things":[{"name":"a`:     "ends too early",
		`{"things":[]`:              "ends too early",
		`<html>`:                    "is not JSON",
		"\x00":                      "is not JSON",
		`{"things":[{"name":}]}`:    "is not JSON",
		`{"things":[]}{}`:           "is not JSON",
		`{"things":[]} x`:           "is not JSON",
		`{"things":[]]`:             "is not JSON",
		`{things:1}`:                "is not JSON",
		`[]`:                        "does not have the expected form",
		`"text"`:                    "does not have the expected form",
		`7`:                         "does not have the expected form",
		`{"things":{}}`:             "does not have the expected form",
		`{"things":[[]]}`:           "does not have the expected form",
		`{"things":[{"name":7}]}`:   "does not have the expected form",
		`{"total":"many"}`:          "does not have the expected form",
		`{"total":1e99}`:            "does not have the expected form",
		`{"x":[[[[[[[[[[[]]]]]]]]]`: "is nested more than 10 levels deep",
	} {
		var got page
		err := got.decode(NewDecoder(strings.NewReader(text), roomy))
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestDecoder_stopsAtEachBound(t *testing.T) {
	t.Parallel()
	const text = `{"things":[{"name":"abcd"},{"tags":["abcdefgh"]},{"more":{"a":""}}]}`
	for want, tc := range map[string]struct {
		set func(*Bounds, int)
		fit int // The least bound that the text does not exceed.
	}{
		"is larger than 0 KiB":             {func(b *Bounds, n int) { b.Size = n }, len(text)},
		"has a string longer than 0 KiB":   {func(b *Bounds, n int) { b.String = n }, 8},
		"is nested more than 3 levels":     {func(b *Bounds, n int) { b.Depth = n }, 4},
		"has more than the 2 items that w": {func(b *Bounds, n int) { b.Items = n }, 3},
	} {
		b := roomy
		tc.set(&b, tc.fit)
		if err := new(page).decode(NewDecoder(strings.NewReader(text), b)); err != nil {
			t.Errorf("%s: %v with the bound %d", want, err, tc.fit)
		}
		tc.set(&b, tc.fit-1)
		err := new(page).decode(NewDecoder(strings.NewReader(text), b))
		if !errors.As(err, new(*LimitError)) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// endless is a text that repeats itself after its beginning, and counts what was read of it.
type endless struct {
	begin, again string
	left         string
	read         int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.read == 0 {
		e.left = e.begin
	}
	if e.left == "" {
		e.left = strings.Repeat(e.again, 4096/len(e.again)+1)
	}
	n := copy(p, e.left)
	e.left = e.left[n:]
	e.read += n
	return n, nil
}

func TestDecoder_doesNotReadFarBeyondABound(t *testing.T) {
	t.Parallel()
	b := Bounds{
		Size: 1 << 20, Object: 64 << 10, String: 32 << 10, Depth: 10, Items: 1000,
		Memory: 256 << 10,
	}
	for name, tc := range map[string]struct {
		begin, again string
		want         string
		most         int // Bytes read.
	}{
		"items":         {`{"things":[`, `{},`, "more than the 1000 items", 8 << 10},
		"string":        {`{"things":[{"name":"`, "x", "a string longer than 32 KiB", 64 << 10},
		"escapes":       {`{"things":[{"name":"`, `\"`, "a string longer than 32 KiB", 64 << 10},
		"depth":         {`{"other":`, `[`, "nested more than 10 levels", 4 << 10},
		"object":        {`{"things":[{"tags":[`, `"a longer text",`, "object larger than 64 KiB", 128 << 10},
		"values":        {`{"things":[{"tags":[`, `"",`, "more than 256 KiB of memory", 64 << 10},
		"other":         {`{"other":[`, `"a longer text",`, "object larger than 64 KiB", 128 << 10},
		"white space":   {``, " ", "object larger than 64 KiB", 128 << 10},
		"space between": {`{"things":[`, "\n", "object larger than 64 KiB", 128 << 10},
		"space at end":  {`{"things":[]}`, " ", "object larger than 64 KiB", 128 << 10},
		"large items": {
			`{"things":[`, `{"name":"` + strings.Repeat("x", 1000) + `"},`,
			"more than 256 KiB of memory", 300 << 10,
		},
		"properties": {`{`, `"other":{"a":1},`, "more than 256 KiB of memory", 128 << 10},
		"no UTF-8":   {`{"things":[`, `{"name":"` + strings.Repeat("\xff", 9000) + `"},`, "more than 256 KiB of memory", 128 << 10},
	} {
		text := &endless{begin: tc.begin, again: tc.again}
		err := new(page).decode(NewDecoder(text, b))
		if err == nil || !strings.Contains(err.Error(), tc.want) || text.read > tc.most {
			t.Errorf("%s: %v after %d bytes; want %q", name, err, text.read, tc.want)
		}
	}
}

func TestDecoder_returnsErrorsOfTheReader(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, text := range []string{
		``, ` `, `{`, `{"things":[`, `{"things":[{"name":"a"},`, `{"things":[{"name":"a`,
		`{"things":[]}`,
	} {
		err := new(page).decode(NewDecoder(
			io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), roomy,
		))
		if !errors.Is(err, broken) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A list of honest items needs no more than it weighs.
func TestDecoder_weightOfHonestItems(t *testing.T) {
	t.Parallel()
	item := `{"name":"orders","tags":["read:orders","write:orders"],"more":{"a":"b"}}`
	d := NewDecoder(strings.NewReader("["+strings.Repeat(item+",", 9)+item+"]"), roomy)
	items, err := List[thing](d)
	if err != nil || len(items) != 10 || items[9].Tags[1] != "write:orders" {
		t.Fatal(items, err)
	}
	if w := d.Weight(); w < 10*len(item) || w > 10*(len(item)+250) {
		t.Errorf("%d bytes", w)
	}
}

// An item takes memory even if its text is short.
func TestDecoder_weightOfEmptyItems(t *testing.T) {
	t.Parallel()
	d := NewDecoder(strings.NewReader("[{},{},{}]"), roomy)
	items, err := List[struct{ Values [100]int64 }](d)
	if err != nil || len(items) != 3 || d.Weight() < 2400 {
		t.Errorf("%d items, %v, %d bytes", len(items), err, d.Weight())
	}
}

// FuzzDecoder compares with encoding/json, which has no bounds.
func FuzzDecoder(f *testing.F) {
	for _, seed := range []string{
		`{"things":[{"name":"a","tags":["b"],"more":{"c":"d"}}],"total":1}`, `{"things":null}`,
		`null`, ` {} `, `{"things":[{}{}]}`, `{"things":[,]}`, `{"total":1}x`, `[1]`, `{"a":"\ud800"}`,
		`{"things":[{"name":"` + "\xff" + `"}]}`, `{"things":[{"name":"\"}]}`, "{\"total\":1}\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got page
		err := got.decode(NewDecoder(iotest.HalfReader(strings.NewReader(string(text))), roomy))
		var (
			limit  *LimitError
			syntax *SyntaxError
		)
		switch {
		case errors.As(err, &limit):
			return
		case errors.As(err, &syntax):
			if json.Valid(text) {
				t.Fatalf("%v: %q", err, text)
			}
			return
		case errors.Is(err, ErrForm):
			return
		case err != nil:
			t.Fatal(err)
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatalf("%q was accepted: %v", text, err)
		}
		var things []thing
		if raw := want["things"]; raw != nil {
			if err := json.Unmarshal(raw, &things); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(things, got.things); diff != "" {
			t.Fatal(diff)
		}
	})
}
