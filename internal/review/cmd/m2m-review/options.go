// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/render"
)

const usage = `m2m-review says who gains and who loses access with a Terraform plan.

Usage:
  terraform show -json plan.out | m2m-review [flags]
  m2m-review [flags] PLAN.json...

Each PLAN.json is the output of "terraform show -json" or "tofu show -json" for
one root module; "-" is the standard input. Several plans make one review. It
understands resources of the providers m2m and auth0.

Exit codes: 0 nobody gains access, 2 somebody does, 3 it is known only after
the apply, 1 an error.

Flags:
`

var formatNames = []string{"text", "markdown", "json", "sarif", "html"}

// formatOf returns the format of a file with this name, or an empty text.
func formatOf(name string) string {
	switch extension := strings.TrimPrefix(filepath.Ext(name), "."); extension {
	case "txt":
		return "text"
	case "md":
		return "markdown"
	case "json", "sarif", "html":
		return extension
	default:
		return ""
	}
}

type options struct {
	plans  []string
	format string
	out    []string
	rules  string
	source string
	live   bool
	color  bool
	failOn failOn
	show   func() string // What to print instead of a review.
}

func parseFlags(args []string, w world) (options, error) {
	o := options{failOn: failOn{"widens", "unknown"}}
	flags := flag.NewFlagSet("m2m-review", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	names := strings.Join(formatNames, ", ")
	flags.StringVar(&o.format, "format", "text", "`format` of the standard output: "+names)
	flags.Func(
		"out",
		"also write the review to this `file`, in the format of its extension: .txt, .md, "+
			".json, .sarif or .html; may be repeated",
		func(name string) error {
			if formatOf(name) == "" {
				return errors.New("its extension must be .txt, .md, .json, .sarif or .html")
			}
			o.out = append(o.out, name)
			return nil
		},
	)
	flags.StringVar(&o.rules, "rules", "", "YAML `file` with rules and accepted risks of your own")
	flags.BoolVar(
		&o.live,
		"live",
		false,
		"read the tenant for what the plans do not hold, with the "+
			"provider's environment variables (AUTH0_DOMAIN, ...)",
	)
	flags.Var(
		&o.failOn,
		"fail-on",
		"comma-separated `reasons` for an exit code other than 0: widens, "+
			"unknown, narrows, a severity (high, medium, low) of a risk that is not accepted, "+
			"or never",
	)
	flags.StringVar(
		&o.source,
		"source",
		".",
		"`directory` of the root module, to say in sarif where a "+
			"resource is written",
	)
	color := flags.String("color", "auto", "use of colour in text: auto, always or never")
	version := flags.Bool("version", false, "print the version and exit")
	schema := flags.Bool("schema", false, "print the JSON Schema of the format json and exit")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, _ = io.WriteString(w.stdout, usage)
		flags.SetOutput(w.stdout)
		flags.PrintDefaults()
		return o, err
	}
	if err != nil {
		return o, fmt.Errorf("%w; -help lists the flags", err)
	}
	switch {
	case *version:
		o.show = func() string { return build().Line("m2m-review") }
	case *schema:
		o.show = func() string { return string(render.Schema) }
	}
	if !slices.Contains(formatNames, o.format) {
		return o, fmt.Errorf("-format must be one of %s, not %q", names, o.format)
	}
	switch *color {
	case "always", "never":
		o.color = *color == "always"
	case "auto":
		o.color = w.getenv("NO_COLOR") == "" && isTerminal(w.stdout)
	default:
		return o, fmt.Errorf("-color must be auto, always or never, not %q", *color)
	}
	o.plans = flags.Args()
	if len(o.plans) == 0 {
		if isTerminal(w.stdin) && o.show == nil {
			return o, errors.New(
				"no plan; try `terraform show -json PLANFILE | m2m-review`, or -help")
		}
		o.plans = []string{"-"}
	}
	return o, nil
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// failOn lists the reasons for an exit code other than 0.
type failOn []string

func (f *failOn) String() string { return strings.Join(*f, ",") }

func (f *failOn) Set(text string) error {
	known := []string{"widens", "unknown", "narrows", "high", "medium", "low", "never"}
	chosen := strings.Split(text, ",")
	for _, reason := range chosen {
		if !slices.Contains(known, reason) {
			return fmt.Errorf("%q is not one of %s", reason, strings.Join(known, ", "))
		}
	}
	if len(chosen) > 1 && slices.Contains(chosen, "never") {
		return errors.New("never goes with no other reason")
	}
	*f = chosen
	return nil
}

// code returns the exit code for a report.
func (f failOn) code(r review.Report) int {
	switch {
	case slices.ContainsFunc(f, func(reason string) bool { return hasRisk(r, reason) }),
		slices.Contains(f, "widens") && r.Verdict == review.Widens,
		slices.Contains(f, "narrows") && loses(r):
		return exitWidens
	case slices.Contains(f, "unknown") && isUndecided(r):
		return exitUnknown
	default:
		return exitOK
	}
}

func loses(r review.Report) bool {
	return r.Verdict == review.Narrows ||
		slices.ContainsFunc(r.Changes, func(c review.Change) bool {
			return c.Effect == access.Lost
		})
}

func isUndecided(r review.Report) bool {
	return r.Verdict == review.Unknown ||
		slices.ContainsFunc(r.Changes, func(c review.Change) bool {
			return c.Effect == access.Undecided
		}) ||
		slices.ContainsFunc(
			r.Notes,
			func(n review.Note) bool { return n.Verdict == review.Unknown },
		)
}

// hasRisk reports whether the report has a risk that nobody has accepted, of a severity or a higher
// one.
func hasRisk(r review.Report, severity string) bool {
	severities := []string{string(review.Low), string(review.Medium), string(review.High)}
	least := slices.Index(severities, severity)
	if least < 0 {
		return false
	}
	for _, change := range r.Changes {
		for _, risk := range change.Risks {
			if risk.Allowed == "" && slices.Index(severities, string(risk.Severity)) >= least {
				return true
			}
		}
	}
	return false
}
