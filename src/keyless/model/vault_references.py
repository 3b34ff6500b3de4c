"""What a Key Vault reference points to, read out of its value; nothing else of the value is kept.

Rules:
- a key-value is a reference by the media type of its content type; a store looks into no value;
- the value is a JSON object whose `uri` is `https://VAULT.vault.azure.net/secrets/NAME` with, or without, a
  version. Client libraries differ in what they take besides; what only some of them take is told as a fault;
- what is no such address is never repeated: it may be a secret that was pasted where it does not belong.

Pure. Sources: https://learn.microsoft.com/azure/azure-app-configuration/use-key-vault-references-dotnet-core,
https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
"""

from __future__ import annotations

import enum
import json
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

REFERENCE_MEDIA_TYPE = "application/vnd.microsoft.appconfig.keyvaultref+json"
_HTTPS_PORT = 443
_DOMAIN = ".vault.azure.net"
_OTHER_CLOUDS = (".vault.azure.cn", ".vault.usgovcloudapi.net", ".vault.microsoftazure.de")
_VAULT = re.compile(r"(?=.{3,24}$)[a-z](?:-?[a-z0-9])+")
_NAME = re.compile(r"[0-9A-Za-z-]{1,127}")
_VERSION = re.compile(r"[0-9A-Fa-f]{32}")
_SECRETS = "secrets"
_OTHER_OBJECTS = ("keys", "certificates")
_WITH_VERSION = 3


class Fault(enum.StrEnum):
    """Why a value points to no secret."""

    NOT_JSON = "not-json"
    """It is no JSON object."""
    NO_URI = "no-uri"
    """It has no `uri`, or one that is no text."""
    NOT_A_SECRET = "not-a-secret"
    """Its `uri` is not the address of a secret."""


@dataclass(frozen=True, slots=True)
class Target:
    """A secret, or with ``version`` one version of it.

    ``vault`` is its name in lower case, empty where ``host`` is one of another cloud; ``secret`` is spelled
    as it is written.
    """

    host: str
    vault: str
    secret: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Malformed:
    """No secret is pointed to; ``why`` says what is wrong, and repeats nothing that could be a secret."""

    fault: Fault
    why: str


def is_reference(content_type: str | None) -> bool:
    """Whether a key-value with this content type is a Key Vault reference."""
    return (content_type or "").partition(";")[0].strip().casefold() == REFERENCE_MEDIA_TYPE


def read_target(value: str | None) -> Target | Malformed:
    """What the value of a reference points to."""
    try:
        found = json.loads(value or "")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Malformed(Fault.NOT_JSON, 'its value is no JSON object: write `{"uri":"https://…"}`')
    uri = found.get("uri")
    if not isinstance(uri, str) or not uri:
        also = ": `secret_uri` is understood by one client only" if found.get("secret_uri") else ""
        return Malformed(Fault.NO_URI, f"its value has no `uri` that is text{also}")
    return _of_address(uri)


def _of_address(uri: str) -> Target | Malformed:
    try:
        parts = urlsplit(uri)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return _no_secret("its `uri` is no URL")
    if parts.scheme != "https":
        return _no_secret("its `uri` does not begin with `https://`: no client sends a token elsewhere")
    if parts.username is not None or parts.query or parts.fragment or port not in {None, _HTTPS_PORT}:
        return _no_secret("its `uri` has more than host and path: leave out user, port, query and fragment")
    vault = _vault_of(host)
    if vault is None:
        return _no_secret("the host of its `uri` is no vault's, which is `NAME.vault.azure.net`")
    return _of_path(host, vault, parts)


def _vault_of(host: str) -> str | None:
    """The vault that a host name is of, empty for one of another cloud; none where it is of no vault."""
    if any(_VAULT.fullmatch(host.removesuffix(domain)) for domain in _OTHER_CLOUDS if host.endswith(domain)):
        return ""
    name = host.removesuffix(_DOMAIN)
    return name if name != host and _VAULT.fullmatch(name) else None


def _of_path(host: str, vault: str, parts: SplitResult) -> Target | Malformed:
    path = [part for part in parts.path.split("/") if part]
    collection = path[0].casefold() if path else ""
    if collection in _OTHER_OBJECTS:
        return _no_secret(
            f"its `uri` points to one of the vault's {collection}: only secrets can be referred to, and a "
            "certificate with its private key is one, of the same name"
        )
    if collection != _SECRETS or not 1 < len(path) <= _WITH_VERSION or not _NAME.fullmatch(path[1]):
        return _no_secret("the path of its `uri` is not `/secrets/NAME` or `/secrets/NAME/VERSION`")
    version = path[2] if len(path) == _WITH_VERSION else ""
    if version and not _VERSION.fullmatch(version):
        return _no_secret("the version in its `uri` is not one: those have 32 hexadecimal digits")
    return Target(host, vault, path[1], version.lower())


def _no_secret(why: str) -> Malformed:
    return Malformed(Fault.NOT_A_SECRET, why)
