# All scopes of an API.
list "m2m_resource_server_scope" "orders" {
  provider = m2m

  config {
    resource_server_identifier = "https://orders.example.com"
  }
}

# The scopes to read, of all APIs.
list "m2m_resource_server_scope" "readers" {
  provider = m2m

  config {
    scope_prefix = "read:"
  }

  include_resource = true
  limit            = 1000
}
