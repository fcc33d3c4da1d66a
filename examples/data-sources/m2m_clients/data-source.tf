data "m2m_clients" "machines" {
  app_types = ["non_interactive"]
}

# Clients that can still leak a secret, as they do not authenticate by a key of their own.
output "clients_with_secrets" {
  value = [for client in data.m2m_clients.machines.clients : client.name if client.client_authentication_methods == null]
}
