// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package accesstoken_test

import (
	"testing"

	"github.com/terraform-m2m/terraform-provider-m2m/internal/provider/acctest/cli"
)

func TestMain(m *testing.M) { cli.Main(m) }
