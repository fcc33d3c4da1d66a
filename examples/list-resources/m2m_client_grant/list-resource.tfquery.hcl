# The grants of clients that may call the API as machines.
list "m2m_client_grant" "callers" {
  provider = m2m

  config {
    audience     = "https://orders.example.com"
    subject_type = "client"
  }
}

# Grants that any organization may use, with all their attributes.
list "m2m_client_grant" "any_organization" {
  provider         = m2m
  include_resource = true

  config {
    allow_any_organization = true
  }
}
