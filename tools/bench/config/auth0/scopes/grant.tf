# Copyright (c) The terraform-provider-m2m Authors
# SPDX-License-Identifier: MPL-2.0

variable "scopes" {
  type = set(string)
}

resource "auth0_client_grant" "grant" {
  client_id = "BenchClient00000"
  audience  = "https://wide.example.com"
  scopes    = var.scopes
}
