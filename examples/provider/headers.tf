variable "gateway_secret" {
  type      = string
  sensitive = true
}

# The way to the tenant leads through a gateway that wants to know who comes.
provider "m2m" {
  headers = {
    CF-Access-Client-Id     = "terraform.access"
    CF-Access-Client-Secret = var.gateway_secret
  }
}
