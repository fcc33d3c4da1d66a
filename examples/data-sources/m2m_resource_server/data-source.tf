variable "api" {
  type        = string
  description = "Identifier of an API that another team manages."
}

variable "client_id" {
  type        = string
  description = "The client that calls the API."
}

data "m2m_resource_server" "orders" {
  identifier = var.api
}

# Grants the client all scopes of the API that begin with "read:".
resource "m2m_client_grant" "reports" {
  client_id = var.client_id
  audience  = data.m2m_resource_server.orders.identifier
  scopes    = [for scope, description in data.m2m_resource_server.orders.scopes : scope if startswith(scope, "read:")]
}
