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

resource "auth0_organization" "acme" {
  name         = "acme"
  display_name = "Acme"
}

resource "auth0_client_grant" "orders" {
  client_id = "ReferenceMachineClient0000000001"
  audience  = auth0_resource_server_scopes.orders.resource_server_identifier
  scopes    = ["read:orders"]
  organization_usage = "require"
}

resource "auth0_organization_client_grant" "acme" {
  organization_id = auth0_organization.acme.id
  grant_id        = auth0_client_grant.orders.id
}
