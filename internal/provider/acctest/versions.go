// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"os"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// NeedsWriteOnly skips a test if the CLI has no write-only arguments.
func NeedsWriteOnly() []tfversion.TerraformVersionCheck {
	return []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)}
}

// IsOpenTofu reports whether the CLI is OpenTofu, which has its own registry.
func IsOpenTofu() bool { return os.Getenv("TF_ACC_PROVIDER_HOST") == "registry.opentofu.org" }

// NeedsEphemeral skips a test if the CLI has no ephemeral resources. OpenTofu has them since 1.11.
func NeedsEphemeral() []tfversion.TerraformVersionCheck {
	oldest := tfversion.Version1_10_0
	if IsOpenTofu() {
		oldest = tfversion.Version1_11_0
	}
	return []tfversion.TerraformVersionCheck{tfversion.SkipBelow(oldest)}
}

// NeedsFunctions skips a test if the CLI has no provider functions.
var NeedsFunctions = tfversion.SkipBelow(tfversion.Version1_8_0)

// NeedsActions skips a test if the CLI has no actions. OpenTofu has none.
var NeedsActions = tfversion.SkipBelow(tfversion.Version1_14_0)
