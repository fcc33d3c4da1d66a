# By id or by identifier.
terraform import m2m_resource_server.orders 68f0a1b2c3d4e5f60718293a
terraform import m2m_resource_server.orders https://orders.example.com
