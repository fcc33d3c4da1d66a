import {
  to = m2m_client_grant.orders
  id = "cgr_Ab12Cd34Ef56Gh78"

  # Instead of its id, the grant can be named by its client and its audience:
  # id = "Ab12Cd34Ef56Gh78Ab12Cd34Ef56Gh78::https://orders.example.com"

  # Terraform 1.12 and later also take, instead of the id:
  # identity = { id = "cgr_Ab12Cd34Ef56Gh78" }
}
