# Who may call the API as a machine.
list "m2m_client_grant" "callers" {
  provider = m2m

  config {
    audience     = "https://orders.example.com"
    subject_type = "client"
  }
}

# Grants that any organization may use, with all that the tenant knows of them.
list "m2m_client_grant" "any_organization" {
  provider         = m2m
  include_resource = true

  config {
    allow_any_organization = true
  }
}
