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

# The API has no other grants. If somebody creates one in the dashboard, the next plan removes it.
resource "m2m_client_grants_exclusive" "orders" {
  audience     = m2m_resource_server.orders.identifier
  grant_ids    = [m2m_client_grant.orders.id]
  on_unmanaged = "remove"
}
