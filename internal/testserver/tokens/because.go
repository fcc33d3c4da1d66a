// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package tokens

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

// explained is a refusal with its reason and its remedy in the words of a person. The words contain
// no secrets, nor anything that may be a secret in the wrong place.
type explained struct {
	*wire.Refusal
	why, change string
}

// Unwrap makes the refusal what the client gets.
func (e *explained) Unwrap() error { return e.Refusal }

// because explains a refusal: why the request is refused, and what to change.
func because(refusal *wire.Refusal, why, change string) error {
	return &explained{refusal, why, change}
}

// maxShown is how much of a value of a client an explanation repeats.
const maxShown = 200

// shown quotes a value. Control characters become escape sequences.
func shown(value string) string {
	if utf8.RuneCountInString(value) > maxShown {
		value = string([]rune(value)[:maxShown]) + "…"
	}
	return strconv.Quote(value)
}

// shownList joins values that are usually short, such as scopes.
func shownList(values []string) string {
	const most = 20
	if more := len(values) - most; more > 0 {
		return shown(strings.Join(values[:most], " ")) + fmt.Sprintf(" and %d more", more)
	}
	return shown(strings.Join(values, " "))
}

func nameOf(c tenant.Client) string { return shown(c.Name) + " (" + c.ClientID + ")" }

func apiName(api tenant.ResourceServer) string {
	if api.Name == "" {
		return shown(api.Identifier)
	}
	return shown(api.Name) + " (" + shown(api.Identifier) + ")"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
