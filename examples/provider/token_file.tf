# Another program, such as the agent of a secret store, keeps the token in this file up to date.
provider "m2m" {
  domain         = "acme.eu.auth0.com"
  api_token_file = "/var/run/secrets/m2m/token"
}
