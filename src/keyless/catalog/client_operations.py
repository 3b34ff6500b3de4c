"""Which methods of the client libraries call which operation of a service, and which actions that takes.

Rules:
- a client is known by its types in all languages; Go's have their package before them (`container.Client`);
- methods go by words, without `_`, case, and what the languages and their variants add: `delete_blob`,
  `deleteBlobWithResponse` and `DeleteBlobAsync` are one; what Python begins (`begin_delete_secret`) is
  started in C#, and Go has it by its name alone; a word with dots is the way to a method
  (`chat.completions.create`);
- ``made_by`` are methods that give a client of the kind, ``members`` such members;
- a word is telling where it says what it is about (`nouns`): `delete` is of everything, `delete_blob` is not;
- of an operation's actions each is one that shows it: a log may name another of them than a role does.

Names are those of the packages: azure-sdk-for-python, -net, -java, -js, -go; those of Key Vault and App
Configuration come from `client_methods.json`.

Source: https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data
from keyless.model.actions import ActionPlane

_BEGIN = "begin"
_STARTS = (_BEGIN, "start", "")
_VARIANTS = ("async", "withresponse")


class Operation(msgspec.Struct, frozen=True):
    """What is done, in words, and the actions that show it."""

    operation: str
    actions: tuple[str, ...]
    plane: ActionPlane = ActionPlane.DATA


class Library(msgspec.Struct, frozen=True):
    """The packages of a service's clients, by all languages; a package counts with what lies below it."""

    service: str
    names: tuple[str, ...]

    def has(self, module: str) -> bool:
        """Whether a module, namespace or path is of it."""
        return any(module == one or module.startswith((f"{one}.", f"{one}/")) for one in self.names)


class Client(msgspec.Struct, frozen=True):
    """A kind of client; ``methods`` are words by the key of their operation."""

    client: str
    library: str
    types: tuple[str, ...] = ()
    made_by: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    methods: dict[str, tuple[str, ...]] = {}
    kind: str = ""
    nouns: tuple[str, ...] = ()


class CalledFunction(msgspec.Struct, frozen=True):
    """A function that does it all: ``library`` has to be imported for it, where it has one."""

    names: tuple[str, ...]
    operation: str
    library: str = ""
    service: str = ""


class _File(msgspec.Struct, frozen=True):
    operations: dict[str, Operation]
    libraries: dict[str, Library]
    clients: tuple[Client, ...]
    functions: tuple[CalledFunction, ...]


class _KeptMethods(msgspec.Struct, frozen=True):
    kind: str
    operation: str
    actions: tuple[str, ...]
    methods: tuple[str, ...]


class _KeptFile(msgspec.Struct, frozen=True):
    operations: tuple[_KeptMethods, ...]


def clients() -> tuple[Client, ...]:
    """Every kind of client."""
    return _file().clients


def library_of(client: Client) -> Library:
    """The library that a client is of."""
    return _file().libraries[client.library]


def libraries() -> Mapping[str, Library]:
    """All libraries, by their keys."""
    return _file().libraries


def operation_of(client: Client, word: str) -> Operation | None:
    """What a method of a client does; none where it only makes something, or is none of its methods."""
    return _words_of(client.client).get(word)


@lru_cache(maxsize=1)
def operations_by_word() -> Mapping[str, tuple[Client, ...]]:
    """The kinds of client that have a method, by its word."""
    found: dict[str, list[Client]] = defaultdict(list)
    for client in clients():
        for word in _words_of(client.client):
            found[word].append(client)
    return {word: tuple(several) for word, several in found.items()}


@lru_cache(maxsize=1)
def makers() -> Mapping[str, tuple[Client, ...]]:
    """The kinds of client that methods and members give, by their words."""
    found: dict[str, list[Client]] = defaultdict(list)
    for client in clients():
        for word in (*client.made_by, *client.members):
            found[word].append(client)
    return {word: tuple(several) for word, several in found.items()}


@lru_cache(maxsize=1)
def clients_by_type() -> Mapping[str, tuple[Client, ...]]:
    """The kinds of client by the names of their types."""
    found: dict[str, list[Client]] = defaultdict(list)
    for client in clients():
        for name in client.types:
            found[name].append(client)
    return {name: tuple(several) for name, several in found.items()}


@lru_cache(maxsize=1)
def functions_by_word() -> Mapping[str, tuple[CalledFunction, Operation]]:
    """What functions and methods of other libraries do, by their words."""
    file = _file()
    return {name: (one, file.operations[one.operation]) for one in file.functions for name in one.names}


def is_telling(client: Client, word: str) -> bool:
    """Whether a method's word alone says that it is of a client like this."""
    return any(noun in word for noun in client.nouns)


def word_of(method: str) -> str:
    """A method's name without what the languages write differently."""
    word = method.replace("_", "").casefold()
    for variant in _VARIANTS:
        word = word.removesuffix(variant)
    return word


@lru_cache(maxsize=256)
def _words_of(client: str) -> Mapping[str, Operation]:
    one = next(known for known in clients() if known.client == client)
    kept = {known.operation: known for known in _kept() if known.kind == one.kind}
    found: dict[str, Operation] = {}
    for key, words in one.methods.items():
        known = kept.get(key)
        operation = _file().operations[key] if known is None else Operation(key, known.actions)
        found.update(dict.fromkeys(words, operation))
    for known in kept.values():
        operation = Operation(known.operation, known.actions)
        for method in known.methods:
            for word in _spellings(word_of(method)):
                found.setdefault(word, operation)
    return found


def _spellings(word: str) -> Iterator[str]:
    if not word.startswith(_BEGIN):
        yield word
        return
    for start in _STARTS:
        yield start + word.removeprefix(_BEGIN)


@lru_cache(maxsize=1)
def _file() -> _File:
    return msgspec.json.decode(read_data("client_operations.json"), type=_File)


@lru_cache(maxsize=1)
def _kept() -> tuple[_KeptMethods, ...]:
    return msgspec.json.decode(read_data("client_methods.json"), type=_KeptFile).operations
