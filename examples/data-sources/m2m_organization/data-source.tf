variable "client_id" {
  type        = string
  description = "The client that acts for the organization."
}

variable "api" {
  type        = string
  description = "Identifier of the API."
}

data "m2m_organization" "acme" {
  name = "acme"
}

resource "m2m_client_grant" "orders" {
  client_id          = var.client_id
  audience           = var.api
  scopes             = ["read:orders"]
  organization_usage = "require"
}

# The client can get tokens for the organization acme, and for no other organization.
resource "m2m_organization_client_grant" "acme" {
  organization_id = data.m2m_organization.acme.organization_id
  grant_id        = m2m_client_grant.orders.id
}
