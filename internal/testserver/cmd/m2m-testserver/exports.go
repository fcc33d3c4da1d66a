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

// printExports writes what a shell evaluates to point Terraform at the server. With TLS the domain
// is a bare host, as that of a real tenant, which is all that other clients take.
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

// shellQuote makes a POSIX shell take text as it is.
func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// printSummary names no secret: this goes where the log goes.
func printSummary(w io.Writer, server *testserver.Server) {
	_, _ = fmt.Fprintf(w, `The reference server listens on %s (process id %d)
  Management API client    %s (may call all of the Management API)
  machine client           %s (holds no grant yet)
  web client               %s (may not use client credentials)
  sample API               %s (read:orders, write:orders)
  sample API is called at  %s/sample-api/orders
`, server.URL(), os.Getpid(), testserver.ManagementClientID, testserver.MachineClientID,
		testserver.WebClientID,
		testserver.SampleAPIAudience, server.Issuer())
	for _, line := range []struct{ name, value string }{
		{"issuer", unless(server.Issuer(), server.URL())},
		{"control API", server.ControlURL()},
	} {
		if line.value != "" {
			_, _ = fmt.Fprintf(w, "  %-24s %s\n", line.name, line.value)
		}
	}
	_, _ = fmt.Fprintln(w, "The export lines on standard output hold the credentials.")
}

// unless is empty where the value goes without saying.
func unless(value, known string) string {
	if value == known {
		return ""
	}
	return value
}
