"""A credential within a written text: a key by its marks, a token, a password in a connection string.

Rules:
- unlike a stored value, which is a secret until it is known not to be one, a text in a file is none until its
  shape says that it is: nothing is concluded from chance alone;
- whatever only stands for a value is none, and neither are the keys of emulators;
- what is written in base64 is decoded, twice at most, and counts as what it is;
- a private key needs its body: the line that begins one stands in much code.
"""

from __future__ import annotations

import binascii
import re

from keyless.catalog.shapes.of_value import key_shape, shape_of
from keyless.catalog.shapes.placeholders import is_known_to_all, stands_for_something
from keyless.catalog.shapes.shape import Holds, ValueShape
from keyless.catalog.shapes.tokens import issued_token

_SHORTEST = 12
_SHORTEST_ENCODED = 40
_MOST_ENCODED = 2
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
_WEBHOOK = re.compile(
    r"https://(?:hooks\.slack\.com/services/T[A-Z0-9]{7,12}/B[A-Z0-9]{7,12}/[A-Za-z0-9]{20,28}"
    r"|discord(?:app)?\.com/api/webhooks/\d{16,21}/[\w-]{50,80}"
    r"|[\w.-]{1,80}\.webhook\.office\.com/webhookb2/[0-9a-f@-]{60,90}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36})",
    re.ASCII,
)
_TELEGRAM = re.compile(r"(?<![\w:])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![\w-])")
_WEAK_HOSTS = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal"})  # noqa: S104
_NO_PASSWORDS = frozenset({"password", "pass", "pwd", "secret"})
_LONG_KEYS = frozenset({"accountkey", "sharedaccesskey", "accesskey", "sig"})
_UNSURE = frozenset({"other-address", "address-with-key"})


def credential_in(text: str, encoded: int = 0) -> ValueShape | None:
    """The credential that a text holds; none where it holds none. ``encoded`` is how often it was decoded."""
    if len(text) < _SHORTEST:
        return None
    start = text[:_LOOKED_AT]
    found = _private_key(start) or _pair(start) or _userinfo(start) or _webhook(start)
    return found or _word(start, encoded)


def _webhook(text: str) -> ValueShape | None:
    """The address of a webhook, or the token of a bot."""
    found = _WEBHOOK.search(text) if "hook" in text else None
    if found is not None and not _is_sample(found.group()):
        return ValueShape("webhook", Holds.CREDENTIAL)
    if ":AA" in text and _TELEGRAM.search(text):
        return ValueShape("telegram-token", Holds.CREDENTIAL)
    return None


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
    word: ValueShape | None = None
    has_endpoint = "endpoint=" in text.casefold()
    for found in _PAIR.finditer(text):
        name, value = found.group(1).casefold(), found.group(2)
        if name in _LONG_KEYS and len(value) < 20:
            continue
        if name == "secret" and not has_endpoint:
            continue
        if stands_for_something(value):
            continue
        if value.casefold() in _NO_PASSWORDS:
            word = word or ValueShape("connection-string-with-a-word", Holds.CREDENTIAL)
            continue
        shape = whole = whole or shape_of(text)
        if shape.holds is Holds.CREDENTIAL and shape.id not in _UNSURE and not _is_prose(shape, text):
            return shape
        if name in _LONG_KEYS and (name != "sig" or ("sv=" in text and len(value) >= 40)):
            kind = "storage-sas" if name == "sig" else "other-connection-string"
            return ValueShape(kind, Holds.CREDENTIAL)
    return word if ";" in text else None


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


def _is_sample(address: str) -> bool:
    return any(run in address.upper() for run in ("12345", "00000", "XXXXX"))


def _word(text: str, encoded: int) -> ValueShape | None:
    for found in _CANDIDATE.finditer(text):
        word = found.group()
        issued = issued_token(word)
        if issued is not None:
            if not stands_for_something(word):
                return ValueShape(issued, Holds.CREDENTIAL)
            continue
        shape = _of_word(word) or _decoded(word, encoded)
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


def _decoded(word: str, encoded: int) -> ValueShape | None:
    """The credential that a word is in base64, twice at most."""
    if len(word) < _SHORTEST_ENCODED or encoded >= _MOST_ENCODED or word.startswith("eyJ"):
        return None
    try:
        plain = binascii.a2b_base64(word[: len(word) // 4 * 4], strict_mode=True)
    except binascii.Error:
        return None
    text = plain.decode("ascii", "ignore")
    if (
        len(text) != len(plain)
        or "\0" in text
        or not text.replace("\n", " ").replace("\r", " ").isprintable()
    ):
        return None
    return credential_in(text, encoded + 1)


def _is_dull(word: str) -> bool:
    """Whether a word of a key's length has hardly any different characters, as those in examples have."""
    return len(set(word)) < 10
