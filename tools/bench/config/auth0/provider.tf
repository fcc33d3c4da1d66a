# Copyright (c) The terraform-provider-m2m Authors
# SPDX-License-Identifier: MPL-2.0

terraform {
  required_providers {
    auth0 = {
      source = "auth0/auth0"
    }
  }
}

# The tenant and the credentials come from the environment.
provider "auth0" {}
