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

resource "auth0_client" "nightly" {
  name        = "Nightly"
  app_type    = "non_interactive"
  grant_types = ["client_credentials"]
}

resource "auth0_client_grant" "orders" {
  client_id = auth0_client.nightly.client_id
  audience  = auth0_resource_server_scopes.orders.resource_server_identifier
  scopes    = ["read:orders"]
}
