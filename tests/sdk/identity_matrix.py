"""Every way to get a token, by every client library: what each cell of the table must show.

A cell is a source, a selection, a library, and one of two credentials: `DefaultAzureCredential`, or the
library's own for the source. Rules:
- a source answers each selection in one way, as it does in Azure;
- a library differs only where `_DIFFERENCES` says so: it refuses by itself (`Prevented`), or it has no way to
  ask (`Absent`, which the library itself is asked about, so that a newer version which has one is noticed);
- the page `docs/reference/identity-matrix.md` and the tests are both made from `cells()`, so that no cell of
  the page is without a test.

What libraries do is read from their sources; that they do it is what the tests show.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

TEST = "tests/sdk/test_identity_matrix.py::test_cell"


class Library(enum.StrEnum):
    """A client library."""

    PYTHON = "python"
    PYTHON_AIO = "python-aio"
    MSAL = "msal"
    JAVASCRIPT = "javascript"
    GO = "go"
    JAVA = "java"


LIBRARIES: Mapping[Library, str] = {
    Library.PYTHON: "Python `azure-identity`",
    Library.PYTHON_AIO: "Python `azure-identity` (asynchronous)",
    Library.MSAL: "Python `msal`",
    Library.JAVASCRIPT: "JavaScript `@azure/identity`",
    Library.GO: "Go `azidentity`",
    Library.JAVA: "Java `azure-identity`",
}


class Selection(enum.StrEnum):
    """How an app says whose token it wants."""

    NONE = "none"
    CLIENT_ID = "client-id"
    OBJECT_ID = "object-id"
    RESOURCE_ID = "resource-id"
    UNKNOWN_CLIENT_ID = "unknown-client-id"
    UNKNOWN_OBJECT_ID = "unknown-object-id"
    UNKNOWN_RESOURCE_ID = "unknown-resource-id"
    AMBIGUOUS = "ambiguous"
    APPLICATION = "application"
    UNKNOWN_APPLICATION = "unknown-application"

    @property
    def names_by(self) -> str:
        """The id that it names an identity by (`client_id`, ...); empty where it names none."""
        _, _, kind = f" {self.value}".rpartition("unknown-")
        return kind.strip().replace("-", "_") if self.value.endswith("-id") else ""

    @property
    def is_of_a_stranger(self) -> bool:
        """Whether it names what the host does not have: another's identity, or no application at all."""
        return self.value.startswith("unknown-")


SELECTIONS: Mapping[Selection, str] = {
    Selection.NONE: "none named",
    Selection.CLIENT_ID: "client id",
    Selection.OBJECT_ID: "object id",
    Selection.RESOURCE_ID: "resource id",
    Selection.UNKNOWN_CLIENT_ID: "client id, of another host's identity",
    Selection.UNKNOWN_OBJECT_ID: "object id, of another host's identity",
    Selection.UNKNOWN_RESOURCE_ID: "resource id, of another host's identity",
    Selection.AMBIGUOUS: "none named, and there are two user-assigned ones alone",
    Selection.APPLICATION: "client id of an application",
    Selection.UNKNOWN_APPLICATION: "client id that no application has",
}


class Whose(enum.StrEnum):
    """Whose token an app gets."""

    SYSTEM = "the token of the system-assigned identity"
    NAMED = "the token of the identity named"
    APPLICATION = "the application's token"


@dataclass(frozen=True, slots=True)
class Token:
    """A token that verifies under the published keys, with that identity's claims."""

    whose: Whose


@dataclass(frozen=True, slots=True)
class Refused:
    """The plane says no, and the library raises an error with these words in it."""

    says: str


@dataclass(frozen=True, slots=True)
class Prevented:
    """The library refuses by itself, with these words, before it asks."""

    says: str
    why: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The library has no way to ask."""

    why: str


Expected = Token | Refused | Prevented | Absent


@dataclass(frozen=True, slots=True)
class Source:
    """Where tokens come from. ``credential`` is azure-identity's own for it, in all languages."""

    name: str
    title: str
    credential: str
    answers: Mapping[Selection, Token | Refused]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table, and the case that the programs are given."""

    source: Source
    selection: Selection
    library: Library
    credential: str
    expected: Expected

    @property
    def is_default(self) -> bool:
        """Whether it is DefaultAzureCredential's."""
        return self.credential == DEFAULT

    @property
    def id(self) -> str:
        """The test's name."""
        which = "default" if self.is_default else "specific"
        return f"{self.source.name}/{self.selection}/{self.library}/{which}"


DEFAULT = "DefaultAzureCredential"
MANAGED_IDENTITY = "ManagedIdentityCredential"

_SYSTEM, _NAMED, _APPLICATION = Token(Whose.SYSTEM), Token(Whose.NAMED), Token(Whose.APPLICATION)


def _managed(unknown: str, ambiguous: str) -> dict[Selection, Token | Refused]:
    """The answers of an endpoint at which every kind of id names an identity."""
    return {
        Selection.NONE: _SYSTEM,
        **{one: Refused(unknown) if one.is_of_a_stranger else _NAMED for one in Selection if one.names_by},
        Selection.AMBIGUOUS: Refused(ambiguous),
    }


APP_SERVICE = Source(
    "app-service",
    "App Service, Functions and Container Apps",
    MANAGED_IDENTITY,
    _managed("No User Assigned or Delegated Managed Identity found", "No Managed Identity found"),
)
VM = Source(
    "vm",
    "Virtual machines and scale sets (the instance metadata service)",
    MANAGED_IDENTITY,
    _managed("Identity not found", "Multiple user assigned identities exist"),
)
CLIENT_SECRET = Source(
    "client-secret",
    "Entra, with a client secret",
    "ClientSecretCredential",
    {Selection.APPLICATION: _APPLICATION, Selection.UNKNOWN_APPLICATION: Refused("AADSTS700016")},
)
SOURCES = (APP_SERVICE, VM, CLIENT_SECRET)

_CLIENT_ID_ALONE = Absent("its `DefaultAzureCredential` takes a client id, and no other id")
_NO_OBJECT_ID = Absent("its `DefaultAzureCredential` takes a client id or a resource id, and no object id")
_NO_CHAIN = Absent("it has no chain of credentials")


def _difference(
    source: Source, selection: Selection, library: Library, credential: str
) -> Prevented | Absent | Refused | Token | None:
    """Where a library differs from what the source answers; none where it does not."""
    if credential != DEFAULT:
        return None
    if library is Library.MSAL:
        return _NO_CHAIN
    takes_resource_id = library in {Library.JAVASCRIPT, Library.JAVA}
    if selection.names_by == "object_id" and takes_resource_id:
        return _NO_OBJECT_ID
    if selection.names_by in {"object_id", "resource_id"} and not takes_resource_id:
        return _CLIENT_ID_ALONE
    if library is Library.JAVA and source is VM and isinstance(source.answers[selection], Refused):
        return Refused("Managed Identity authentication is not available")
    return None


def cells() -> Iterator[Cell]:
    """Every cell, those of one source and library together."""
    for source, library in product(SOURCES, Library):
        for selection, credential in product(source.answers, (DEFAULT, source.credential)):
            expected = _difference(source, selection, library, credential) or source.answers[selection]
            yield Cell(source, selection, library, credential, expected)
