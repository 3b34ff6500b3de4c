"""Which calls of the client libraries take a credential, and which argument of them it is.

Rules:
- a call counts in a file that imports one of the libraries it is of (or something below them); `*` stands for
  methods that extend a host's builder under names of their own, which no import need name;
- an argument goes by its position (from the end where it is negative), by its names, and by a path within it
  where it is an object; a property needs none: it is what is assigned;
- ``form`` is what the argument holds; ``any`` where the same argument may also be an
  identity's credential;
- ``certain`` is whether it can hold nothing but a stored credential: a connection string of Service Bus has a
  key in it, while one of SQL may name an identity;
- a call that ``wraps`` makes a credential object for other clients: the service is theirs.

Names are those of the packages: azure-sdk-for-python, -net, -java, -js, -go, their forerunners, and the usual
drivers of databases.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data

DATABASE = "database"
"""Instead of a service where a driver's address tells which database it is."""
MONGO = "cosmos-mongo"
"""MongoDB's protocol: Cosmos DB's, or that of a server of one's own."""
ANYWHERE = "*"


class Form(enum.StrEnum):
    """What a credential is, as an argument has it."""

    CONNECTION_STRING = "connection-string"
    ACCOUNT_KEY = "account-key"
    API_KEY = "api-key"
    SAS = "sas"
    PASSWORD = "password"
    ENTRA_SECRET = "entra-secret"
    CERTIFICATE = "certificate"
    ANY = "any"


class Style(enum.StrEnum):
    """How a call is written. ``on`` holds types; ``names`` those of methods or properties."""

    NEW = "new"
    """The making of an object of a type."""
    STATIC = "static"
    """A method of the type itself."""
    FUNCTION = "function"
    """A function of the library, or a method with a name of its own."""
    METHOD = "method"
    """A method of whatever object, in a file that imports the library."""
    BUILDER = "builder"
    """A method of an object of the type, or of what its methods return."""
    PROPERTY = "property"
    """What is assigned to a member of the type; of `F()` it is that of the object that the function given to
    `F` gets."""


class CredentialCall(msgspec.Struct, frozen=True, kw_only=True):
    """One way to hand a credential over."""

    style: Style
    on: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    at: int | None = None
    argument: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    form: Form
    certain: bool = False
    wraps: bool = False


class ClientLibrary(msgspec.Struct, frozen=True, kw_only=True):
    """Calls of one service's libraries in one language; ``instead`` is the call with an identity, where that
    differs from what the catalog has for the service and language as a whole."""

    language: str
    service: str = ""
    libraries: tuple[str, ...]
    calls: tuple[CredentialCall, ...]
    instead: str = ""


class KeyHeader(msgspec.Struct, frozen=True):
    """A header of HTTP that a key is sent in, and by which pieces of text near it its service is told."""

    name: str
    hints: dict[str, tuple[str, ...]]

    def service_of(self, texts: Iterable[str]) -> str:
        """The service that texts near the header speak of; empty where they speak of none."""
        folded = [text.casefold() for text in texts]
        return next(
            (
                service
                for service, hints in self.hints.items()
                if any(not hint or any(hint in text for text in folded) for hint in hints)
            ),
            "",
        )


class KnownSettings(msgspec.Struct, frozen=True):
    """Settings that a framework, host or library reads by itself, and takes a credential from."""

    service: str
    form: Form
    names: tuple[str, ...]


class _File(msgspec.Struct, frozen=True):
    settings: tuple[KnownSettings, ...]
    clients: tuple[ClientLibrary, ...]
    headers: tuple[KeyHeader, ...]


def client_libraries() -> tuple[ClientLibrary, ...]:
    """All of them, in the order in which they are tried."""
    return _file().clients


@lru_cache(maxsize=1)
def key_headers() -> Mapping[str, KeyHeader]:
    """The headers that keys are sent in, by their names in lower case."""
    return {one.name.casefold(): one for one in _file().headers}


def known_settings() -> tuple[KnownSettings, ...]:
    """The settings that hold credentials by their very names."""
    return _file().settings


@lru_cache(maxsize=1)
def _file() -> _File:
    return msgspec.json.decode(read_data("client_calls.json"), type=_File)


Known = tuple[ClientLibrary, CredentialCall]


@lru_cache(maxsize=8)
def calls_by_word(language: str) -> Mapping[str, tuple[Known, ...]]:
    """The calls of a language by the last word of what is called or assigned to: type, method or property."""
    found: dict[str, list[Known]] = defaultdict(list)
    for library in client_libraries():
        if library.language == language:
            for call in library.calls:
                for word in call.names or call.on:
                    found[word].append((library, call))
    return {word: tuple(known) for word, known in found.items()}


def is_of(library: ClientLibrary, module: str) -> bool:
    """Whether an imported module, namespace, package or path is one of the library's, or lies below one."""
    return any(module == one or module.startswith((f"{one}.", f"{one}/")) for one in library.libraries)
