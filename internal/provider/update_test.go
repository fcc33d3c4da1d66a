// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import "flag"

var update = flag.Bool("update", false, "write the generated files")
