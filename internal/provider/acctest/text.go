// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"maps"
	"slices"
	"strings"
)

// replaced returns a text with names replaced by their values, longer names first.
func replaced(text string, names map[string]string) string {
	var pairs []string
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(names))) {
		pairs = append(pairs, name, names[name])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
