# Copyright (c) The terraform-provider-m2m Authors
# SPDX-License-Identifier: MPL-2.0

terraform {
  required_providers {
    m2m = {
      source = "terraform-m2m/m2m"
    }
  }
}

# The tenant and the credentials come from the environment.
provider "m2m" {}
