resource "m2m_resource_server" "orders" {
  identifier = "https://orders.example.com"
  name       = "Orders"

  scopes = {
    "read:orders"  = "Read orders"
    "write:orders" = "Create and change orders"
  }

  signing_alg            = "RS256"
  token_lifetime         = 3600
  token_lifetime_for_web = 1800

  subject_type_authorization = {
    user   = { policy = "require_client_grant" }
    client = { policy = "require_client_grant" }
  }
}

# An API whose signing secret stays out of plan and state.
variable "reports_signing_secret" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "m2m_resource_server" "reports" {
  identifier                = "urn:example:reports"
  signing_alg               = "HS256"
  signing_secret_wo         = var.reports_signing_secret
  signing_secret_wo_version = 1
}

# The My Account API, which the tenant creates from a template. The My Organization API has the path
# /my-org/ instead.
variable "tenant_url" {
  type        = string
  description = "URL of the tenant, such as https://acme.eu.auth0.com (not a custom domain)."
}

resource "m2m_resource_server" "my_account" {
  identifier = "${var.tenant_url}/me/"
}
