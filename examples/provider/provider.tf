terraform {
  required_providers {
    m2m = {
      source = "terraform-m2m/m2m"
    }
  }
}

# The tenant and the credentials come from the environment:
# AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET.
provider "m2m" {
  request_timeout = "10s"
}
