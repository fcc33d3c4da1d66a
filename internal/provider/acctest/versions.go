// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"os"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// NeedsWriteOnly skips a test if the CLI has no write-only arguments.
func NeedsWriteOnly() []tfversion.TerraformVersionCheck { return since(tfversion.Version1_11_0) }

// IsOpenTofu reports whether the CLI is OpenTofu, which has its own registry.
func IsOpenTofu() bool { return os.Getenv("TF_ACC_PROVIDER_HOST") == "registry.opentofu.org" }

// NeedsEphemeral skips a test if the CLI has no ephemeral resources. OpenTofu has them since 1.11.
func NeedsEphemeral() []tfversion.TerraformVersionCheck {
	if IsOpenTofu() {
		return since(tfversion.Version1_11_0)
	}
	return since(tfversion.Version1_10_0)
}

// NeedsFunctions skips a test if the CLI has no provider functions.
func NeedsFunctions() []tfversion.TerraformVersionCheck { return since(tfversion.Version1_8_0) }

// NeedsActions skips a test if the CLI has no actions. OpenTofu has none.
func NeedsActions() []tfversion.TerraformVersionCheck { return since(tfversion.Version1_14_0) }

func since(oldest *version.Version) []tfversion.TerraformVersionCheck {
	return []tfversion.TerraformVersionCheck{tfversion.SkipBelow(oldest)}
}
