// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package plan

// collect adds the texts in the parts of a value that are marked as sensitive. Marks are true, or
// marks of the elements of the value.
func collect(value, marks any, texts map[string]bool) {
	switch marks := marks.(type) {
	case bool:
		if marks {
			all(value, texts)
		}
	case []any:
		list, _ := value.([]any)
		for i, mark := range marks[:min(len(marks), len(list))] {
			collect(list[i], mark, texts)
		}
	case map[string]any:
		object, _ := value.(map[string]any)
		for key, mark := range marks {
			collect(object[key], mark, texts)
		}
	}
}

// all adds each text in a value, the keys of maps included.
func all(value any, texts map[string]bool) {
	switch value := value.(type) {
	case string:
		if value != "" {
			texts[value] = true
		}
	case []any:
		for _, element := range value {
			all(element, texts)
		}
	case map[string]any:
		for key, element := range value {
			all(key, texts)
			all(element, texts)
		}
	}
}
