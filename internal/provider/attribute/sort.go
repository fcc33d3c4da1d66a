// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"slices"
	"sort"
)

// SortBy sorts items by their keys: the first key that differs decides. It uses the older package
// sort, because slices.SortFunc is compiled again for each type, and takes 30 KB each time.
func SortBy[T any](items []T, keys func(T) []string) {
	sort.Slice(items, func(i, j int) bool {
		return slices.Compare(keys(items[i]), keys(items[j])) < 0
	})
}
