# Another configuration owns the API and does not manage its scopes.
variable "platform_api" {
  type        = string
  description = "Identifier of the API that services add their scopes to."
}

resource "m2m_resource_server_scope" "read_invoices" {
  resource_server_identifier = var.platform_api
  scope                      = "read:invoices"
  description                = "Read invoices"
}

resource "m2m_resource_server_scope" "write_invoices" {
  resource_server_identifier = var.platform_api
  scope                      = "write:invoices"
}
