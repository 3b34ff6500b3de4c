"""Requests signed with an access key (HMAC-SHA256): what is signed, when, and whether by the key.

Rules, each refused in the words of Azure's challenge:
- the header names the key (`Credential`), what is signed (`SignedHeaders`) and the `Signature`, each once;
  what else it says is not looked at;
- signed are at least a date (`x-ms-date`, or `Date`), `host` and `x-ms-content-sha256`, and every header that
  is named is there, once: of two values nobody knows which one was signed;
- the date lies within 15 minutes of now, in whatever form; its text goes into what is signed as it came;
- the signature is compared in constant time, and the body's hash, whatever the method, with the signed one.

The same request may come again until its date is too old: nothing in the scheme tells the two apart.

The path is signed as it was sent, percent-encoded, and comes here decoded. So the signature is compared with
every encoding that the client libraries make of the path. That lets nothing pass that was not signed: each of
them is a path (it has no `?` or `#`, and no `%` but its own) and decodes to this very one.

Pure: no clock, no store.

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-authentication-hmac
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

SCHEME = "HMAC-SHA256"
SKEW_S = 15 * 60
_DATES = ("x-ms-date", "date")
_CONTENT = "x-ms-content-sha256"
_MAX_SIGNED_HEADERS = 32
_MAX_CHARACTERS = 4096
_PYTHON_DATE = re.compile(r"([A-Z][a-z]{2}), (\d{2}) (\d{4}) (\d{2}:\d{2}:\d{2})(?:\.\d+)? GMT")
_REPEATED = "Request header is provided more than once"
_NOT_PROVIDED = "Signed request header is not provided"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

HeaderOf = Callable[[str], "str | None"]
"""Gives the value of a header by its lower-case name."""


class KeyRejected(Exception):
    """A signed request that does not hold; ``description`` is what the challenge says of it.

    ``kind`` is the same without anything that the request brought: one of a few texts.
    """

    def __init__(self, description: str, kind: str = "") -> None:
        super().__init__(description)
        self.description = description
        self.kind = kind or description


@dataclass(frozen=True, slots=True)
class Authorization:
    """What the `Authorization` header says: the key's id, the headers that are signed, and the signature."""

    credential: str
    signed_headers: tuple[str, ...]
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as far as it is signed; ``path`` is decoded, ``query`` as it was sent."""

    method: str
    path: str
    query: str
    header: HeaderOf


def is_signed(authorization: str | None) -> bool:
    """Whether a header is one of this scheme."""
    if authorization is None or authorization[: len(SCHEME)].upper() != SCHEME:
        return False
    return not authorization[len(SCHEME) : len(SCHEME) + 1].strip()


def read_authorization(text: str) -> Authorization:
    """The parts of the header, which are separated by `&`, or by commas as in some of Azure's samples.

    Raises:
        KeyRejected: one of them is missing, or given twice.
    """
    values = text[len(SCHEME) :]
    parts = [part.strip().partition("=") for part in re.split("[&,]", values[:_MAX_CHARACTERS])]
    given = {name: value for name, _, value in parts}
    wanted = ("Credential", "SignedHeaders", "Signature")
    missing = "".join(f"[{name}]" for name in wanted if not given.get(name))
    if missing or len(given) != len(parts) or len(values) > _MAX_CHARACTERS:
        raise KeyRejected(f"{missing or '[Credential][SignedHeaders][Signature]'} is required")
    names = tuple(name.strip().lower() for name in given["SignedHeaders"].split(";"))
    return Authorization(given["Credential"], names, _signature(given["Signature"]))


def _signature(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise KeyRejected("Invalid Signature") from None


def check_single(authorization: Authorization, times: Callable[[str], int]) -> None:
    """Whether nothing that counts is there twice; ``times`` says how often a header is.

    Raises:
        KeyRejected: something is.
    """
    for name in ("authorization", *authorization.signed_headers):
        if times(name) > 1:
            raise KeyRejected(f"Request header '{_shown(name)}' is provided more than once", _REPEATED)


def check_headers(authorization: Authorization, header: HeaderOf, now: float) -> None:
    """Whether all that must be signed is, is there, and is of now (epoch seconds).

    Raises:
        KeyRejected: it is not.
    """
    names = authorization.signed_headers
    for needed in ("host", _CONTENT):
        if needed not in names:
            raise KeyRejected(f"{needed} is required as a signed header")
    dates = [name for name in _DATES if name in names]
    if not dates:
        raise KeyRejected("x-ms-date is required as a signed header")
    if len(names) > _MAX_SIGNED_HEADERS or "" in names:
        raise KeyRejected("Invalid SignedHeaders parameter")
    for name in names:
        if header(name) is None:
            raise KeyRejected(f"Signed request header '{_shown(name)}' is not provided", _NOT_PROVIDED)
    if abs(_moment(header(dates[0]) or "") - now) > SKEW_S:
        raise KeyRejected("The access token has expired")


def _shown(name: str) -> str:
    """A header's name that the request brought, where it can be one."""
    return name if re.fullmatch(r"[a-z0-9-]{1,64}", name) else "?"


def _moment(text: str) -> float:
    """Epoch seconds of a date: RFC 1123 and its elders, ISO 8601, or what Python's client sends."""
    python = _PYTHON_DATE.fullmatch(text)
    try:
        if python is not None:
            month = _MONTHS.index(python[1]) + 1
            moment = datetime.fromisoformat(f"{python[3]}-{month:02}-{python[2]}T{python[4]}+00:00")
        elif text[:1].isdigit():
            moment = datetime.fromisoformat(text)
        else:
            moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        raise KeyRejected("Invalid access token date") from None


def check_signature(authorization: Authorization, secret: bytes, request: Signed) -> None:
    """Whether the key has signed the request.

    Raises:
        KeyRejected: it has not.
    """
    values = ";".join(request.header(name) or "" for name in authorization.signed_headers)
    matched = False
    for path in encodings(request.path):
        target = f"{path}?{request.query}" if request.query else path
        text = f"{request.method.upper()}\n{target}\n{values}"
        expected = hmac.digest(secret, _encoded(text), hashlib.sha256)
        matched |= hmac.compare_digest(expected, authorization.signature)
    if not matched:
        raise KeyRejected("Invalid Signature")


def _encoded(text: str) -> bytes:
    """A text as bytes, of which no two texts have the same."""
    return text.encode(errors="surrogatepass")


def check_content(header: HeaderOf, body: bytes) -> None:
    """Whether the body is the one whose hash was signed.

    Raises:
        KeyRejected: it is another.
    """
    actual = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if not hmac.compare_digest(actual.encode(), _encoded(header(_CONTENT) or "")):
        raise KeyRejected("Invalid request content hash")


_SEGMENT_SAFE = (
    "",  # Python's quote with nothing safe, .NET's EscapeDataString
    "!*'()",  # JavaScript's encodeURIComponent
    "!$'()*,&=;@:",  # yarl, which Python's asynchronous client signs with
    "!$&'()*+,;=:@",  # Java's path escaper
    "$&+=:@",  # Go's PathEscape
)
"""What client libraries leave as it is in the last part of a path, besides letters, digits and `-._~`."""

_PATH_SAFE = ("/", "/!$&'()*+,;=:@")
"""The same for clients that leave the slashes of a key as they are: encode all else, or only what must be."""


def encodings(path: str) -> tuple[str, ...]:
    """The ways in which clients send a decoded path, each once: as it is, where it can be, and encoded."""
    _, collection, rest = (*path.split("/", 2), "", "")[:3]
    plain = () if re.search("[%?#]", path) else (path,)
    if not rest:
        return tuple(dict.fromkeys((*plain, quote(path, safe="/"))))
    segments = (f"/{quote(collection)}/{quote(rest, safe=safe)}" for safe in (*_SEGMENT_SAFE, *_PATH_SAFE))
    return tuple(dict.fromkeys((*plain, *segments)))
