# All APIs of the tenant.
data "m2m_resource_servers" "all" {}

output "token_lifetimes" {
  value = {
    for api in data.m2m_resource_servers.all.resource_servers : api.identifier => api.token_lifetime if !api.is_system
  }
}

# The APIs with these identifiers, if they exist.
data "m2m_resource_servers" "shop" {
  identifiers = ["https://orders.example.com", "https://invoices.example.com"]
}

output "missing_apis" {
  value = setsubtract(
    data.m2m_resource_servers.shop.identifiers,
    data.m2m_resource_servers.shop.resource_servers[*].identifier,
  )
}
