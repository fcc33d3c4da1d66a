// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package render

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
)

//go:embed page.css
var pageStyle string

//go:embed page.html.tmpl
var pageSource string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"effect": effectWord, "symbol": typographic, "verdict": noteWord, "join": strings.Join,
}).Parse(pageSource))

// HTML writes a report as one page that needs neither network nor scripts.
func HTML(w io.Writer, r review.Report) error {
	p := newPage(r)
	hash := sha256.Sum256([]byte(pageStyle))
	out := bufio.NewWriter(w)
	if err := pageTemplate.Execute(out, struct {
		page
		Matrix   matrix
		Style    template.CSS
		Hash     string
		Open     int
		Relevant int
	}{
		p, newMatrix(r, p), template.CSS(pageStyle), //nolint:gosec // It is a constant.
		base64.StdEncoding.EncodeToString(hash[:]), openClients, r.Relevant,
	}); err != nil {
		return err
	}
	return out.Flush()
}

// typographic is the symbol of an effect with a real minus sign.
func typographic(e access.Effect) string {
	return strings.ReplaceAll(symbol(e), "-", "−")
}

func effectWord(e access.Effect) string {
	switch e {
	case access.Gained:
		return "Gains"
	case access.Lost:
		return "Loses"
	default:
		return "May gain or lose"
	}
}

func noteWord(v review.Verdict) string {
	switch v {
	case review.Widens:
		return "Widens access"
	case review.Narrows:
		return "Narrows access"
	case review.Unknown:
		return "Unclear"
	default:
		return "Does not change access"
	}
}
