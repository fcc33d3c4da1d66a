resource "m2m_client_grant" "management" {
  client_id = "ReferenceMachineClient0000000001"
  audience  = "https://${var.domain}/api/v2/"
  scopes    = ["read:clients", "create:client_grants"]
}

variable "domain" {
  type = string
}
