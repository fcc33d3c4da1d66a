// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tenant

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestStore_returnsCopies(t *testing.T) {
	t.Parallel()
	s := New("http://127.0.0.1:1", &Clock{})
	if err := s.AddResourceServer(ResourceServer{
		ID:         "rs",
		Identifier: "a",
		Name:       "before",
	}); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	_, err := s.UpdateResourceServer("a", func(api *ResourceServer) error {
		api.Name = "after"
		return refused
	})
	if !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	taken, err := s.ResourceServer(Present, "rs")
	if err != nil || taken.Name != "before" {
		t.Errorf("got %q, %v", taken.Name, err)
	}
	taken.Name = "changed outside"
	if again, _ := s.ResourceServer(Present, "rs"); again.Name != "before" {
		t.Errorf("got %q", again.Name)
	}
}

// mustDo ends the test if a setup step fails. It serves ordinary and property tests.
func mustDo(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
