import {
  to = m2m_client_grant.orders
  id = "cgr_Ab12Cd34Ef56Gh78"

  # Instead of the id of the grant, its client and audience can be used:
  # id = "Ab12Cd34Ef56Gh78Ab12Cd34Ef56Gh78::https://orders.example.com"

  # Terraform 1.12 and later also accept an identity instead of the id:
  # identity = { id = "cgr_Ab12Cd34Ef56Gh78" }
}
