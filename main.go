// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-m2m is the Terraform provider for machine-to-machine access: it
// manages which clients can call which APIs, and gets tokens for them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/footprint"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/lifetime"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/requestreport"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/release"
)

// version and commit are set by the linker in releases.
var version, commit string

// parentCheck is how often the provider asks whether Terraform still exists.
const parentCheck = 2 * time.Second

func main() {
	debug := flag.Bool(
		"debug", false, "run under a debugger such as delve, and print how to attach Terraform",
	)
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	build := release.Of(version, commit)
	if *showVersion {
		fmt.Print(build.Line("terraform-provider-m2m"))
		return
	}
	if err := footprint.QuietLogs(os.Getenv, os.Setenv); err != nil {
		log.Fatal(err)
	}
	footprint.TuneCollector(os.Getenv)
	reports := &requestreport.Files{}
	var opts []tf6server.ServeOpt
	if *debug {
		opts = append(opts, tf6server.WithManagedDebug())
	} else { // Under a debugger, the provider outlives each Terraform.
		lifetime.WatchParent(os.Getppid, time.Tick(parentCheck), func() {
			if err := reports.Flush(); err != nil {
				log.Fatal(err)
			}
			os.Exit(1)
		})
	}
	options := provider.Options{Version: build.Version, RequestReports: reports}
	err := provider.Serve(options, opts...)
	// Terraform gives a plugin two seconds to end.
	if err := errors.Join(err, reports.Flush()); err != nil {
		log.Fatal(err)
	}
}
