// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/testserver"
)

// printExports writes shell commands that point Terraform at the server. With TLS, the domain is a
// bare host, as for a real tenant, because some clients accept nothing else.
func printExports(w io.Writer, server *testserver.Server, caFile string) error {
	lines := []struct{ name, value string }{
		{"AUTH0_DOMAIN", strings.TrimPrefix(server.Issuer(), "https://")},
		{"AUTH0_CLIENT_ID", testserver.ManagementClientID},
		{"AUTH0_CLIENT_SECRET", testserver.ManagementClientSecret},
		{"M2M_CLIENT_ID", testserver.MachineClientID},
		{"M2M_CLIENT_SECRET", testserver.MachineClientSecret},
		{"M2M_SAMPLE_API_URL", server.Issuer() + "/sample-api/orders"},
		{"M2M_SAMPLE_API_AUDIENCE", testserver.SampleAPIAudience},
		{"SSL_CERT_FILE", caFile},
		{"M2M_CONTROL_URL", server.ControlURL()},
	}
	var text strings.Builder
	for _, line := range lines {
		if line.value != "" {
			fmt.Fprintf(&text, "export %s=%s\n", line.name, shellQuote(line.value))
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// shellQuote quotes text for a POSIX shell.
func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// printSummary contains no secrets, because it goes to the log's stream.
func printSummary(w io.Writer, server *testserver.Server, chosen options) {
	_, _ = fmt.Fprintf(w, `The reference server listens on %s
  Management API client    %s (can call the whole Management API)
  machine client           %s (has no grant)
  web client               %s (cannot use client credentials)
  sample API               %s (read:orders, write:orders)
  sample API URL           %s/sample-api/orders
`, server.URL(), testserver.ManagementClientID, testserver.MachineClientID,
		testserver.WebClientID,
		testserver.SampleAPIAudience, server.Issuer())
	for _, line := range []struct{ name, value string }{
		{"issuer", unless(server.Issuer(), server.URL())},
		{"page", pageURL(server)},
		{"control API", server.ControlURL()},
		{"data file", chosen.server.Data},
		{"log", unless(chosen.log, "-")},
	} {
		if line.value != "" {
			_, _ = fmt.Fprintf(w, "  %-24s %s\n", line.name, line.value)
		}
	}
	_, _ = fmt.Fprintln(w, "The export lines on standard output hold the credentials.")
	_, _ = fmt.Fprintln(w, "To stop the server: "+howToStop(os.Getpid()))
}

// howToStop is the command that stops a process. Process 1 is the only one of a container.
func howToStop(pid int) string {
	if pid == 1 {
		return "stop its container"
	}
	return fmt.Sprintf("kill %d", pid)
}

// pageURL returns the address of the page; "" if there is none.
func pageURL(server *testserver.Server) string {
	if server.ControlURL() == "" {
		return ""
	}
	return server.ControlURL() + "/"
}

// unless returns value, or "" if it equals the known value.
func unless(value, known string) string {
	if value == known {
		return ""
	}
	return value
}
