variable "terraform_client_secret" {
  type      = string
  sensitive = true
}

# The client of Terraform in the tenant, with a grant for the Management API.
provider "m2m" {
  domain        = "acme.eu.auth0.com"
  client_id     = "AbCdEfGhIjKlMnOpQrStUvWxYz012345"
  client_secret = var.terraform_client_secret
}
