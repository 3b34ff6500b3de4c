"""Another configuration store as a source, read by the official client library.

Rules:
- it is read with the user's own credential, or with a connection string where one is given, whose endpoint
  must be the store's;
- every key-value comes with its label, content type, tags and lock; a reference points where it did;
- nothing is written there.

Source: https://learn.microsoft.com/python/api/overview/azure/appconfiguration-readme
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

from keyless.deploy.azure_clients import check_address, explained, missing
from keyless.deploy.sources import Choice, NotASource
from keyless.deploy.stores.found import Form, FoundSettings
from keyless.model.secret_text import SecretText
from keyless.planes.appconfig.key_values.records import Name
from keyless.planes.appconfig.key_values.rules import Content

if TYPE_CHECKING:
    from azure.appconfiguration import AzureAppConfigurationClient, ConfigurationSetting


def read_store(
    address: str, form: Form, choice: Choice, connection_string: SecretText | None = None
) -> FoundSettings:
    """What another store holds.

    Raises:
        NotASource: the client library is missing, nobody is signed in, or the store cannot be read.
    """
    check_address(address, "a store", "https://NAME.azconfig.io")
    client = _client(address, connection_string)
    found = FoundSettings(form, choice, has_labels=True, has_features=True)
    with explained("store"):
        for one in client.list_configuration_settings():
            found.add(Name(str(one.key), one.label), _content(one), locked=bool(one.read_only))
    return found


def _content(one: ConfigurationSetting) -> Content:
    return Content(one.value, one.content_type, dict(one.tags or {}))


def _client(address: str, connection_string: SecretText | None) -> AzureAppConfigurationClient:
    try:
        from azure.appconfiguration import AzureAppConfigurationClient
        from azure.identity import DefaultAzureCredential
    except ImportError as error:
        raise missing(error, "store", "store") from error
    if connection_string is None:
        return AzureAppConfigurationClient(address, DefaultAzureCredential())
    parts = _parts(connection_string)
    if parts.get("endpoint", "").rstrip("/").casefold() != address.rstrip("/").casefold():
        raise NotASource(f"the connection string is not one of `{address}`")
    try:
        binascii.a2b_base64(parts.get("secret", ""))  # the library fails at it with its first request
        return AzureAppConfigurationClient.from_connection_string(connection_string.reveal())
    except ValueError:
        raise NotASource("the connection string has no id, or no secret in base64") from None


def _parts(connection_string: SecretText) -> dict[str, str]:
    """What a connection string says, by the names in it without case."""
    pairs = (part.partition("=") for part in connection_string.reveal().split(";"))
    return {name.strip().casefold(): value for name, _, value in pairs}
