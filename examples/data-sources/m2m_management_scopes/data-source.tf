data "m2m_management_scopes" "here" {
  types = ["m2m_resource_server", "m2m_client_grant", "data.m2m_clients"]
}

# Terraform warns after each plan and apply if the client of the provider cannot do its work.
check "management_scopes" {
  assert {
    condition = length(data.m2m_management_scopes.here.missing_scopes) == 0
    error_message = format(
      "Authorize the client %s for %s.",
      data.m2m_management_scopes.here.client_id,
      join(", ", data.m2m_management_scopes.here.missing_scopes),
    )
  }
}
