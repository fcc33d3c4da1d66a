# By id.
terraform import m2m_client_grant.orders cgr_Ab12Cd34Ef56Gh78

# By client and audience, for a grant with the subject type client.
terraform import m2m_client_grant.orders Ab12Cd34Ef56Gh78Ab12Cd34Ef56Gh78::https://orders.example.com

# By client, audience and subject type. This form is required if the audience itself ends in
# ::client, ::user or ::anonymous_user.
terraform import m2m_client_grant.orders Ab12Cd34Ef56Gh78Ab12Cd34Ef56Gh78::https://orders.example.com::user

# By default_for instead of the client, for a default grant.
terraform import m2m_client_grant.orders third_party_clients::https://orders.example.com
