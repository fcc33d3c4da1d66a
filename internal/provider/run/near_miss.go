// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package run

import (
	"fmt"
	"strings"
)

// maxTypos is the greatest edit distance between an identifier and a near miss.
const maxTypos = 2

// nearMiss returns the identifier that an unknown identifier was probably meant to be, and how it
// differs. It returns an empty identifier if none is similar.
func nearMiss(unknown string, identifiers []string) (found, difference string) {
	best := maxTypos + 1
	for _, identifier := range identifiers {
		if identifier == unknown {
			continue
		}
		if bare(identifier) == bare(unknown) {
			return identifier, differenceOf(unknown, identifier)
		}
		// In a short identifier, two other characters make another word.
		typos := distance(bare(unknown), bare(identifier))
		if typos < best && len(unknown) >= 4*typos {
			best, found = typos, identifier
		}
	}
	return found, ""
}

// bare returns an identifier without what is easily mistaken: spaces, case, scheme and slash.
func bare(identifier string) string {
	bare := strings.ToLower(strings.TrimSpace(identifier))
	_, rest := splitScheme(bare)
	return strings.TrimRight(rest, "/")
}

func splitScheme(identifier string) (scheme, rest string) {
	if scheme, rest, found := strings.Cut(identifier, "://"); found {
		return scheme + "://", rest
	}
	return "", identifier
}

// differenceOf says how an existing identifier differs from the unknown one. It returns "" if they
// differ in several ways.
func differenceOf(unknown, existing string) string {
	slashless := strings.TrimRight(unknown, "/")
	scheme, rest := splitScheme(existing)
	_, unknownRest := splitScheme(unknown)
	switch {
	case existing == strings.TrimSpace(unknown):
		return "without the surrounding spaces"
	case existing == slashless:
		return "without the slash"
	case strings.TrimRight(existing, "/") == slashless:
		return "with a slash at the end"
	case strings.EqualFold(existing, unknown):
		return "in other upper and lower case"
	case rest == unknownRest && scheme == "":
		return "without a scheme"
	case rest == unknownRest:
		return fmt.Sprintf("with %s", scheme)
	default:
		return ""
	}
}

// distance is the number of characters to insert, delete or replace to make a into b.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			replaced := diagonal
			if r != s {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(to)]
}
