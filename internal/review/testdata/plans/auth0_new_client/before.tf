resource "auth0_resource_server" "orders" {
  identifier = "https://orders.example.com"
  name       = "Orders"
}
resource "auth0_resource_server_scopes" "orders" {
  resource_server_identifier = auth0_resource_server.orders.identifier

  scopes {
    name = "read:orders"
  }
}
