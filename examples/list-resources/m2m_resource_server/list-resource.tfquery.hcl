# All APIs of the tenant.
list "m2m_resource_server" "all" {
  provider = m2m
  limit    = 1000
}

# The APIs with these identifiers, if they exist, with all their attributes.
list "m2m_resource_server" "shop" {
  provider         = m2m
  include_resource = true

  config {
    identifiers = ["https://orders.example.com", "https://invoices.example.com"]
  }
}
