variable "gateway_secret" {
  type      = string
  sensitive = true
}

# Requests to the tenant pass through a gateway that requires these headers.
provider "m2m" {
  headers = {
    CF-Access-Client-Id     = "terraform.access"
    CF-Access-Client-Secret = var.gateway_secret
  }
}
