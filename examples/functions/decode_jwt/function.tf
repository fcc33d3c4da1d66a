variable "access_token" {
  type        = string
  sensitive   = true
  description = "An access token in JWT form, from a trusted source."
}

locals {
  # Nothing is verified: a forged token can claim anything.
  jwt = provider::m2m::decode_jwt(var.access_token)
}

output "granted_scopes" {
  # The claim is missing where nothing was granted. Scopes are no secret, the token is.
  value = nonsensitive(compact(split(" ", try(local.jwt.claims.scope, ""))))
}

output "signing_key" {
  value = nonsensitive(local.jwt.header.kid)
}
