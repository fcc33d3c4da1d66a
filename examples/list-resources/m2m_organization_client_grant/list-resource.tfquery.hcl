# The clients that may get tokens for an organization.
list "m2m_organization_client_grant" "acme" {
  provider = m2m

  config {
    organization_id = "org_Ab12Cd34Ef56Gh78"
  }
}

# The organizations for which clients may get tokens for an API.
list "m2m_organization_client_grant" "orders" {
  provider = m2m

  config {
    audience = "https://orders.example.com"
  }

  limit = 1000
}
