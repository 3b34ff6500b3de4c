"""A credential within a written text: a key by its marks, a token, a password in a connection string.

Rules:
- unlike a stored value, which is a secret until it is known not to be one, a text in a file is none until its
  shape says that it is: nothing is concluded from chance alone;
- whatever only stands for a value is none, and neither are the keys of emulators;
- a private key needs its body: the line that begins one stands in much code.
"""

from __future__ import annotations

import re

from keyless.catalog.shapes.of_value import key_shape, shape_of
from keyless.catalog.shapes.placeholders import is_known_to_all, stands_for_something
from keyless.catalog.shapes.shape import Holds, ValueShape
from keyless.catalog.shapes.tokens import issued_token

_SHORTEST = 12
_LOOKED_AT = 64 * 1024
_CANDIDATE = re.compile(r"[A-Za-z0-9+/_~.\-]{20,512}+={0,2}")
_PEM = re.compile(r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----")
_BODY = re.compile(r"[A-Za-z0-9+/=]")
_PAIR = re.compile(
    r"(?:^|[;,?&\s\"'])(accountkey|sharedaccesskey|accesskey|password|pwd|sig|clientsecret|secret|sharedaccesssignature)"
    r"\s?=\s?([^;&\s\"',]{1,512})",
    re.IGNORECASE,
)
_USER = re.compile(
    r"(?:^|[\s\"'=(])([a-z][a-z0-9+.-]{1,30})://([^\s/@:\"'<>]{0,128}):([^\s/@\"'<>]{1,256})@([^\s/\"'?]{1,253})",
    re.IGNORECASE,
)
_WEAK_HOSTS = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal"})  # noqa: S104
_LONG_KEYS = frozenset({"accountkey", "sharedaccesskey", "accesskey", "sig"})
_UNSURE = frozenset({"other-address", "address-with-key"})


def credential_in(text: str) -> ValueShape | None:
    """The credential that a text holds; none where it holds none."""
    if len(text) < _SHORTEST:
        return None
    start = text[:_LOOKED_AT]
    return _private_key(start) or _pair(start) or _userinfo(start) or _word(start)


def _private_key(text: str) -> ValueShape | None:
    if "PRIVATE KEY-----" not in text:
        return None
    head = _PEM.search(text)
    if head is None:
        return None
    rest = text[head.end() : head.end() + 400].partition("-----")[0].replace("\\n", "")
    body = "".join(_BODY.findall(rest))
    if len(body) < 48 or len(set(body)) < 12 or "..." in rest:
        return None
    return ValueShape("private-key", Holds.CREDENTIAL, ("entra",))


def _pair(text: str) -> ValueShape | None:
    """A connection string with its secret in it, or a signature in an address."""
    if "=" not in text or is_known_to_all(text):
        return None
    whole: ValueShape | None = None
    has_endpoint = "endpoint=" in text.casefold()
    for found in _PAIR.finditer(text):
        name, value = found.group(1).casefold(), found.group(2)
        if name in _LONG_KEYS and len(value) < 20:
            continue
        if name == "secret" and not has_endpoint:
            continue
        if stands_for_something(value):
            continue
        shape = whole = whole or shape_of(text)
        if shape.holds is Holds.CREDENTIAL and shape.id not in _UNSURE and not _is_prose(shape, text):
            return shape
        if name in _LONG_KEYS and (name != "sig" or ("sv=" in text and len(value) >= 40)):
            kind = "storage-sas" if name == "sig" else "other-connection-string"
            return ValueShape(kind, Holds.CREDENTIAL)
    return None


def _is_prose(shape: ValueShape, text: str) -> bool:
    """Whether a text only speaks of names and values: no connection string has lines or lacks semicolons."""
    return shape.id == "other-connection-string" and ("\n" in text.strip() or ";" not in text)


def _userinfo(text: str) -> ValueShape | None:
    if "://" not in text or "@" not in text:
        return None
    for found in _USER.finditer(text):
        user, password, host = found.group(2), found.group(3), found.group(4).casefold()
        if stands_for_something(password) or password.casefold() in {
            user.casefold(),
            "password",
            "pass",
            "pwd",
        }:
            continue
        if "example" in host or "{" in host or "$" in host:
            continue
        whole = shape_of(found.group().strip("\"'=( \n\t"))
        known = (
            whole
            if whole.holds is Holds.CREDENTIAL
            else ValueShape("address-with-password", Holds.CREDENTIAL)
        )
        if host.partition(":")[0] in _WEAK_HOSTS or "." not in host:
            return ValueShape("local-address-with-password", Holds.CREDENTIAL, known.services)
        return known
    return None


def _word(text: str) -> ValueShape | None:
    for found in _CANDIDATE.finditer(text):
        word = found.group()
        issued = issued_token(word)
        if issued is not None:
            if not stands_for_something(word):
                return ValueShape(issued, Holds.CREDENTIAL)
            continue
        shape = _of_word(word)
        if shape is not None:
            return shape
    return None


def _of_word(word: str) -> ValueShape | None:
    """A key by its marks, a client secret, or a signed token."""
    if word.startswith("eyJ"):
        parts = word.split(".")
        whole = len(parts) == 3 and parts[1].startswith("eyJ") and len(parts[2]) >= 20
        return ValueShape("token", Holds.CREDENTIAL) if whole else None
    shape = key_shape(word)
    return None if shape is None or is_known_to_all(word) or _is_dull(word) else shape


def _is_dull(word: str) -> bool:
    """Whether a word of a key's length has hardly any different characters, as those in examples have."""
    return len(set(word)) < 10
