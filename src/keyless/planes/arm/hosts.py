"""The hosts of Azure Resource Manager: the second is what the Azure CLI asks tokens for."""

HOSTS = frozenset({"management.azure.com", "management.core.windows.net"})
