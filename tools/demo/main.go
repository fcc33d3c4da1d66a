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
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/terraform-m2m/terraform-provider-m2m/tools/process"
)

func main() {
	var d demo
	flag.StringVar(&d.provider, "provider", "", "`path` of the provider binary")
	flag.StringVar(&d.server, "server", "", "`path` of the reference server binary")
	flag.StringVar(&d.review, "review", "", "`path` of the m2m-review binary")
	flag.StringVar(&d.cli, "cli", "", "`path` of terraform or tofu")
	flag.StringVar(&d.config, "config", "", "`folder` of the configuration to apply")
	flag.BoolVar(&d.watch, "watch", false, "before the end, keep the server and its page until "+
		"an interrupt")
	flag.Parse()
	for _, v := range []string{d.provider, d.server, d.review, d.cli, d.config} {
		if v == "" || flag.NArg() > 0 {
			flag.Usage()
			os.Exit(2)
		}
	}

	soft, hard := process.Interruptible()
	err, cleanupErr := d.run(soft, hard)
	switch {
	case process.Ended(hard):
		os.Exit(process.ExitInterrupted)
	case process.Ended(soft) && cleanupErr == nil:
		fmt.Fprintln(os.Stderr, "\nCleaned up.")
		os.Exit(process.ExitInterrupted)
	case process.Ended(soft):
		fmt.Fprintf(os.Stderr, "\nThe cleanup failed: %v\n", cleanupErr)
		os.Exit(process.ExitInterrupted)
	case err != nil || cleanupErr != nil:
		fmt.Fprintf(os.Stderr, "\nThe demo failed: %v\n", errors.Join(err, cleanupErr))
		os.Exit(1)
	}
}
