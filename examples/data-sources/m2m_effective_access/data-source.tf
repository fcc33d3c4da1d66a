data "m2m_effective_access" "orders" {
  audience = "https://sample-api.example.com"
}

# Terraform warns after each plan and apply if another client can delete orders.
check "who_deletes_orders" {
  assert {
    condition = length(setsubtract(
      [for row in data.m2m_effective_access.orders.access : row.client_id if row.scope == "delete:orders"],
      ["ReferenceMachineClient0000000001"],
    )) == 0
    error_message = "Only the nightly cleanup may hold delete:orders."
  }
}
