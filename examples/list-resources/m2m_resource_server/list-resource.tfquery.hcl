# All APIs of the tenant.
list "m2m_resource_server" "all" {
  provider = m2m
  limit    = 1000
}

# Those of a list that exist, with all that the tenant knows of them.
list "m2m_resource_server" "shop" {
  provider         = m2m
  include_resource = true

  config {
    identifiers = ["https://orders.example.com", "https://invoices.example.com"]
  }
}
