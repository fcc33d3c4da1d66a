variable "client_id" {
  type        = string
  description = "The client that calls the API."
}

variable "client_secret" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
  scopes     = { "read:orders" = "Read orders" }
}

resource "m2m_client_grant" "orders" {
  client_id = var.client_id
  audience  = m2m_resource_server.orders.identifier
  scopes    = ["read:orders"]
}

ephemeral "m2m_access_token" "orders" {
  client_id       = var.client_id
  client_secret   = var.client_secret
  audience        = m2m_client_grant.orders.audience
  client_grant_id = m2m_client_grant.orders.id
  scopes          = ["read:orders"]
  min_remaining   = "10m"
}

# Use ephemeral.m2m_access_token.orders.access_token to configure another provider, or in a
# write-only argument.
