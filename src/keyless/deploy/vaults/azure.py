"""Another vault as a source, read by the official client libraries with the user's own credential.

Rules:
- who reads is whoever `DefaultAzureCredential` finds: the environment, a managed identity, the Azure CLI, …;
- of each secret the current version comes, with its id and properties; a disabled one gives no value out;
- a certificate comes by the secret behind it, with its chain and private key; its policy is the one that
  would make it. One that is not exportable stays there;
- the service gives no other private key out to anybody: every key is listed as left out;
- what the user may not list or read is left out with the service's own code;
- nothing is written there.

Source: https://learn.microsoft.com/python/api/overview/azure/key-vault
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from keyless.deploy.azure_clients import check_address, explained, missing
from keyless.deploy.sources import Choice, Left
from keyless.deploy.vaults.certificates import certificate_arrival
from keyless.deploy.vaults.found import Found, Making, secret_arrival
from keyless.model.resources import Vault
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.certificates.imported import Content
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.wire.errors import WireError

if TYPE_CHECKING:
    from azure.core.exceptions import HttpResponseError
    from azure.keyvault.certificates import CertificateClient, CertificateProperties
    from azure.keyvault.keys import KeyClient
    from azure.keyvault.secrets import KeyVaultSecret, SecretClient
    from azure.keyvault.secrets import SecretProperties as SecretOfVault

    from keyless.planes.keyvault.arrivals import Arrival
    from keyless.planes.keyvault.certificates.records import CertificateVersion
    from keyless.planes.keyvault.secrets.records import SecretVersion

_ID = re.compile(r"[0-9a-f]{32}")
NO_PRIVATE_KEYS = "the service gives no private key out: make another here, or import the original"


class Clients(NamedTuple):
    """The clients of one vault."""

    secrets: SecretClient
    keys: KeyClient
    certificates: CertificateClient


def read_vault(address: str, vault: Vault, choice: Choice, making: Making) -> Found:
    """What another vault holds.

    Raises:
        NotASource: the client libraries are missing, nobody is signed in, or the vault cannot be reached.
    """
    check_address(address, "a vault", "https://NAME.vault.azure.net")
    clients = _clients(address)
    with explained("vault"):
        return _Reader(clients, vault, choice, making).read()


def _clients(address: str) -> Clients:
    try:
        from azure.identity import DefaultAzureCredential
        from azure.keyvault.certificates import CertificateClient
        from azure.keyvault.keys import KeyClient
        from azure.keyvault.secrets import SecretClient
    except ImportError as error:
        raise missing(error, "vault", "vault") from error
    credential = DefaultAzureCredential()
    return Clients(
        SecretClient(address, credential),
        KeyClient(address, credential),
        CertificateClient(address, credential),
    )


class _Reader:
    def __init__(self, clients: Clients, vault: Vault, choice: Choice, making: Making) -> None:
        self._clients, self._vault, self._choice, self._making = clients, vault, choice, making
        self._found = Found()

    def read(self) -> Found:
        for properties in self._listed("secrets", self._clients.secrets.list_properties_of_secrets):
            self._secret(properties)
        for key in self._listed("keys", self._clients.keys.list_properties_of_keys):
            self._found.left.append(Left(f"key {key.name}", NO_PRIVATE_KEYS))
        for one in self._listed("certificates", self._clients.certificates.list_properties_of_certificates):
            self._certificate(one)
        return self._found

    def _certificate(self, listed: CertificateProperties) -> None:
        """A certificate, by the secret behind it."""
        name = str(listed.name)

        def arrival(secret: KeyVaultSecret) -> Arrival[CertificateVersion]:
            version = str(secret.properties.version)
            return certificate_arrival(
                name,
                Content(secret.value or ""),
                self._vault,
                self._making,
                tags=listed.tags or None,
                version_id=version if _ID.fullmatch(version) else None,
            )

        self._add(f"certificate {name}", name, listed.enabled, arrival)

    def _listed(self, what: str, list_all: Callable[[], Iterable[Any]]) -> list[Any]:
        """The objects of one kind that are wanted and stand behind no certificate."""
        from azure.core.exceptions import HttpResponseError

        try:
            return [
                one
                for one in list_all()
                if self._choice.takes(one.name) and not getattr(one, "managed", False)
            ]
        except HttpResponseError as error:
            if error.status_code != 403:
                raise
            self._found.left.append(Left(what, f"they may not be listed: {_code_of(error)}"))
            return []

    def _secret(self, listed: SecretOfVault) -> None:
        name = str(listed.name)
        self._add(f"secret {name}", name, listed.enabled, self._arrival)

    def _add(
        self, what: str, name: str, enabled: bool | None, arrival: Callable[[KeyVaultSecret], Arrival[Any]]
    ) -> None:
        """Note what a secret holds, or why it does not come."""
        from azure.core.exceptions import HttpResponseError

        if enabled is False:
            self._found.left.append(Left(what, "it is disabled, and gives no value out"))
            return
        try:
            self._found.add(arrival(self._clients.secrets.get_secret(name)))
        except HttpResponseError as error:
            if error.status_code not in {403, 404}:
                raise
            self._found.left.append(Left(what, f"it may not be read: {_code_of(error)}"))
        except WireError as error:
            self._found.left.append(Left(what, str(error)))

    def _arrival(self, secret: KeyVaultSecret) -> Arrival[SecretVersion]:
        said = secret.properties
        properties = SecretProperties(
            said.content_type,
            said.tags or None,
            None,
            int(said.not_before.timestamp()) if said.not_before else None,
            int(said.expires_on.timestamp()) if said.expires_on else None,
        )
        version = str(said.version)
        return secret_arrival(
            str(secret.name),
            SecretText(secret.value or ""),
            self._making,
            properties,
            version if _ID.fullmatch(version) else None,
        )


def _code_of(error: HttpResponseError) -> str:
    """The service's code; without one in the answer, its status."""
    code = getattr(getattr(error, "error", None), "code", None)
    return str(code or f"HTTP {error.status_code}")
