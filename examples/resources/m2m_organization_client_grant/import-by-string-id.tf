import {
  to = m2m_organization_client_grant.acme
  id = "org_Ab12Cd34Ef56Gh78::cgr_Ab12Cd34Ef56Gh78"

  # Terraform 1.12 and later also accept an identity instead of the id:
  # identity = { organization_id = "org_Ab12Cd34Ef56Gh78", grant_id = "cgr_Ab12Cd34Ef56Gh78" }
}
