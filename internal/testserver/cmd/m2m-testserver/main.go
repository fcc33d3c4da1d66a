// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Command m2m-testserver runs the reference server: a tenant with resource servers, client grants and client credentials
// tokens to try Terraform against.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

const usage = `m2m-testserver runs a reference server: a tenant with a Management API, a token
endpoint and a sample API, seeded with clients whose credentials are known.
It keeps its state in memory and forgets it when it stops.

When it is ready it prints export lines to standard output that point Terraform
at it, and nothing else there. The log goes to standard error. To start it in
the background of a shell and use it from there:

  eval "$(m2m-testserver &)"

Interrupt it or send SIGTERM to stop it; its process id is in the log. A second
signal cuts off the requests under way.

Flags:
`

// stopTimeout bounds how long requests under way may take to end once the server is told to stop.
const stopTimeout = 5 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run serves until ctx ends and returns the exit code. It closes stdout as soon as the export lines are out, so that a
// shell that reads them stops waiting while the server goes on.
func run(ctx context.Context, args []string, stdout io.WriteCloser, stderr io.Writer) int {
	flags := flag.NewFlagSet("m2m-testserver", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	addr := flags.String("addr", "127.0.0.1:4646", "`address` to listen on; :0 picks a free port, and without a host it is 127.0.0.1")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		_, _ = fmt.Fprintf(stderr, "m2m-testserver: unexpected argument %q; -h lists the flags\n", flags.Arg(0))
		return 2
	}
	if problem := checkAddr(*addr); problem != "" {
		_, _ = fmt.Fprintf(stderr, "m2m-testserver: -addr %q: %s; an address is HOST:PORT, for example 127.0.0.1:4646\n", *addr, problem)
		return 2
	}
	return serve(ctx, *addr, stdout, stderr)
}

// checkAddr says what is wrong with the form of an address.
func checkAddr(addr string) string {
	_, _, err := net.SplitHostPort(addr)
	if wrong, ok := errors.AsType[*net.AddrError](err); ok {
		return wrong.Err
	}
	return ""
}

func serve(ctx context.Context, addr string, stdout io.WriteCloser, stderr io.Writer) int {
	log := slog.New(slog.NewTextHandler(stderr, nil))
	server, err := testserver.Listen(testserver.Config{Addr: addr, Log: log})
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "m2m-testserver: "+explain(err))
		return 1
	}
	printSummary(stderr, server.URL())
	if err := errors.Join(printExports(stdout, server.URL()), stdout.Close()); err != nil {
		_, _ = fmt.Fprintln(stderr, "m2m-testserver: print the export lines: "+err.Error())
		_ = server.Close()
		return 1
	}
	return wait(ctx, server, stderr)
}

// wait lets the server run until ctx ends or it fails.
func wait(ctx context.Context, server *testserver.Server, stderr io.Writer) int {
	select {
	case <-server.Done():
		_, _ = fmt.Fprintln(stderr, "m2m-testserver: it serves no longer")
		return 1
	case <-ctx.Done():
	}
	signal.Reset(os.Interrupt, syscall.SIGTERM) // The next one ends the process at once.
	_, _ = fmt.Fprintln(stderr, "Stopping.")
	stopping, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		_, _ = fmt.Fprintln(stderr, "m2m-testserver: stop: "+err.Error())
		return 1
	}
	return 0
}

func explain(err error) string {
	if errors.Is(err, syscall.EADDRINUSE) {
		return err.Error() + "; choose another address with -addr, or let :0 pick a free port"
	}
	return err.Error()
}

// printExports writes what a shell evaluates to point Terraform at the server.
func printExports(w io.Writer, url string) error {
	lines := []struct{ name, value string }{
		{"AUTH0_DOMAIN", url},
		{"AUTH0_CLIENT_ID", testserver.ManagementClientID},
		{"AUTH0_CLIENT_SECRET", testserver.ManagementClientSecret},
		{"M2M_CLIENT_ID", testserver.MachineClientID},
		{"M2M_CLIENT_SECRET", testserver.MachineClientSecret},
		{"M2M_SAMPLE_API_URL", url + "/sample-api/orders"},
		{"M2M_SAMPLE_API_AUDIENCE", testserver.SampleAPIAudience},
	}
	var text strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&text, "export %s=%s\n", line.name, shellQuote(line.value))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// shellQuote makes a POSIX shell take text as it is.
func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// printSummary names no secret: this goes where the log goes.
func printSummary(w io.Writer, url string) {
	_, _ = fmt.Fprintf(w, `The reference server listens on %s (process id %d)
  Management API client    %s (holds every scope of the Management API)
  machine client           %s (holds no grant yet)
  web client               %s (may not use client credentials)
  sample API               %s (read:orders, write:orders)
  sample API is called at  %s/sample-api/orders
The export lines on standard output hold the credentials.
`, url, os.Getpid(), testserver.ManagementClientID, testserver.MachineClientID, testserver.WebClientID, testserver.SampleAPIAudience, url)
}
