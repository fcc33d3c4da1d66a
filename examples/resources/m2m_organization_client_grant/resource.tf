variable "client_id" {
  type        = string
  description = "The client that is granted access."
}

variable "client_secret" {
  type        = string
  sensitive   = true
  description = "The secret of the client."
}

variable "organization_id" {
  type        = string
  description = "The organization that the client acts for."
}

resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
  scopes = {
    "read:orders" = "Read orders"
  }
}

resource "m2m_client_grant" "orders" {
  client_id          = var.client_id
  audience           = m2m_resource_server.orders.identifier
  scopes             = ["read:orders"]
  organization_usage = "require"
}

resource "m2m_organization_client_grant" "acme" {
  organization_id = var.organization_id
  grant_id        = m2m_client_grant.orders.id
}

data "m2m_access_token" "acme" {
  client_id     = var.client_id
  client_secret = var.client_secret
  audience      = m2m_resource_server.orders.identifier
  organization  = var.organization_id

  # This id is known only once the association exists, so Terraform waits with the token until then.
  client_grant_id = m2m_organization_client_grant.acme.id
}
