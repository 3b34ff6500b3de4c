"""What kind of thing a value is: the one question that is asked where sealed values are read.

Rules:
- forms that cannot be mistaken come first (keys in PEM, marks), then connection strings and addresses,
  then what settings are made of;
- the answer never holds the value, nor a part of it other than the host of a known service;
- a value that is longer than a vault takes is looked at only as far as that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from keyless.catalog.shapes.addresses import shape_of_address
from keyless.catalog.shapes.pairs import shape_of_pairs
from keyless.catalog.shapes.plain import shape_of_plain
from keyless.catalog.shapes.shape import UNKNOWN, Holds, ValueShape, shapes

_LOOKED_AT = 32 * 1024
_KEY_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-")
_ANNOTATED, _ANNOTATED_AT = "JQQJ99", 52
_ANNOTATED_LENGTH, _WITH_CHECKSUM = 84, 88
_LONGEST_KEY = 88
_CLIENT_SECRET = re.compile(r"[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}")
_PEM = "-----BEGIN "
_SAS = ("sv=", "sig=")
_REFERENCES: Mapping[str, str] = {
    "@microsoft.keyvault(": "keyvault",
    "@microsoft.appconfiguration(": "appconfig",
    "keyvaultref:": "keyvault",
}


def shape_of(value: str) -> ValueShape:
    """What kind of thing a value is."""
    text = value[:_LOOKED_AT].strip()
    return (
        _reference(text)
        or _file(text)
        or _key(text)
        or _client_secret(text)
        or _token(text)
        or _signature(text)
        or _document(text)
        or shape_of_address(text)
        or shape_of_pairs(text)
        or shape_of_plain(text)
    )


def key_shape(text: str) -> ValueShape | None:
    """What a text is that is a key by its marks, a client secret, or a certificate with its key."""
    if len(text) > _LONGEST_KEY:
        return ValueShape("pkcs12", Holds.CREDENTIAL, ("entra",)) if _is_pkcs12(text) else None
    return _key(text) or _client_secret(text)


def _is_pkcs12(text: str) -> bool:
    return text.startswith("MI") and "IBAzCC" in text[:16]


def _reference(text: str) -> ValueShape | None:
    start = text[:40].casefold()
    for beginning, service in _REFERENCES.items():
        if start.startswith(beginning):
            return ValueShape("reference", Holds.REFERENCE, (service,))
    return None


def _file(text: str) -> ValueShape | None:
    """A private key in PEM, a PFX in base64, or a publish profile."""
    if _PEM in text and "PRIVATE KEY-----" in text:
        return ValueShape("private-key", Holds.CREDENTIAL, ("entra",))
    if text.startswith(_PEM):
        return ValueShape("certificate", Holds.CONFIGURATION)
    if _is_pkcs12(text):
        return ValueShape("pkcs12", Holds.CREDENTIAL, ("entra",))
    if "<publishprofile" in text[:2048].casefold():
        return ValueShape("publish-profile", Holds.CREDENTIAL, ("appservice",))
    return None


def _key(text: str) -> ValueShape | None:
    if len(text) > _WITH_CHECKSUM or not _KEY_CHARACTERS.issuperset(text):
        return None
    annotated = text.startswith(_ANNOTATED, _ANNOTATED_AT) and len(text) in {
        _ANNOTATED_LENGTH,
        _WITH_CHECKSUM,
    }
    length = _ANNOTATED_LENGTH if annotated else len(text)
    if length == _ANNOTATED_LENGTH and not annotated:
        return None
    for shape in shapes().marks:
        if shape.length == length and text.startswith(shape.mark, shape.at):
            return shape.of()
    return ValueShape("annotated-key", Holds.CREDENTIAL) if annotated else None


def _client_secret(text: str) -> ValueShape | None:
    if len(text) <= 40 and _CLIENT_SECRET.fullmatch(text):
        return ValueShape("client-secret", Holds.CREDENTIAL, ("entra",))
    return None


def _token(text: str) -> ValueShape | None:
    """A signed token: three parts, of which the first two are JSON in base64."""
    parts = text.split(".", 3)
    if len(parts) == 3 and all(part.startswith("eyJ") for part in parts[:2]):
        return ValueShape("token", Holds.CREDENTIAL)
    return None


def _signature(text: str) -> ValueShape | None:
    """A shared access signature by itself."""
    if text.startswith("SharedAccessSignature "):
        return ValueShape("messaging-sas", Holds.CREDENTIAL, ("servicebus", "eventhubs", "relay"))
    if "://" not in text and all(name in text for name in _SAS) and "&" in text:
        return ValueShape("storage-sas", Holds.CREDENTIAL, ("blob", "queue", "table", "file"))
    return None


def _document(text: str) -> ValueShape | None:
    """JSON: the credentials of an application, or what nobody can tell."""
    if not text.startswith(("{", "[")):
        return None
    try:
        found = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, RecursionError):
        return UNKNOWN
    if isinstance(found, dict):
        names = {str(name).casefold() for name in found}
        if {"clientid", "clientsecret"} <= names:
            return ValueShape("application-credentials", Holds.CREDENTIAL, ("entra",))
        if names == {"uri"} and "/secrets/" in str(found.get("uri")):
            return ValueShape("vault-reference", Holds.REFERENCE, ("keyvault",))
    return UNKNOWN
