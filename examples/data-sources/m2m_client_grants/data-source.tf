variable "api" {
  type        = string
  description = "Identifier of the API."
}

# The clients that may call the API as machines.
data "m2m_client_grants" "callers" {
  audience     = var.api
  subject_type = "client"
}

output "callers" {
  value = { for grant in data.m2m_client_grants.callers.client_grants : grant.client_id => grant.scopes if grant.client_id != null }
}
