terraform {
  required_providers {
    m2m = {
      source = "terraform-m2m/m2m"
    }
  }
}

# The tenant and the credentials come from the environment.
provider "m2m" {}

variable "client_id" {
  type        = string
  description = "The client that calls the API."
}

variable "client_secret" {
  type      = string
  sensitive = true
}

variable "scopes" {
  type        = set(string)
  description = "What the client may do."
  default     = ["read:orders"]
}

resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
  name       = "Orders"
  scopes = {
    "read:orders"  = "Read orders"
    "write:orders" = "Create and change orders"
  }
}

resource "m2m_client_grant" "orders" {
  client_id = var.client_id
  audience  = m2m_resource_server.orders.identifier
  scopes    = var.scopes
}

data "m2m_access_token" "orders" {
  client_id       = var.client_id
  client_secret   = var.client_secret
  audience        = m2m_resource_server.orders.identifier
  client_grant_id = m2m_client_grant.orders.id
}

output "granted_scopes" {
  description = "Scopes of the token."
  value       = data.m2m_access_token.orders.granted_scopes
}
