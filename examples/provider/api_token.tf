variable "management_api_token" {
  type      = string
  sensitive = true
}

# The token is not renewed, so it must be valid until the end of the run.
provider "m2m" {
  domain    = "acme.eu.auth0.com"
  api_token = var.management_api_token
}
