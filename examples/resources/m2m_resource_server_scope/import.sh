# By the identifier of the API, and the scope.
terraform import m2m_resource_server_scope.read_invoices https://platform.example.com::read:invoices
