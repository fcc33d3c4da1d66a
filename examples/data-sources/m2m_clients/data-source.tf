data "m2m_clients" "machines" {
  app_types = ["non_interactive"]
}

# Clients that authenticate with a secret, which can leak, instead of their own private key.
output "clients_with_secrets" {
  value = [for client in data.m2m_clients.machines.clients : client.name if client.client_authentication_methods == null]
}
