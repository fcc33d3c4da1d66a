variable "access_token" {
  type        = string
  sensitive   = true
  description = "An access token in JWT form, from a trusted source."
}

locals {
  # The function verifies nothing: a forged token can contain any claims.
  jwt = provider::m2m::decode_jwt(var.access_token)
}

output "granted_scopes" {
  # The claim is missing if nothing was granted. The token is secret, but its scopes are not.
  value = nonsensitive(compact(split(" ", try(local.jwt.claims.scope, ""))))
}

output "signing_key" {
  value = nonsensitive(local.jwt.header.kid)
}
