import {
  to = m2m_resource_server.orders
  id = "68f0a1b2c3d4e5f60718293a" # Or its identifier, "https://orders.example.com".

  # Terraform 1.12 and later also accept an identity instead of the id:
  # identity = { identifier = "https://orders.example.com" }
}
