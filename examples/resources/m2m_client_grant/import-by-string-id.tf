import {
  to = m2m_client_grant.orders
  id = "cgr_Ab12Cd34Ef56Gh78"
}
