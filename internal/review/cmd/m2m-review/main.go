// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Command m2m-review says who gains and who loses access with a Terraform plan:
//
//	terraform plan -out plan.out
//	terraform show -json plan.out | m2m-review
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/access/live"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/plan"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/review/render"
)

// Exit codes.
const (
	exitOK      = 0
	exitError   = 1
	exitWidens  = 2
	exitUnknown = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], world{os.Stdin, os.Stdout, os.Stderr, os.Getenv, time.Now()})
	stop()
	os.Exit(code)
}

// world is what the command has of the system.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            time.Time
}

func run(ctx context.Context, args []string, w world) int {
	chosen, err := parseFlags(args, w)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err == nil && chosen.show != nil {
		_, err = io.WriteString(w.stdout, chosen.show())
		return codeOf(err, w)
	}
	var report review.Report
	if err == nil {
		report, err = chosen.review(ctx, w)
	}
	if err == nil {
		err = chosen.write(report, w)
	}
	if err != nil {
		return codeOf(err, w)
	}
	return chosen.failOn.code(report)
}

func codeOf(err error, w world) int {
	if err == nil {
		return exitOK
	}
	_, _ = fmt.Fprintln(w.stderr, "m2m-review: "+err.Error())
	return exitError
}

// review reads the plans, and the tenant if it is asked to.
func (o options) review(ctx context.Context, w world) (review.Report, error) {
	rules := review.BuiltIn(w.now)
	if o.rules != "" {
		file, err := os.ReadFile(o.rules)
		if err != nil {
			return review.Report{}, err
		}
		if rules, err = review.ReadRules(file, w.now); err != nil {
			return review.Report{}, fmt.Errorf("%s: %w", o.rules, err)
		}
	}
	var plans []review.Plan
	for _, name := range o.plans {
		read, err := readPlan(name, w.stdin)
		if err != nil {
			return review.Report{}, err
		}
		plans = append(plans, read)
	}
	shorten(plans)
	known := review.Tenant{}
	if o.live {
		api, err := connect(w.getenv)
		if err != nil {
			return review.Report{}, err
		}
		found, err := live.Read(ctx, api, live.Filter{})
		if err != nil {
			return review.Report{}, fmt.Errorf("-live cannot read the tenant: %w", err)
		}
		known = review.Tenant{Tenant: found, Complete: true}
	}
	return review.Review(plans, known, rules), nil
}

func readPlan(name string, stdin io.Reader) (review.Plan, error) {
	file, label := stdin, "standard input"
	if name != "-" {
		opened, err := os.Open(name)
		if err != nil {
			return review.Plan{}, err
		}
		defer func() { _ = opened.Close() }()
		file, label = opened, name
	}
	read, err := plan.Read(file, review.Wanted)
	if err != nil {
		return review.Plan{}, fmt.Errorf("%s: %w", label, err)
	}
	return review.Plan{Name: label, Plan: read}, nil
}

// shorten removes the directories that all names of plans have in common.
func shorten(plans []review.Plan) {
	for len(plans) > 1 {
		first, _, found := strings.Cut(filepath.ToSlash(plans[0].Name), "/")
		if !found {
			return
		}
		for _, p := range plans {
			if !strings.HasPrefix(filepath.ToSlash(p.Name), first+"/") {
				return
			}
		}
		for i := range plans {
			plans[i].Name = filepath.ToSlash(plans[i].Name)[len(first)+1:]
		}
	}
}

// write prints the report, and writes it to the files that were asked for.
func (o options) write(r review.Report, w world) error {
	for _, name := range o.out {
		err := writeFile(name, func(file io.Writer) error {
			return o.render(file, r, formatOf(name), false)
		})
		if err != nil {
			return err
		}
	}
	return o.render(w.stdout, r, o.format, o.color)
}

func (o options) render(w io.Writer, r review.Report, format string, color bool) error {
	switch format {
	case "markdown":
		return render.Markdown(w, r, render.CommentLimit)
	case "json":
		return render.JSON(w, r)
	case "sarif":
		return render.SARIF(w, r, sources(o.source))
	case "html":
		return render.HTML(w, r)
	default:
		return render.Text(w, r, color)
	}
}

func writeFile(name string, write func(io.Writer) error) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return write(file)
}
