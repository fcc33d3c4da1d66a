# Copyright (c) The terraform-provider-m2m Authors
# SPDX-License-Identifier: MPL-2.0

variable "grants" {
  type        = bool
  default     = true
  description = "Whether there are grants."
}

variable "grant_revision" {
  type        = number
  default     = 1
  description = "Another number adds a scope to each grant."
}

resource "terraform_data" "grant" {
  for_each = var.grants ? var.apis : {}
  input = {
    client_id = each.value
    audience  = terraform_data.api[each.key].input.identifier
    scopes    = var.grant_revision == 1 ? ["read:things"] : ["read:things", "write:things"]
  }
}
