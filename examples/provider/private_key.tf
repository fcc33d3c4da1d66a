variable "private_key" {
  type      = string
  sensitive = true
}

# The client authenticates with an assertion that its key signs; the key itself is
# sent to nobody.
provider "m2m" {
  domain                       = "acme.eu.auth0.com"
  client_id                    = "AbCdEfGhIjKlMnOpQrStUvWxYz012345"
  client_assertion_private_key = var.private_key
  client_assertion_signing_alg = "RS384"
}
