// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package plan

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func everything(string) bool { return true }

func read(t *testing.T, text string) Plan {
	t.Helper()
	p, err := Read(strings.NewReader(text), everything)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWithoutIndexes(t *testing.T) {
	for address, want := range map[string]string{
		`m2m_client_grant.a`:                          "m2m_client_grant.a",
		`m2m_client_grant.a[0]`:                       "m2m_client_grant.a",
		`module.x["]"].m2m_client_grant.a["\"]."]`:    "module.x.m2m_client_grant.a",
		`module.x[0].module.y["a.b"].m2m_client.z[1]`: "module.x.module.y.m2m_client.z",
	} {
		if got := WithoutIndexes(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestRead_modulesAndIndexes(t *testing.T) {
	p := read(t, `{"format_version":"1.2","complete":false,"errored":true,
		"planned_values":{"root_module":{"resources":[1,{"deep":[[]]}]}},
		"resource_changes":[
			{"address":"module.a[\"x\"].m2m_client_grant.g[\"k\"]","module_address":"module.a[\"x\"]",
			 "mode":"managed","type":"m2m_client_grant","name":"g","index":"k",
			 "change":{"actions":["delete","create"],"before":{"client_id":"old"},
			 "after":{"scopes":["a"]},"after_unknown":{"client_id":true,"scopes":[false]}}},
			{"address":"data.m2m_client.c","mode":"data","type":"m2m_client","name":"c",
			 "change":{"actions":["read"]}}],
		"prior_state":{"values":{"root_module":{"child_modules":[{"resources":[
			{"address":"module.b.data.m2m_client.c","mode":"data","type":"m2m_client",
			 "values":{"name":"CI"}}]}]}}},
		"configuration":{"root_module":{"module_calls":{"a":{"module":{"resources":[
			{"address":"m2m_client_grant.g","type":"m2m_client_grant","expressions":{
			 "client_id":{"references":["var.client"]},"scopes":{"constant_value":["a"]}}}]}}}}}}`)
	if len(p.Changes) != 1 || len(p.Known) != 1 || !p.Errored || !p.Incomplete {
		t.Fatalf("%+v", p)
	}
	c := p.Changes[0]
	want := map[string][]string{"client_id": {"var.client"}, "scopes": nil}
	if diff := cmp.Diff(want, c.Configured); diff != "" {
		t.Error(diff)
	}
	if c.Index != `["k"]` || !c.Replaces() || c.Before.Text("client_id") != "old" ||
		!c.After.Unknown("client_id") || c.After.Unknown("scopes") ||
		!slices.Equal(c.After.Texts("scopes"), []string{"a"}) {
		t.Errorf("%+v", c)
	}
	if p.Known[0].Values.Text("name") != "CI" {
		t.Errorf("%+v", p.Known)
	}
}

// A plan may mark a value only before or only after the apply.
func TestRead_sensitive(t *testing.T) {
	p := read(t, `{"format_version":"1.2","resource_changes":[
		{"address":"m2m_client_grant.g","mode":"managed","type":"m2m_client_grant","name":"g",
		 "change":{"actions":["update"],
		 "before":{"client_id":"one","scopes":["a","b"]},"before_sensitive":{"scopes":[false,true]},
		 "after":{"client_id":"two","scopes":["a"],"map":{"key":"x"}},
		 "after_sensitive":{"client_id":true,"map":true}}}]}`)
	want := map[string]bool{"b": true, "two": true, "key": true, "x": true}
	if diff := cmp.Diff(want, p.Sensitive); diff != "" {
		t.Error(diff)
	}
}

// large is a plan of many bytes that decide nothing. It remembers the most memory in use.
type large struct {
	element string
	rest    string // Of the element that is being read.
	left    int
	parts   []io.Reader
	most    uint64
}

func newLarge(size int) *large {
	element := `{"address":"aws_instance.x","mode":"managed","type":"aws_instance","values":` +
		fmt.Sprintf("%q},", strings.Repeat("x", 1000))
	l := &large{element: element, left: size / len(element)}
	l.parts = []io.Reader{
		strings.NewReader(`{"format_version":"1.2","planned_values":{"root_module":{"resources":[`),
		&repeated{l}, strings.NewReader(`{}]}},"resource_changes":[]}`),
	}
	return l
}

type repeated struct{ *large }

func (r *repeated) Read(into []byte) (int, error) {
	if r.rest == "" && r.left == 0 {
		return 0, io.EOF
	}
	if r.rest == "" {
		r.rest = r.element
		r.left--
	}
	if r.left%1000 == 0 {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		r.most = max(r.most, stats.HeapAlloc)
	}
	n := copy(into, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func TestRead_memoryIsBounded(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	l := newLarge(20 << 20)
	if _, err := Read(io.MultiReader(l.parts...), everything); err != nil {
		t.Fatal(err)
	}
	if most := l.most >> 20; most > 16 {
		t.Errorf("a plan of 20 MiB needs %d MiB", most)
	}
}
