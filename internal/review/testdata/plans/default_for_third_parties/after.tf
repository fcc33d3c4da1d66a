resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
  name       = "Orders"
  scopes     = { "read:orders" = "Read orders", "write:orders" = "Create and change orders" }
}

resource "m2m_client_grant" "partners" {
  default_for = "third_party_clients"
  audience  = m2m_resource_server.orders.identifier
  scopes    = ["read:orders"]
}
