// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package management

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/routing"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/schema"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/tenant"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver/wire"
)

const (
	defaultPerPage = 50
	maxPerPage     = 100
)

// offsetParameters are the parameters of offset paging (API contract 1.8). The least page size is
// 1, and 0 for clients.
func offsetParameters(minPerPage int) []schema.Property {
	return []schema.Property{
		{
			Name:        "page",
			Kind:        schema.Integer,
			Description: "Page index of the results to return. First page is 0",
		},
		{
			Name: "per_page", Kind: schema.Integer, Min: minPerPage, Max: maxPerPage,
			Description: "Number of results per page",
		},
		{
			Name:        "include_totals",
			Kind:        schema.Boolean,
			Description: "Return results inside an object that contains the total result count",
		},
	}
}

// checkpointParameters are the parameters of checkpoint paging (API contract 1.8).
var checkpointParameters = []schema.Property{
	{Name: "from", Kind: schema.String, Description: "Id from which to start selection"},
	{
		Name: "take", Kind: schema.Integer, Min: 1, Max: maxPerPage,
		Description: "Number of results per page",
	},
}

var fieldParameters = []schema.Property{
	{
		Name:        "fields",
		Kind:        schema.String,
		Description: "Comma-separated list of fields to include or exclude",
	},
	{
		Name:        "include_fields",
		Kind:        schema.Boolean,
		Description: "Whether specified fields are to be included or excluded",
	},
}

// paging is the part of a list that a query asks for, and the shape of the answer.
type paging struct {
	tenant.Window
	totals bool
}

// readPaging reads both styles of paging from a valid query; checkpoint paging wins (API contract
// 1.8).
func (h *Handlers) readPaging(c *routing.Call) (paging, error) {
	q := c.Query
	if q.Has("take") || q.Has("from") {
		after, err := h.openCheckpoint(q.Text("from"))
		return paging{Window: tenant.Window{
			View:       c.View,
			Checkpoint: true,
			Limit:      c.PageSize(q.Number("take", defaultPerPage)),
			After:      after,
		}}, err
	}
	// A short page among these would leave a gap that no client can see, so awkward mode has none.
	perPage := q.Number("per_page", defaultPerPage)
	return paging{
		Window: tenant.Window{View: c.View, Offset: q.Number("page", 0) * perPage, Limit: perPage},
		totals: q.IsTrue("include_totals"),
	}, nil
}

// maxOffsetResults is where paging by offset ends in some lists (API contract 1.8).
const maxOffsetResults = 1000

// checkEnd is for those lists. A page found by checkpoint has no offset, so it passes.
//
// ASSUMED: a page that begins before the end and reaches beyond it is refused as a whole.
func (p paging) checkEnd() error {
	if p.Offset+p.Limit > maxOffsetResults {
		return errPageTooFar
	}
	return nil
}

// checkpointLife is how long a checkpoint can be used (API contract 1.8).
const checkpointLife = 24 * time.Hour

// checkpoint names the last row of a page, so objects that come and go do not shift the pages that
// follow, and the time it was made at in Unix seconds.
func (h *Handlers) checkpoint(number uint64) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(
		nil, "%d.%d", number, h.store.Now().Unix(),
	))
}

// openCheckpoint starts from the beginning when there is none.
func (h *Handlers) openCheckpoint(text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	number, made, _ := strings.Cut(string(decoded), ".")
	after, numberErr := strconv.ParseUint(number, 10, 63)
	seconds, madeErr := strconv.ParseInt(made, 10, 64)
	if errors.Join(err, numberErr, madeErr) != nil ||
		h.store.Now().Sub(time.Unix(seconds, 0)) > checkpointLife {
		return 0, errCheckpoint
	}
	return after, nil
}

// showPage gives a page the shape that was asked for (API contract 1.8).
func showPage[T any](
	h *Handlers, c *routing.Call, asked paging, name string, found tenant.Page[T], show func(T) any,
) any {
	items := make([]any, len(found.Items))
	for i, item := range found.Items {
		items[i] = selectFields(c.Query, show(item))
	}
	switch {
	case asked.Checkpoint:
		answer := map[string]any{name: items}
		if found.Next != 0 {
			answer["next"] = h.checkpoint(found.Next)
		}
		return answer
	case asked.totals:
		return map[string]any{
			"total": found.Total, "start": asked.Offset, "limit": asked.Limit, name: items,
		}
	default:
		return items
	}
}

// showNone is an empty page in the shape that was asked for.
func showNone(h *Handlers, c *routing.Call, asked paging, name string) any {
	return showPage(h, c, asked, name, tenant.Page[any]{}, func(any) any { return nil })
}

// selectFields keeps the properties that `fields` names, or drops them with `include_fields=false`.
func selectFields(q schema.Document, object any) any {
	if q.Text("fields") == "" {
		return object
	}
	names := strings.Split(q.Text("fields"), ",")
	include := !q.Has("include_fields") || q.IsTrue("include_fields")
	return keepFields(object, func(name string) bool {
		return slices.Contains(names, name) == include
	})
}

// keepFields drops the properties of an object that keep does not let through.
func keepFields(object any, keep func(name string) bool) any {
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(wire.Encode(object), &properties); err != nil {
		panic("testserver: select fields: " + err.Error())
	}
	for name := range properties {
		if !keep(name) {
			delete(properties, name)
		}
	}
	return properties
}
