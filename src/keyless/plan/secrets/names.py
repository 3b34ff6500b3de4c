"""What the name of a secret or setting says about it.

Rules:
- a name is cut into words at separators and at capitals: `Db--AdminPassword` is `db`, `admin`, `password`;
- a setting whose last word is one for secrets (`password`, `key`, …) is taken for a secret unless its value
  is plainly none; `Password:MinLength` is not one, because what it ends with is no such word;
- a name can hint at a service. A hint is told to people; it decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET_WORDS = frozenset(
    {"password", "passwd", "pwd", "passphrase", "secret", "secrets", "token", "credential", "credentials"}
    | {"key", "apikey", "accesskey", "accountkey", "pin", "sas", "signature", "connectionstring"}
)
_SERVICE_WORDS: Mapping[str, str] = {
    "storage": "blob",
    "blob": "blob",
    "cosmos": "cosmos",
    "servicebus": "servicebus",
    "eventhub": "eventhubs",
    "eventhubs": "eventhubs",
    "sql": "sql",
    "postgres": "postgres",
    "mysql": "mysql",
    "redis": "redis",
    "openai": "openai",
    "search": "search",
    "acr": "acr",
}


def words(name: str) -> list[str]:
    """The words of a name, in lower case."""
    return [word.casefold() for word in _WORD.findall(name)]


def says_secret(name: str) -> bool:
    """Whether a name says that a secret is what it stands for."""
    found = words(name)
    last_two = "".join(found[-2:])
    return bool(found) and (found[-1] in _SECRET_WORDS or last_two in _SECRET_WORDS)


def mentions_secret(name: str) -> bool:
    """Whether a secret is mentioned anywhere in a name."""
    return not _SECRET_WORDS.isdisjoint(words(name))


def hinted_service(name: str) -> str:
    """The key of the service that a name speaks of; empty for none."""
    found = words(name)
    joined = {"".join(pair) for pair in pairwise(found)}
    return next((key for word, key in _SERVICE_WORDS.items() if word in joined or word in found), "")
