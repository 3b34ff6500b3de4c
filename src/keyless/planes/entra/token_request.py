"""A token request as it was sent: form fields and an `Authorization` header, read without trust.

Rules:
- a body that is not a form holds no parameters; one that is holds each of them once, in UTF-8;
- the client proves itself in one way: in the form, or in HTTP Basic, whose two halves are form-encoded;
- what is not read here (`client_info`, `x-client-*`, `response_type`, ...) has no meaning.

Pure. Secrets, assertions and malformed values are never repeated in an error.

Source: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 and #section-4.4.2
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

import msgspec

from keyless.model.secret_text import SecretText
from keyless.planes.entra.refusals import malformed_request, missing_parameter, repeated_parameter
from keyless.tokens.assertions import ASSERTION_TYPE
from keyless.wire.errors import InvalidGrant

MAX_FIELDS = 50
_FORM = "application/x-www-form-urlencoded"
_CAPABILITY = re.compile(r"[A-Za-z0-9_-]{1,32}")
_MAX_CAPABILITIES = 10


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks, and with what: a client secret or an assertion.

    ``client_id`` is none where only the assertion says who asks.
    """

    client_id: str | None
    secret: SecretText | None = None
    assertion: SecretText | None = None


class _Wanted(msgspec.Struct):
    values: tuple[str, ...] = ()


class _AccessTokenClaims(msgspec.Struct):
    xms_cc: _Wanted | None = None


class _ClaimsRequest(msgspec.Struct):
    access_token: _AccessTokenClaims | None = None


def form_fields(body: bytes, content_type: str | None) -> Mapping[str, str]:
    """The fields of a form-encoded body, by name.

    Raises:
        InvalidGrant: it is not UTF-8, has too many fields, or one of them twice.
    """
    if (content_type or _FORM).partition(";")[0].strip().lower() != _FORM:
        return {}
    if body.count(b"&") >= MAX_FIELDS:
        raise malformed_request(f"its body has more than {MAX_FIELDS} fields")
    fields: dict[str, str] = {}
    try:
        pairs = [pair.partition("=") for pair in body.decode().split("&") if pair]
        decoded = [(_decoded(name), _decoded(value)) for name, _, value in pairs]
    except ValueError:
        raise malformed_request("its body is not a form in UTF-8") from None
    for name, value in decoded:
        if name in fields:
            raise repeated_parameter(name)
        fields[name] = value
    return fields


def _decoded(text: str) -> str:
    """A name or value as it was before it was form-encoded; most need no decoding, which takes its time."""
    return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text


def credentials(fields: Mapping[str, str], authorization: str | None) -> Credentials | None:
    """How the client proves itself; none where it does not.

    Raises:
        InvalidGrant: it does so in more than one way, or its client id is missing.
    """
    basic = _basic(authorization)
    if basic is not None:
        others = fields.keys() & {"client_secret", "client_assertion"}
        if others or fields.get("client_id", basic.client_id) != basic.client_id:
            raise _ambiguous()
        return basic
    secret, assertion = fields.get("client_secret"), fields.get("client_assertion")
    if not secret and not assertion:
        return None
    if secret and assertion:
        raise _ambiguous()
    if assertion:
        return _assertion(fields, assertion)
    return Credentials(required(fields, "client_id"), SecretText(secret or ""))


def _assertion(fields: Mapping[str, str], assertion: str) -> Credentials:
    """An assertion; with one the client id may be left out (RFC 7521, section 4.2)."""
    if required(fields, "client_assertion_type") != ASSERTION_TYPE:
        raise malformed_request(f"its 'client_assertion_type' is not '{ASSERTION_TYPE}'")
    return Credentials(fields.get("client_id") or None, assertion=SecretText(assertion))


def required(fields: Mapping[str, str], name: str) -> str:
    """A field that must be there.

    Raises:
        InvalidGrant: it is missing or empty.
    """
    value = fields.get(name)
    if not value:
        raise missing_parameter(name)
    return value


def capabilities(claims: str | None) -> tuple[str, ...]:
    """The client capabilities (``xms_cc``) that a `claims` parameter asks to have repeated in the token.

    Raises:
        InvalidGrant: the parameter is not a claims request.
    """
    if not claims:
        return ()
    try:
        wanted = msgspec.json.decode(claims, type=_ClaimsRequest)
    except (msgspec.DecodeError, UnicodeError):
        raise malformed_request("its 'claims' parameter is not a claims request") from None
    asked = wanted.access_token.xms_cc if wanted.access_token else None
    values = asked.values if asked else ()
    return tuple(one for one in values if _CAPABILITY.fullmatch(one))[:_MAX_CAPABILITIES]


def _ambiguous() -> InvalidGrant:
    return malformed_request(
        "the client authenticates in more than one way: send 'client_secret' alone, 'client_assertion' "
        "alone, or HTTP Basic"
    )


def _basic(authorization: str | None) -> Credentials | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise malformed_request("its 'Authorization' header is not HTTP Basic") from None
    if not colon or not client_id or not secret:
        raise malformed_request("its 'Authorization' header holds no client id and secret")
    return Credentials(unquote_plus(client_id), SecretText(unquote_plus(secret)))
