"""Logins to databases as they are written: connection strings, addresses, and options beside each other.

Rules:
- what counts has a host that is written out, a user and a password; a password that only stands for one is
  none, and one that is put in when it runs is;
- where Windows or an identity logs in (`Integrated Security`, `Authentication=Active Directory …`), there is
  no password to find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from keyless.assess.flows.ends import is_placeholder
from keyless.assess.rules.hybrid._commands import VARIABLE, text_with_marks
from keyless.assess.rules.hybrid._texts import LONGEST
from keyless.assess.syntax.expressions import Argument, Call, Entry, Expr, Joined, Literal, Record, text_of

_HOSTS = ("server", "datasource", "addr", "address", "networkaddress", "host", "hostname")
_USERS = ("userid", "uid", "user", "username")
_PASSWORDS = ("password", "pwd")
_TRUSTED = ("trustedconnection", "integratedsecurity")
_SCHEMES = re.compile(
    r"(jdbc:)?(sqlserver|mssql|mysql|mariadb|postgres|postgresql|oracle|db2|mssql\+\w+|mysql\+\w+|"
    r"postgresql\+\w+|oracle\+\w+)://",
    re.IGNORECASE,
)
_CALLS = re.compile(r"connect|connection|pool|client|engine|database|db|sequelize|knex", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Login:
    """A login: the server as it is written, and whether the password stands in the file."""

    host: str
    written_out: bool


def login_in(value: Expr) -> Login | None:
    """The login that a text has in it; none where it has none."""
    match value:
        case Literal() | Joined():
            text = text_with_marks(value)
            return _of_text(text) if len(text) <= LONGEST and "\n" not in text.strip() else None
        case Record(entries=entries):
            return _of_options({_key(one): one.value for one in entries})
        case Call(arguments=arguments):
            return _of_call(value, arguments)
        case _:
            return None


def _of_call(call: Call, arguments: tuple[Argument, ...]) -> Login | None:
    """`connect(host=…, user=…, password=…)`, `getConnection(address, user, password)`."""
    name = getattr(call.callee, "name", getattr(call.callee, "id", ""))
    named = {one.name.casefold().replace("_", ""): one.value for one in arguments if one.name}
    if named and _CALLS.search(name):
        return _of_options(named)
    plain = [one.value for one in arguments if one.name is None]
    if name == "getConnection" and len(plain) == 3:
        address = text_of(plain[0]) or ""
        host = _host_of_address(address) if _SCHEMES.match(address) else ""
        return _login(host, "user", text_with_marks(plain[2])) if host else None
    return None


def _of_options(options: Mapping[str, Expr]) -> Login | None:
    host = _first(options, _HOSTS)
    user, password = _first(options, _USERS), _first(options, _PASSWORDS)
    if host is None or user is None or password is None:
        return None
    return _login(text_of(host) or "", "user", text_with_marks(password))


def _first(options: Mapping[str, Expr], names: tuple[str, ...]) -> Expr | None:
    return next((options[name] for name in names if name in options), None)


def _key(entry: Entry) -> str:
    return (text_of(entry.key) or "").casefold().replace("_", "")


def _of_text(text: str) -> Login | None:
    if "=" not in text and "://" not in text:
        return None
    if _SCHEMES.match(text):
        return _of_address(text)
    pairs = dict(_pairs(text))
    if pairs.keys().isdisjoint(_PASSWORDS) or _is_trusted(pairs):
        return None
    found = [
        next((pairs[name] for name in names if pairs.get(name)), "") for names in (_HOSTS, _USERS, _PASSWORDS)
    ]
    return _login(*found)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            yield "".join(name.split()).replace("_", "").casefold(), value.strip().strip("\"'")


def _is_trusted(pairs: Mapping[str, str]) -> bool:
    trusted = any(pairs.get(name, "").casefold() in ("true", "yes", "sspi") for name in _TRUSTED)
    return trusted or "activedirectory" in "".join(pairs.get("authentication", "").split()).casefold()


def _of_address(text: str) -> Login | None:
    plain = text.removeprefix("jdbc:")
    address, semicolon, options = plain.partition(";")
    if semicolon:
        pairs = dict(_pairs(options))
        if _is_trusted(pairs):
            return None
        user = next((pairs[name] for name in _USERS if pairs.get(name)), "")
        return _login(
            _host_of_address(address), user, next((pairs[n] for n in _PASSWORDS if pairs.get(n)), "")
        )
    try:
        parts = urlsplit(plain)
        user, password = parts.username or "", parts.password or ""
    except ValueError:
        return None
    return _login(_host_of_address(plain), unquote(user), unquote(password))


def _host_of_address(text: str) -> str:
    rest = text.removeprefix("jdbc:").partition("://")[2]
    authority = re.split(r"[/?;]", rest, maxsplit=1)[0]
    return authority.rpartition("@")[2]


def _login(host: str, user: str, password: str) -> Login | None:
    if not host or VARIABLE in host or not user or not password:
        return None
    if VARIABLE not in password and is_placeholder(password):
        return None
    return Login(host, VARIABLE not in password)
