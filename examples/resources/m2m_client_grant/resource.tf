variable "client_id" {
  type        = string
  description = "The client that is granted access."
}

resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
  scopes = {
    "read:orders"  = "Read orders"
    "write:orders" = "Create and change orders"
  }
}

resource "m2m_client_grant" "orders" {
  client_id = var.client_id
  audience  = m2m_resource_server.orders.identifier
  scopes    = ["read:orders"]
}
