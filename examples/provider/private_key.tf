variable "private_key" {
  type      = string
  sensitive = true
}

# The client authenticates with an assertion that is signed with its key. The key itself is never
# sent.
provider "m2m" {
  domain                       = "acme.eu.auth0.com"
  client_id                    = "AbCdEfGhIjKlMnOpQrStUvWxYz012345"
  client_assertion_private_key = var.private_key
  client_assertion_signing_alg = "RS384"
}
