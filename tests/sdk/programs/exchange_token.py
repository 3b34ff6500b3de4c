"""Asks the managed identity endpoint for what another identity provider exchanges; prints the token."""

from __future__ import annotations

import json

from azure.identity import ManagedIdentityCredential

print(json.dumps(ManagedIdentityCredential().get_token("api://AzureADTokenExchange/.default").token))
