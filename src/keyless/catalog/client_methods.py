"""Which methods of the client libraries call which operation of a vault or store, and what that takes.

Rules:
- a name counts in a file that names the library that it belongs to: `sign` is a word of many libraries;
- names are those of the libraries for Python; the other languages write the same words in their own way:
  `setSecret`, `SetSecretAsync`, and where Python begins an operation that takes long, C# starts it and Go has
  just its name. A name that is spelled quite differently there is not found.

Source: https://azure.github.io/azure-sdk/python_design.html#service-operations (naming)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data

_LIBRARIES = {
    "secret": ("keyvault.secrets", "keyvault-secrets", "azsecrets"),
    "key": ("keyvault.keys", "keyvault-keys", "azkeys"),
    "certificate": ("keyvault.certificates", "keyvault-certificates", "azcertificates"),
    "key-value": (
        "azure.appconfiguration",
        "azure/app-configuration",
        "azure.data.appconfiguration",
        "azappconfig",
    ),
}
"""What a file says, in whatever casing, that uses a library: its package, by language."""
_BEGIN, _ASYNC = "begin", "async"
_STARTS = (_BEGIN, "start", "")


class ClientOperation(msgspec.Struct, frozen=True):
    """An operation: the kind of object, the data actions that it takes, and Python's methods for it."""

    kind: str
    operation: str
    actions: tuple[str, ...]
    methods: tuple[str, ...]


class _Document(msgspec.Struct, frozen=True):
    operations: tuple[ClientOperation, ...]


def client_operations() -> tuple[ClientOperation, ...]:
    """Every operation that a client library has a method of its own for."""
    return msgspec.json.decode(read_data("client_methods.json"), type=_Document).operations


def kinds_named(text: str) -> frozenset[str]:
    """The kinds of object whose client libraries a source text names."""
    folded = text.casefold()
    return frozenset(kind for kind, names in _LIBRARIES.items() if any(name in folded for name in names))


def operation_called(method: str, kinds: Iterable[str]) -> ClientOperation | None:
    """The operation that a method of one of these kinds of library calls; none where it is none of theirs."""
    word = _word(method)
    words = _words()
    return next((words[kind, word] for kind in sorted(kinds) if (kind, word) in words), None)


@lru_cache(maxsize=1)
def _words() -> Mapping[tuple[str, str], ClientOperation]:
    found: dict[tuple[str, str], ClientOperation] = {}
    for one in client_operations():
        for method in one.methods:
            for word in _spellings(_word(method)):
                found.setdefault((one.kind, word), one)
    return found


def _word(method: str) -> str:
    """A method's name without what the languages write differently."""
    return method.replace("_", "").casefold().removesuffix(_ASYNC)


def _spellings(word: str) -> Iterator[str]:
    if not word.startswith(_BEGIN):
        yield word
        return
    for start in _STARTS:
        yield start + word.removeprefix(_BEGIN)
