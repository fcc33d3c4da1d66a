import {
  to = m2m_client_grants_exclusive.orders
  id = "audience::https://orders.example.com"
}
