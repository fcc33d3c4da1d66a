resource "m2m_resource_server" "stock" {
  identifier = "https://stock.example.com"
  name       = "Stock"
  scopes     = { "read:stock" = "Read stock" }
}
