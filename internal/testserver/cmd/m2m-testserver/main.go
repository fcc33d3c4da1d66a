// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Command m2m-testserver runs the reference server: a tenant with resource servers, client grants
// and client credentials tokens to try Terraform with.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/release"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// version and commit are set by the linker in releases.
var version, commit string

// stopTimeout is how long requests in progress may take once the server is told to stop.
const stopTimeout = 5 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), signals()...)
	// A second signal ends the process at once, even while it is still starting.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// signals returns the signals that stop the server. A shell may start a background command with
// interrupts ignored: a Ctrl-C at its prompt is not meant for the command.
func signals() []os.Signal {
	if signal.Ignored(os.Interrupt) {
		return []os.Signal{syscall.SIGTERM}
	}
	return []os.Signal{syscall.SIGTERM, os.Interrupt}
}

// run serves until ctx ends and returns the exit code. It closes stdout after the export lines, so
// that a shell that reads them stops waiting while the server continues.
func run(ctx context.Context, args []string, stdout io.WriteCloser, stderr io.Writer) int {
	chosen, err := parseFlags(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case chosen.version:
		_, _ = io.WriteString(stdout, release.Of(version, commit).Line("m2m-testserver"))
		return 0
	}
	if err := serve(ctx, chosen, stdout, stderr); err != nil {
		_, _ = fmt.Fprintln(stderr, "m2m-testserver: "+explain(err))
		return 1
	}
	return 0
}

func serve(ctx context.Context, chosen options, stdout io.WriteCloser, stderr io.Writer) error {
	faults, err := chosen.read()
	if err != nil {
		return err
	}
	authority, err := chosen.secure()
	if err != nil {
		return err
	}
	if chosen.server.Log, err = chosen.logger(stderr); err != nil {
		return err
	}
	server, err := testserver.Listen(chosen.server)
	if err != nil {
		return err
	}
	caFile, remove, err := chosen.publish(authority)
	defer remove()
	if err == nil {
		err = server.Inject(faults...)
	}
	if err == nil {
		printSummary(stderr, server, chosen)
		err = errors.Join(printExports(stdout, server, caFile), stdout.Close())
	}
	if err != nil {
		return errors.Join(err, server.Close())
	}
	return wait(ctx, server, stderr)
}

// wait returns when ctx ends or the server fails.
func wait(ctx context.Context, server *testserver.Server, stderr io.Writer) error {
	select {
	case <-server.Done():
		return errors.New("the server has stopped unexpectedly")
	case <-ctx.Done():
	}
	signal.Reset(os.Interrupt, syscall.SIGTERM) // The next signal ends the process at once.
	_, _ = fmt.Fprintln(stderr, "Stopping.")
	stopping, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

func explain(err error) string {
	if errors.Is(err, syscall.EADDRINUSE) {
		return err.Error() + "; choose another address with -addr, or a free port with -addr :0"
	}
	if errors.Is(err, testserver.ErrControlReachable) {
		return err.Error() + "; listen on 127.0.0.1, or permit it with -remote-control"
	}
	return err.Error()
}
