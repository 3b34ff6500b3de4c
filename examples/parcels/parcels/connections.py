"""The clients that all four services use.

A connection string or a client secret is used where one is configured; without, the platform's own identity
is. So a service is moved off its credential by taking it out of the configuration.
"""

from __future__ import annotations

import os

from azure.appconfiguration import AzureAppConfigurationClient
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient


def settings_client() -> AzureAppConfigurationClient:
    """The configuration store."""
    connection_string = os.environ.get("PARCELS_CONNECTION_STRING")
    if connection_string:
        return AzureAppConfigurationClient.from_connection_string(connection_string)
    return AzureAppConfigurationClient(os.environ["PARCELS_CONFIG_ENDPOINT"], DefaultAzureCredential())


def vault_client() -> SecretClient:
    """The vault."""
    return SecretClient(os.environ["PARCELS_VAULT_ENDPOINT"], DefaultAzureCredential())
