// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Command demo shows the main use of the provider against the reference server, with a real
// Terraform or OpenTofu: declare an API and a grant, fetch a token, call the API with it, see an
// empty second plan, and destroy.
//
// It checks every expectation, so it is also a test. It leaves nothing behind: all files are in a
// temporary folder, the server keeps its tenant in memory, and it destroys what it applied even
// after a failure or an interrupt.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// exitInterrupted is the exit code that a shell reports for an interrupted command.
const exitInterrupted = 128 + int(syscall.SIGINT)

func main() {
	var d demo
	flag.StringVar(&d.provider, "provider", "", "`path` of the provider binary")
	flag.StringVar(&d.server, "server", "", "`path` of the reference server binary")
	flag.StringVar(&d.cli, "cli", "", "`path` of terraform or tofu")
	flag.StringVar(&d.config, "config", "", "`folder` of the configuration to apply")
	flag.Parse()
	for _, v := range []string{d.provider, d.server, d.cli, d.config} {
		if v == "" || flag.NArg() > 0 {
			flag.Usage()
			os.Exit(2)
		}
	}

	soft, hard := interruptible()
	err, cleanupErr := d.run(soft, hard)
	switch {
	case ended(hard):
		os.Exit(exitInterrupted)
	case ended(soft) && cleanupErr == nil:
		fmt.Fprintln(os.Stderr, "\nCleaned up.")
		os.Exit(exitInterrupted)
	case ended(soft):
		fmt.Fprintf(os.Stderr, "\nThe cleanup failed: %v\n", cleanupErr)
		os.Exit(exitInterrupted)
	case err != nil || cleanupErr != nil:
		fmt.Fprintf(os.Stderr, "\nThe demo failed: %v\n", errors.Join(err, cleanupErr))
		os.Exit(1)
	}
}

// interruptible returns two contexts. The first signal ends soft: the current step is asked to
// stop, and what was applied is destroyed. The second signal ends hard: everything that still runs
// is killed.
//
// A closed pipe counts as a signal, so that `make demo | head` cleans up as well.
func interruptible() (soft, hard context.Context) {
	soft, cancelSoft := context.WithCancel(context.Background())
	hard, cancelHard := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	go func() {
		<-signals
		cancelSoft()
		fmt.Fprintln(os.Stderr, "\nInterrupted: cleaning up. Interrupt again to stop at once.")
		for s := range signals {
			// Once the reader of the output has gone, each further line that is printed causes
			// another SIGPIPE.
			if s != syscall.SIGPIPE {
				cancelHard()
			}
		}
	}()
	return soft, hard
}
