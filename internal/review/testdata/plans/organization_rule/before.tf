resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
  name       = "Orders"
  scopes     = { "read:orders" = "Read orders", "write:orders" = "Create and change orders" }
}

resource "m2m_client_grant" "orders" {
  client_id = "ReferenceMachineClient0000000001"
  audience  = m2m_resource_server.orders.identifier
  scopes    = ["read:orders"]
}
