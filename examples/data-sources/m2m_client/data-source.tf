variable "client_name" {
  type        = string
  description = "Name of a client that another team manages."
}

data "m2m_client" "reports" {
  name = var.client_name
}

resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
  scopes     = { "read:orders" = "Read orders" }
}

resource "m2m_client_grant" "reports" {
  client_id = data.m2m_client.reports.client_id
  audience  = m2m_resource_server.orders.identifier
  scopes    = ["read:orders"]
}
