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

# The APIs have no scopes, because those would be resources of their own. Both providers have the
# same number of resources this way.
resource "auth0_resource_server" "api" {
  for_each   = var.apis
  identifier = "https://${each.key}.example.com"
  name       = "API ${each.key}, revision ${var.revision}"
}
