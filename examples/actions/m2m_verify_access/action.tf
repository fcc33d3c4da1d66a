variable "client_id" {}

variable "client_secret" {
  sensitive = true
}

resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
  scopes     = { "read:orders" = "Read orders", "delete:orders" = "Delete orders" }
}

resource "m2m_client_grant" "orders" {
  client_id = var.client_id
  audience  = m2m_resource_server.orders.identifier
  scopes    = ["read:orders"]

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.m2m_verify_access.orders]
    }
  }
}

# The apply fails if the client then gets no token, or one that may do more or less.
action "m2m_verify_access" "orders" {
  config {
    client_id        = var.client_id
    client_secret    = var.client_secret
    audience         = m2m_resource_server.orders.identifier
    scopes           = ["read:orders"]
    forbidden_scopes = ["delete:orders"]
  }
}
