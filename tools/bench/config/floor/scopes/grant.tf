# Copyright (c) The terraform-provider-m2m Authors
# SPDX-License-Identifier: MPL-2.0

variable "scopes" {
  type = set(string)
}

resource "terraform_data" "grant" {
  input = {
    client_id = "BenchClient00000"
    audience  = "https://wide.example.com"
    scopes    = var.scopes
  }
}
