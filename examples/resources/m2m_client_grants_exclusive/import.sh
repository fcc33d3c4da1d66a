# By the identifier of the API, or by the id of the client:
terraform import m2m_client_grants_exclusive.orders audience::https://orders.example.com
terraform import m2m_client_grants_exclusive.ci client_id::AbCdEfGhIjKlMnOpQrStUvWxYz012345
