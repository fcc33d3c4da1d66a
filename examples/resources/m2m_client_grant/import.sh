# By id.
terraform import m2m_client_grant.orders cgr_Ab12Cd34Ef56Gh78

# By client and audience, for the grant with the subject type client.
terraform import m2m_client_grant.orders Ab12Cd34Ef56Gh78Ab12Cd34Ef56Gh78::https://orders.example.com

# By client, audience and subject type. An audience that itself ends in ::client, ::user or ::anonymous_user needs this form.
terraform import m2m_client_grant.orders Ab12Cd34Ef56Gh78Ab12Cd34Ef56Gh78::https://orders.example.com::user

# With default_for, which stands in place of the client.
terraform import m2m_client_grant.orders third_party_clients::https://orders.example.com
