resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
  name       = "Orders"
  scopes     = { "read:orders" = "Read orders", "write:orders" = "Create and change orders" }
  enforce_policies = false
}
