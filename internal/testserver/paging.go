// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package testserver

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultPerPage = 50
	maxPerPage     = 100
)

// offsetParameters are those of offset paging (API contract 1.8). The least page size is 1, and 0 for clients.
func offsetParameters(minPerPage int) []property {
	return []property{
		{name: "page", kind: integerKind, description: "Page index of the results to return. First page is 0"},
		{name: "per_page", kind: integerKind, min: minPerPage, max: maxPerPage, description: "Number of results per page"},
		{name: "include_totals", kind: booleanKind, description: "Return results inside an object that contains the total result count"},
	}
}

// checkpointParameters are those of checkpoint paging (API contract 1.8).
var checkpointParameters = []property{
	{name: "from", kind: stringKind, description: "Id from which to start selection"},
	{name: "take", kind: integerKind, min: 1, max: maxPerPage, description: "Number of results per page"},
}

var fieldParameters = []property{
	{name: "fields", kind: stringKind, description: "Comma-separated list of fields to include or exclude"},
	{name: "include_fields", kind: booleanKind, description: "Whether specified fields are to be included or excluded"},
}

// paging is the part of a list that a query asks for, and the shape of the answer.
type paging struct {
	window
	totals bool
}

// readPaging reads both styles of paging from a valid query; checkpoint paging wins (API contract 1.8).
func readPaging(q document) paging {
	if q.has("take") || q.has("from") {
		return paging{window: window{
			checkpoint: true,
			limit:      q.number("take", defaultPerPage),
			after:      decodeCheckpoint(q.text("from")),
		}}
	}
	perPage := q.number("per_page", defaultPerPage)
	return paging{
		window: window{offset: q.number("page", 0) * perPage, limit: perPage},
		totals: q.isTrue("include_totals"),
	}
}

// A checkpoint names the last row of a page, so objects that come and go do not shift the pages that follow.
func encodeCheckpoint(number uint64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatUint(number, 10)))
}

// ASSUMED: a checkpoint that the server did not make starts from the beginning; no refusal of one was observed.
func decodeCheckpoint(text string) uint64 {
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return 0
	}
	number, err := strconv.ParseUint(string(decoded), 10, 64)
	if err != nil {
		return 0
	}
	return number
}

// showPage gives a page the shape that was asked for (API contract 1.8).
func showPage[T any](q document, asked paging, name string, found page[T], show func(T) any) reply {
	items := make([]any, len(found.items))
	for i, item := range found.items {
		items[i] = selectFields(q, show(item))
	}
	switch {
	case asked.checkpoint:
		answer := map[string]any{name: items}
		if found.next != 0 {
			answer["next"] = encodeCheckpoint(found.next)
		}
		return respond(http.StatusOK, answer)
	case asked.totals:
		return respond(http.StatusOK, map[string]any{
			"total": found.total, "start": asked.offset, "limit": asked.limit, name: items,
		})
	default:
		return respond(http.StatusOK, items)
	}
}

// selectFields keeps the properties that `fields` names, or drops them with `include_fields=false`.
func selectFields(q document, object any) any {
	if q.text("fields") == "" {
		return object
	}
	names := strings.Split(q.text("fields"), ",")
	include := !q.has("include_fields") || q.isTrue("include_fields")
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(encode(object), &properties); err != nil {
		panic("testserver: select fields: " + err.Error())
	}
	for name := range properties {
		if slices.Contains(names, name) != include {
			delete(properties, name)
		}
	}
	return properties
}
