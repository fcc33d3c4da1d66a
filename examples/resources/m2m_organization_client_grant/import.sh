# By the ids of the organization and of the grant.
terraform import m2m_organization_client_grant.acme org_Ab12Cd34Ef56Gh78::cgr_Ab12Cd34Ef56Gh78
