variable "api" {
  type        = string
  description = "Identifier of the API."
}

# Who may call the API as a machine.
data "m2m_client_grants" "callers" {
  audience     = var.api
  subject_type = "client"
}

output "callers" {
  value = { for grant in data.m2m_client_grants.callers.client_grants : grant.client_id => grant.scopes if grant.client_id != null }
}
