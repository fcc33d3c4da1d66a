// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"errors"
	"log"
	"os"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider"
	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/requestreport"
)

// servesProvider is the variable that makes a test binary serve the provider.
const servesProvider = "M2M_TEST_SERVES_PROVIDER"

// Main is the TestMain of a package that uses CLI, because CLI runs the test binary as the
// provider.
func Main(m interface{ Run() int }) {
	if os.Getenv(servesProvider) == "" {
		os.Exit(m.Run())
	}
	reports := &requestreport.Files{}
	err := provider.Serve(provider.Options{Version: "test", RequestReports: reports})
	if err := errors.Join(err, reports.Flush()); err != nil {
		log.Fatal(err)
	}
}
