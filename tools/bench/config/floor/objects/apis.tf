# Copyright (c) The terraform-provider-m2m Authors
# SPDX-License-Identifier: MPL-2.0

variable "apis" {
  type        = map(string)
  description = "The client of each API, by the name of the API."
}

variable "revision" {
  type        = number
  default     = 1
  description = "Another number changes the name of each API."
}

resource "terraform_data" "api" {
  for_each = var.apis
  input = {
    identifier = "https://${each.key}.example.com"
    name       = "API ${each.key}, revision ${var.revision}"
  }
}
