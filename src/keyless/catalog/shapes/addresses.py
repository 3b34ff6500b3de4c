"""Addresses: with a password, with a key among the parameters, or with nothing secret in them.

Rules:
- user and password before the host make it a credential, whatever the host;
- a signature or a key among the parameters does, too, and so does a path that looks drawn by lot, as the
  webhooks of chat services have it: when in doubt, an address is a secret;
- an address of a vault's secret is a reference.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

from keyless.catalog.shapes.pairs import is_host, shape_of_pairs
from keyless.catalog.shapes.shape import Holds, ValueShape, shapes

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,40}://")
_VAULT_SUFFIXES = (".vault.azure.net", ".vault.azure.cn", ".vault.usgovcloudapi.net")
_SECRET_PARAMETERS = frozenset(
    {"sig", "signature", "code", "key", "apikey", "api_key", "api-key", "subscription-key", "token"}
    | {"access_token", "secret", "client_secret", "password", "pwd", "auth"}
)
_LONGEST_PLAIN = 20
_MOST_PARAMETERS = 200


def shape_of_address(text: str) -> ValueShape | None:
    """What an address is; none where the text is not one."""
    plain = text.removeprefix("jdbc:")
    if not _SCHEME.match(plain[:64].casefold()) or any(character.isspace() for character in plain):
        return None
    try:
        parts = urlsplit(plain)
        host = (parts.hostname or "").casefold()
    except ValueError:  # brackets that do not close, a port that is none
        return ValueShape("other-address", Holds.UNKNOWN)
    return (
        _sql_server(plain, host)
        or _with_password(parts, host)
        or _reference(parts, host)
        or _with_key(parts, host)
        or _plain(parts, host)
    )


def _sql_server(plain: str, host: str) -> ValueShape | None:
    """JDBC's form for SQL Server: the options follow the host behind semicolons."""
    address, semicolon, options = plain.partition(";")
    if not semicolon or not address.casefold().startswith("sqlserver://"):
        return None
    server = urlsplit(address).hostname or host
    return shape_of_pairs(f"server={server};{options}")


def _with_password(parts: SplitResult, host: str) -> ValueShape | None:
    password = parts.password or _parameter(parts, "password")
    if not password or parts.scheme in {"http", "https"}:
        return ValueShape("address-with-password", Holds.CREDENTIAL) if parts.password else None
    for shape in shapes().uris:
        if parts.scheme in shape.schemes and shape.host_fits(host):
            return shape.of(host)
    return ValueShape("address-with-password", Holds.CREDENTIAL)


def _reference(parts: SplitResult, host: str) -> ValueShape | None:
    if host.endswith(_VAULT_SUFFIXES) and parts.path.count("/") >= 2 and not parts.query:
        return ValueShape("vault-reference", Holds.REFERENCE, ("keyvault",), host)
    return None


def _with_key(parts: SplitResult, host: str) -> ValueShape | None:
    names = {name.casefold() for name, _ in _parameters(parts)}
    for shape in shapes().links:
        if shape.parameter in names and shape.host_fits(host):
            return shape.of(host)
    if names & _SECRET_PARAMETERS:
        return ValueShape("address-with-key", Holds.CREDENTIAL)
    return None


def _plain(parts: SplitResult, host: str) -> ValueShape:
    segments = [*parts.path.split("/"), *(value for _, value in _parameters(parts)), parts.fragment]
    if any(map(_is_drawn, segments)):
        return ValueShape("address-with-key", Holds.CREDENTIAL)
    known = host if is_host(host) else ""
    return ValueShape("address", Holds.CONFIGURATION, host=known)


def _is_drawn(segment: str) -> bool:
    """Whether a part of an address looks drawn by lot: long, with digits among its letters."""
    return (
        len(segment) >= _LONGEST_PLAIN
        and any(character.isdigit() for character in segment)
        and any(character.isalpha() for character in segment)
    )


def _parameter(parts: SplitResult, wanted: str) -> str:
    return next((value for name, value in _parameters(parts) if name.casefold() == wanted), "")


def _parameters(parts: SplitResult) -> list[tuple[str, str]]:
    try:
        return parse_qsl(parts.query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:  # more of them than any plain address has
        return [("key", parts.query)]
