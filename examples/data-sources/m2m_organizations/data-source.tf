data "m2m_organizations" "all" {}

# The id of each organization by its name.
output "organization_ids" {
  value = { for organization in data.m2m_organizations.all.organizations : organization.name => organization.organization_id }
}
