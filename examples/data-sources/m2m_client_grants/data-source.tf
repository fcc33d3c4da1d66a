variable "api" {
  type        = string
  description = "Identifier of the API."
}

# Clients that can get machine-to-machine tokens for the API.
data "m2m_client_grants" "callers" {
  audience     = var.api
  subject_type = "client"
}

output "callers" {
  value = { for grant in data.m2m_client_grants.callers.client_grants : grant.client_id => grant.scopes if grant.client_id != null }
}
