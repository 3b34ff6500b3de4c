"""The access keys of configuration stores: each a secret in base64, or the connection string that holds it.

Messages name the key and the source, never a value.

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-authentication-hmac#prerequisites
"""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlsplit

from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.stores import AccessKeyEntry
from keyless.estate.key_values import STORE_DOMAIN
from keyless.estate.reading import Located, Reading, Rejected
from keyless.estate.resolve.secrets import SecretSource, WithheldText
from keyless.model.estate import DeclaredAccessKey
from keyless.model.secret_text import SecretText

_LEAST_BYTES = 16
_HINT = "give the key's value as Azure shows it, or its whole connection string"


def read_access_keys(
    estate: EstateEntry, source: SecretSource, reading: Reading
) -> tuple[DeclaredAccessKey, ...]:
    """The access keys of all stores; those whose values cannot be had are reported and left out."""
    found = []
    for _, group in estate.resource_groups.items:
        for store, declared in group.configuration_stores.items:
            for key_id, entry in declared.access_keys.items:
                try:
                    secret = _secret(store.value, key_id, entry, source, reading)
                except Rejected:  # reported: the others are still worth a look
                    continue
                found.append(DeclaredAccessKey(store.value, key_id.value, secret, entry.read_only))
    return tuple(found)


def _secret(
    store: str, key_id: Located[str], entry: AccessKeyEntry, source: SecretSource, reading: Reading
) -> SecretText:
    """The key's value, in base64."""
    given = source.value_of(entry, reading)
    if isinstance(given, WithheldText):
        return given
    text = given.reveal().strip()
    if ";" in text:
        text = _of_connection_string(text, store, key_id, reading)
    if not _is_secret(text):
        raise reading.reject(key_id.at, f"the access key `{key_id.value}` is not base64 of a secret", _HINT)
    return SecretText(text)


def _of_connection_string(text: str, store: str, key_id: Located[str], reading: Reading) -> str:
    """The secret in ``Endpoint=…;Id=…;Secret=…``, which must be of this store and key."""
    parts = {name.strip(): value for name, _, value in (part.partition("=") for part in text.split(";"))}
    host = urlsplit(parts.get("Endpoint", "")).hostname
    if host != f"{store.casefold()}.{STORE_DOMAIN}" or parts.get("Id") != key_id.value:
        what = f"the connection string of `{key_id.value}` is of another store or key"
        raise reading.reject(key_id.at, what, _HINT)
    return parts.get("Secret", "").strip()


def _is_secret(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) >= _LEAST_BYTES
    except (binascii.Error, ValueError):
        return False
