"""Connection strings: names with values, set apart by semicolons, commas or spaces."""

from __future__ import annotations

from collections.abc import Mapping

from keyless.catalog.shapes.shape import Holds, PairsShape, ValueShape, shapes

_SAME: Mapping[str, str] = {"pwd": "password", "pass": "password", "uid": "userid", "user": "userid"}
_SECRET_NAMES = frozenset(
    {
        "password",
        "accountkey",
        "sharedaccesskey",
        "sharedaccesssignature",
        "accesskey",
        "secret",
        "clientsecret",
        "apikey",
        "token",
        "key",
    }
)
_REDIS_SUFFIXES = (".redis.cache.windows.net", ".redis.azure.net", ".redisenterprise.cache.azure.net")
_ENOUGH_ALONE = frozenset({"instrumentationkey", "usedevelopmentstorage"})
_EMULATOR_ACCOUNT = "devstoreaccount1"


def shape_of_pairs(text: str) -> ValueShape | None:
    """What a connection string opens; none where the text is not one, or has nothing secret in it."""
    return _redis(text) or _of(_pairs(text, ";")) or _of(_pairs(text, None))


def _of(pairs: Mapping[str, str]) -> ValueShape | None:
    if len(pairs) < 2 and not pairs.keys() & _ENOUGH_ALONE:
        return None
    if _is_emulator(pairs):
        return ValueShape("storage-emulator", Holds.CONFIGURATION)
    known = next(filter(None, (_fitting(shape, pairs) for shape in shapes().pairs)), None)
    if known is None and any(pairs.get(name) for name in _SECRET_NAMES):
        return ValueShape("other-connection-string", Holds.CREDENTIAL)
    return known


def _is_emulator(pairs: Mapping[str, str]) -> bool:
    """Whether it is for the storage emulator, whose key everybody knows."""
    return (
        pairs.get("usedevelopmentstorage", "").casefold() == "true"
        or pairs.get("accountname", "").casefold() == _EMULATOR_ACCOUNT
    )


def _fitting(shape: PairsShape, pairs: Mapping[str, str]) -> ValueShape | None:
    """What the pairs are by one shape; none where they do not have it."""
    if not all(pairs.get(name) for name in shape.needs):
        return None
    if not shape.host_keys:
        return shape.of(_account(pairs))
    host = next((_host(pairs[key]) for key in shape.host_keys if key in pairs), "")
    return shape.of(host) if shape.host_fits(host) else None


def _redis(text: str) -> ValueShape | None:
    """The form of StackExchange.Redis: hosts first, then options, all set apart by commas."""
    first, comma, _ = text.partition(",")
    host = _host(first)
    if not comma or not host.endswith(_REDIS_SUFFIXES):
        return None
    if not _pairs(text, ",").get("password"):
        return None
    key = "redis" if host.endswith(_REDIS_SUFFIXES[0]) else "managedredis"
    return ValueShape("redis-connection-string", Holds.CREDENTIAL, (key,), host)


def _pairs(text: str, separator: str | None) -> dict[str, str]:
    """Names, without case, spaces or underscores, with their values."""
    found: dict[str, str] = {}
    for part in text.split(separator):
        name, equals, value = part.partition("=")
        if equals:
            plain = "".join(name.split()).replace("_", "").replace("-", "").casefold()
            found.setdefault(_SAME.get(plain, plain), value.strip().strip("\"'"))
    return found


def _account(pairs: Mapping[str, str]) -> str:
    """The name of a storage account, which is as public as a host."""
    name = pairs.get("accountname", "")
    return name if name.isascii() and name.isalnum() and len(name) <= 24 else ""


def _host(text: str) -> str:
    """The host in an address, whatever stands before and behind it."""
    rest = text.strip().casefold().removeprefix("tcp:")
    rest = rest.partition("://")[2] or rest
    for end in ("/", ",", ":", "\\", "?"):
        rest = rest.partition(end)[0]
    return rest if is_host(rest) else ""


def is_host(text: str) -> bool:
    """Whether a lower-case text is a host name of more than one label."""
    labels = text.split(".")
    return (
        len(text) <= 253
        and len(labels) > 1
        and all(label and label.isascii() and label.replace("-", "a").isalnum() for label in labels)
    )
