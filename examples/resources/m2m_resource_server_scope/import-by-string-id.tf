import {
  to = m2m_resource_server_scope.read_invoices
  id = "https://platform.example.com::read:invoices"

  # Terraform 1.12 and later also accept an identity instead of the id:
  # identity = { resource_server_identifier = "https://platform.example.com", scope = "read:invoices" }
}
