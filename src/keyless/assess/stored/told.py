"""Which database an address or connection string is for, by its scheme, hosts and the names in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from keyless.assess.syntax.expressions import Expr, Member, text_of, within
from keyless.catalog.shapes.of_value import shape_of

_SCHEMES: Mapping[str, str] = {
    "mssql": "sql",
    "sqlserver": "sql",
    "azuresql": "sql",
    "postgres": "postgres",
    "postgresql": "postgres",
    "pgx": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "redis": "redis",
    "rediss": "redis",
    "mongodb": "cosmos",
    "mongodb+srv": "cosmos",
}
_PIECES: Mapping[str, str] = {
    ".database.windows.net": "sql",
    "server=tcp:": "sql",
    "initial catalog=": "sql",
    ".postgres.database.azure.com": "postgres",
    ".mysql.database.azure.com": "mysql",
    ".redis.cache.windows.net": "redis",
    ".redis.azure.net": "redis",
    "abortconnect=": "redis",
    "accountendpoint=": "cosmos",
    "defaultendpointsprotocol=": "blob",
    ".servicebus.windows.net": "servicebus",
}


def service_of_text(expression: Expr) -> str:
    """The service that the texts of an expression speak of; empty where they speak of none."""
    texts = list(_texts(expression))
    for text in texts:
        plain = text.removeprefix("jdbc:")
        scheme = plain.partition(":")[0] if "://" in plain or plain in _SCHEMES else ""
        dialect = scheme if scheme in _SCHEMES else scheme.partition("+")[0]
        if dialect in _SCHEMES:
            return _SCHEMES[dialect]
    spoken = (service for text in texts for piece, service in _PIECES.items() if piece in text)
    shaped = (known[0] for text in texts if len(known := shape_of(text).services) == 1)
    return next(spoken, "") or next(shaped, "")


def _texts(expression: Expr) -> Iterator[str]:
    for one in within(expression):
        if (text := text_of(one)) is not None:
            yield text.casefold()
        elif isinstance(one, Member) and one.name.casefold() == "fullyqualifieddomainname":
            yield (
                "server=tcp:" if "sql" in str(one.base).casefold() and "postgre" not in str(one.base) else ""
            )
