// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

// Package requestreport writes the file of the provider's request_report_file: how many requests a
// run has sent, by route, and how long it has waited.
//
// Terraform starts several processes of the provider in one run, one after the other and at the
// same time, and stops each of them soon after its last response. So each process has an entry of
// its own in the file, which it replaces shortly after each request and once more at its end. The
// totals are the sums of the entries. An entry of another run is dropped.
package requestreport
