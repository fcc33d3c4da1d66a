resource "auth0_resource_server" "orders" {
  identifier = "https://orders.example.com"
  name       = "Orders"
}
resource "auth0_resource_server_scopes" "orders" {
  resource_server_identifier = auth0_resource_server.orders.identifier

  scopes {
    name = "read:orders"
  }

  scopes {
    name = "write:orders"
  }
}

resource "auth0_client_grant" "orders" {
  client_id = "ReferenceMachineClient0000000001"
  audience  = auth0_resource_server_scopes.orders.resource_server_identifier
  scopes    = ["read:orders", "write:orders"]
}
