// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Command compat runs the acceptance tests with one Terraform or OpenTofu after the other, and
// prints a table of the results.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/process"
)

// stopTime is how long the tests may take to clean up after an interrupt.
const stopTime = 30 * time.Second

func main() {
	log.SetFlags(0)
	limit := flag.Duration("limit", time.Hour, "`time` that the tests may take with each CLI")
	find := flag.String("find", "", "`path` of the command that checks a CLI")
	flag.Parse()
	if *find == "" || flag.NArg() == 0 {
		log.Fatal(`Name the CLIs, as in: make compat CLIS="terraform ../terraform-1.14.0 tofu"`)
	}
	soft, hard := process.Interruptible()
	var rows []row
	for _, cli := range flag.Args() {
		if process.Ended(soft) {
			break
		}
		rows = append(rows, try(soft, hard, cli, *find, *limit))
	}
	if err := writeTable(os.Stdout, rows); err != nil {
		log.Fatal(err)
	}
	switch {
	case process.Ended(soft):
		os.Exit(process.ExitInterrupted)
	case !passed(rows):
		os.Exit(1)
	}
}

// try runs the tests with one CLI, by its name on PATH or its path.
func try(soft, hard context.Context, cli, find string, limit time.Duration) row {
	path, err := check(soft, cli, find)
	if err != nil {
		return row{cli: cli, unusable: err.Error()}
	}
	tested := row{cli: cli, version: versionOf(soft, path)}
	fmt.Printf("\n%s, with %s\n\n", tested.version, path)
	dir, err := os.MkdirTemp("", "compat")
	if err != nil {
		return row{cli: cli, unusable: err.Error()}
	}
	defer func() { _ = os.RemoveAll(dir) }()
	events := filepath.Join(dir, "events.json")
	limited, cancel := context.WithTimeout(soft, limit)
	defer cancel()
	tests := process.Command(limited, "make", "testacc")
	tests.Env = append(
		os.Environ(), "TF_ACC_TERRAFORM_PATH="+path, "GOTESTSUM_JSONFILE="+events,
	)
	tests.Stdout, tests.Stderr, tests.WaitDelay = os.Stdout, os.Stderr, stopTime
	started := time.Now()
	err = process.Run(hard, tests)
	tested.took = time.Since(started)
	tested.timedOut = errors.Is(limited.Err(), context.DeadlineExceeded)
	file, openErr := os.Open(events)
	if openErr != nil {
		return row{cli: cli, version: tested.version, unusable: "the tests did not start"}
	}
	defer func() { _ = file.Close() }()
	if readErr := tested.count(file); readErr != nil {
		log.Fatal(readErr)
	}
	tested.broken = err != nil && tested.failed == 0
	return tested
}

// check returns the path of a CLI, or the reason why the tests cannot run with it.
func check(ctx context.Context, cli, find string) (string, error) {
	if path, err := filepath.Abs(cli); err == nil && strings.ContainsRune(cli, filepath.Separator) {
		cli = path
	}
	var said strings.Builder
	checked := exec.CommandContext(ctx, find)
	checked.Env = append(os.Environ(), "TF_ACC_TERRAFORM_PATH="+cli)
	checked.Stderr = io.Writer(&said)
	out, err := checked.Output()
	if err != nil {
		return "", errors.New(strings.TrimSpace(said.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

// banner matches what both CLIs call themselves.
var banner = regexp.MustCompile(`(?:Terraform|OpenTofu) v\S+`)

func versionOf(ctx context.Context, path string) string {
	out, _ := exec.CommandContext(ctx, path, "version").Output()
	return strings.Replace(banner.FindString(string(out)), " v", " ", 1)
}
