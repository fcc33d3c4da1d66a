import {
  to = m2m_resource_server.orders
  id = "68f0a1b2c3d4e5f60718293a"
}
