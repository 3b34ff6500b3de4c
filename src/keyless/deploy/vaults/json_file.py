"""Secrets of a JSON file: names with values, or with what else is to be said of them.

Rules:
- `{"name": "value"}` is a secret; numbers and truth values are taken as JSON writes them;
- `{"name": {"value": …, "contentType": …, "tags": {…}, "enabled": …, "nbf": …, "exp": …}}` says more;
  times are seconds since 1970, or texts in ISO 8601;
- what is neither, or says something unknown, is left out; no message holds a value.
"""

from __future__ import annotations

from typing import Any

import msgspec

from keyless.deploy.sources import Choice, Left, NotASource
from keyless.deploy.vaults.found import Found, Making, name_in_vault, secret_arrival
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.secrets.properties import NO_PROPERTIES, SecretProperties
from keyless.wire.errors import WireError
from keyless.wire.moments import read_moment


class _Entry(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    value: str
    content_type: str | None = None
    tags: dict[str, str] | None = None
    enabled: bool | None = None
    nbf: int | str | None = None
    exp: int | str | None = None

    def __repr__(self) -> str:
        return "_Entry(…)"

    def properties(self) -> SecretProperties:
        return SecretProperties(
            self.content_type, self.tags, self.enabled, _moment(self.nbf), _moment(self.exp)
        )


def read_json(document: Any, choice: Choice, making: Making) -> Found:  # noqa: ANN401  # any JSON
    """What a decoded file holds.

    Raises:
        NotASource: it is no object.
    """
    if not isinstance(document, dict):
        raise NotASource('the JSON is no object of names and values, such as `{"name": "value"}`')
    found = Found()
    for called, given in document.items():
        try:
            name = name_in_vault(called)
            if choice.takes(called, name):
                found.add(secret_arrival(name, *_of(given, making)), called)
        except (WireError, ValueError) as error:
            if choice.takes(called):
                found.left.append(Left(called, str(error)))
    return found


def _of(given: object, making: Making) -> tuple[SecretText, Making, SecretProperties]:
    """The value and what is said of it; raises ValueError where it is no secret."""
    if isinstance(given, dict):
        try:
            entry = msgspec.convert(given, _Entry)
        except msgspec.ValidationError as error:
            raise ValueError(str(error)[:1].lower() + str(error)[1:]) from None
        return SecretText(entry.value), making, entry.properties()
    if isinstance(given, str):
        return SecretText(given), making, NO_PROPERTIES
    if isinstance(given, bool | int | float):
        return SecretText(msgspec.json.encode(given).decode()), making, NO_PROPERTIES
    raise ValueError("it is neither a text nor an object with a `value`")


def _moment(given: int | str | None) -> int | None:
    if not isinstance(given, str):
        return given
    try:
        return int(read_moment(given))
    except (ValueError, OverflowError):
        raise ValueError("`nbf` and `exp` are seconds since 1970, or as in `2027-01-31T12:00:00Z`") from None
