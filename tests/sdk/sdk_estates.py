"""The estate that the programs run in: who is there, and texts that declare it with the roles wanted."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import NamedTuple

TENANT_ID = "7e4a0000-0000-4000-8000-000000000001"
SUBSCRIPTION_ID = "5e1f0000-0000-4000-8000-000000000002"
GROUP = f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/orders-rg"
VAULT_URL = "https://contoso-orders.vault.azure.net"
ENDPOINT = "https://contoso-orders.azconfig.io"
VAULT_ID = f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso-orders"
STORE_ID = f"{GROUP}/providers/Microsoft.AppConfiguration/configurationStores/contoso-orders"

SECRETS_OFFICER = "Key Vault Secrets Officer"
VAULT_ADMINISTRATOR = "Key Vault Administrator"
SECRETS_USER = "Key Vault Secrets User"
CERTIFICATES_OFFICER = "Key Vault Certificates Officer"
CRYPTO_OFFICER = "Key Vault Crypto Officer"
DATA_OWNER = "App Configuration Data Owner"
DATA_READER = "App Configuration Data Reader"
ON_VAULT = "{vault: contoso-orders}"
ON_STORE = "{store: contoso-orders}"

PLACES = {"VAULT_URL": VAULT_URL, "APPCONFIG_ENDPOINT": ENDPOINT}
"""Where the programs find the vault and the store, as any app is told."""


class Identity(NamedTuple):
    """The ids of an identity; ``resource_id`` is its host's where it is system-assigned."""

    client_id: str
    principal_id: str
    resource_id: str


def _user_assigned(name: str, number: int) -> Identity:
    place = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    return Identity(_guid("c", number), _guid("b", number), place)


def _guid(first: str, number: int) -> str:
    return f"{first}0000000-0000-4000-8000-{number:012d}"


WEB = Identity(_guid("c", 1), _guid("b", 1), f"{GROUP}/providers/Microsoft.Web/sites/orders-web")
MACHINE = Identity(
    _guid("c", 2), _guid("b", 2), f"{GROUP}/providers/Microsoft.Compute/virtualMachines/orders-vm"
)
SHARED = _user_assigned("orders-shared", 3)
SECOND = _user_assigned("orders-second", 4)
STRANGER = _user_assigned("orders-stranger", 5)
APPLICATION = Identity(_guid("c", 6), _guid("b", 6), "")
APPLICATION_SECRET = "the-legacy-way"

ALL_IDS = json.dumps(
    {
        name: {
            "client_id": identity.client_id,
            "object_id": identity.principal_id,
            "resource_id": identity.resource_id,
        }
        for name, identity in (("shared", SHARED), ("second", SECOND), ("stranger", STRANGER))
    }
)
"""What the programs that ask for tokens are told of the user-assigned identities."""

_HEAD = f"""\
version: 1
tenant: {{name: contoso, id: {TENANT_ID}}}
subscription: {{name: orders-dev, id: {SUBSCRIPTION_ID}}}
resourceGroups:
  orders-rg:
"""
_IDENTITIES = "".join(
    f"      {name}: {{clientId: {identity.client_id}, principalId: {identity.principal_id}}}\n"
    for name, identity in (
        ("orders-shared", SHARED),
        ("orders-second", SECOND),
        ("orders-stranger", STRANGER),
    )
)
_HOSTS = f"""\
    identities:
{_IDENTITIES}\
    compute:
      orders-web:
        type: Microsoft.Web/sites
        identity:
          systemAssigned: {{clientId: {WEB.client_id}, principalId: {WEB.principal_id}}}
          userAssigned: [orders-shared, orders-second]
      orders-lone:
        type: Microsoft.Web/sites
        identity: {{userAssigned: [orders-shared]}}
      orders-none:
        type: Microsoft.Web/sites
      orders-vm:
        type: Microsoft.Compute/virtualMachines
        identity:
          systemAssigned: {{clientId: {MACHINE.client_id}, principalId: {MACHINE.principal_id}}}
          userAssigned: [orders-shared, orders-second]
      orders-lone-vm:
        type: Microsoft.Compute/virtualMachines
        identity: {{userAssigned: [orders-shared]}}
      orders-crowded-vm:
        type: Microsoft.Compute/virtualMachines
        identity: {{userAssigned: [orders-shared, orders-second]}}
      orders-none-vm:
        type: Microsoft.Compute/virtualMachines
"""
_WEB_APP = f"""\
    compute:
      orders-web:
        type: Microsoft.Web/sites
        identity:
          systemAssigned: {{clientId: {WEB.client_id}, principalId: {WEB.principal_id}}}
"""
ACCESS_KEY_ID = "Kd8-l9-s0:orders+key"
_ACCESS_KEY = base64.b64encode(bytes(range(32))).decode()
BY_ACCESS_KEY, BY_READING_KEY = (
    {"APPCONFIG_CONNECTION_STRING": f"Endpoint={ENDPOINT};Id={ACCESS_KEY_ID}{which};Secret={_ACCESS_KEY}"}
    for which in ("", "-read")
)
"""How an app is told of the store that opens it with an access key, for all or for reading."""
_RESOURCES = """\
    vaults:
      contoso-orders:
        secrets:
{secrets}
    configurationStores:
      contoso-orders:
        accessKeys:
          {key_id}: {{value: "{key}"}}
          {key_id}-read: {{value: "{key}", readOnly: true}}
        settings:
{settings}
"""
APPLICATIONS = f"""\
applications:
  orders-legacy:
    clientId: {APPLICATION.client_id}
    principalId: {APPLICATION.principal_id}
    clientSecret: {APPLICATION_SECRET}
"""


def many_hosts(*roles: tuple[str, str, str]) -> str:
    """An estate with hosts of every kind and an application; ``roles`` are principal, role and scope."""
    resources = _resources(secrets="          greeting: hello", settings="          colour: blue")
    return _HEAD + _HOSTS + resources + APPLICATIONS + _assignments(roles)


def one_web_app(*roles: tuple[str, str], secrets: str = "{}", settings: str = "[]") -> str:
    """An estate of one web app, a vault and a store; ``roles`` are a role and a scope, given to the app."""
    resources = _resources(secrets=_indented(secrets), settings=_indented(settings))
    return _HEAD + _WEB_APP + resources + _assignments([("orders-web", *role) for role in roles])


def _resources(secrets: str, settings: str) -> str:
    return _RESOURCES.format(secrets=secrets, settings=settings, key_id=ACCESS_KEY_ID, key=_ACCESS_KEY)


def _assignments(roles: Iterable[tuple[str, str, str]]) -> str:
    lines = [f"  - {{principal: {who}, role: {role}, scope: {scope}}}\n" for who, role, scope in roles]
    return "".join(["roleAssignments:\n", *lines]) if lines else ""


def _indented(text: str) -> str:
    return "\n".join(f"          {line}" for line in text.strip().splitlines())
