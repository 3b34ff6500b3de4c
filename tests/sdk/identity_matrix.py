"""Every way to get a token, by every client library: what each cell of the table must show.

A cell is a source, a selection, a library, and one of two credentials: `DefaultAzureCredential`, or the
library's own for the source. Rules:
- a source answers each selection in one way, as it does in Azure;
- a library differs only where `_DIFFERENCES` says so, of which the first that covers a cell holds. Where it
  has no way to ask (`Absent`) the library itself is asked about that, so that a newer version which has one
  is noticed;
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
    FIRST = "the token of the first user-assigned identity"
    APPLICATION = "the application's token"


@dataclass(frozen=True, slots=True)
class Token:
    """A token that verifies under the published keys, with that identity's claims."""

    whose: Whose
    why: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The plane says no, and the library raises an error with these words in it."""

    says: str
    why: str = ""


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
    answers: Mapping[Selection, Expected]


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
_NAMING = frozenset(one for one in Selection if one.names_by)
_REFUSED = frozenset(one for one in _NAMING if one.is_of_a_stranger) | {Selection.AMBIGUOUS}
_GRANTED = frozenset(Selection) - _REFUSED


def _managed(unknown: str, ambiguous: str) -> dict[Selection, Expected]:
    """The answers of an endpoint at which every kind of id names an identity."""
    return {
        Selection.NONE: _SYSTEM,
        **{one: Refused(unknown) if one.is_of_a_stranger else _NAMED for one in Selection if one.names_by},
        Selection.AMBIGUOUS: Refused(ambiguous),
    }


def _without_choice(prevented: Prevented, ambiguous: str) -> dict[Selection, Expected]:
    """The answers of a host whose workloads do not choose their identity."""
    named = {one: prevented for one in Selection if one.names_by}
    return {Selection.NONE: _SYSTEM, **named, Selection.AMBIGUOUS: Refused(ambiguous)}


def _application() -> dict[Selection, Expected]:
    """Entra's answers to applications."""
    return {Selection.APPLICATION: _APPLICATION, Selection.UNKNOWN_APPLICATION: Refused("AADSTS700016")}


_ONE_IDENTITY = "a shell has one identity"
_APP_SERVICE_SAYS = "No User Assigned or Delegated Managed Identity found", "No Managed Identity found"
APP_SERVICE = Source(
    "app-service",
    "App Service, Functions and Container Apps",
    MANAGED_IDENTITY,
    _managed(*_APP_SERVICE_SAYS),
)
APP_SERVICE_2017 = Source(
    "app-service-2017",
    "App Service, in its form of 2017-09-01",
    MANAGED_IDENTITY,
    _managed(*_APP_SERVICE_SAYS),
)
VM = Source(
    "vm",
    "Virtual machines and scale sets (the instance metadata service)",
    MANAGED_IDENTITY,
    _managed("Identity not found", "Multiple user assigned identities exist"),
)
SERVICE_FABRIC = Source(
    "service-fabric",
    "Service Fabric",
    MANAGED_IDENTITY,
    _without_choice(
        Prevented(
            "Service Fabric managed identity environment", "a cluster says which identity a service has"
        ),
        "Managed identity not found for the specified application host",
    ),
)
AML = Source(
    "aml",
    "Azure Machine Learning",
    MANAGED_IDENTITY,
    _managed("Managed identity not found for the given clientid", "Several user-assigned identities exist"),
)
ARC = Source(
    "arc",
    "Azure Arc",
    MANAGED_IDENTITY,
    _managed("Identity not found", "Multiple user assigned identities exist"),
)
CLOUD_SHELL = Source(
    "cloud-shell",
    "Cloud Shell",
    MANAGED_IDENTITY,
    _without_choice(
        Prevented("User-assigned managed identity is not supported in CLOUD_SHELL", _ONE_IDENTITY),
        "there are several user-assigned identities, and Cloud Shell offers no choice",
    ),
)
AKS = Source(
    "aks",
    "Kubernetes, with workload identity",
    "WorkloadIdentityCredential",
    {
        Selection.NONE: Token(Whose.FIRST),
        Selection.CLIENT_ID: _NAMED,
        Selection.OBJECT_ID: Absent("a token is exchanged for a client id"),
        Selection.RESOURCE_ID: Absent("a token is exchanged for a client id"),
        Selection.UNKNOWN_CLIENT_ID: Refused("AADSTS70021"),
        Selection.AMBIGUOUS: Token(Whose.FIRST),
    },
)
CLIENT_SECRET = Source(
    "client-secret", "Entra, with a client secret", "ClientSecretCredential", _application()
)
CERTIFICATE = Source("certificate", "Entra, with a certificate", "CertificateCredential", _application())
FEDERATED = Source(
    "federated", "Entra, with another issuer's token", "ClientAssertionCredential", _application()
)
SOURCES = (
    APP_SERVICE,
    APP_SERVICE_2017,
    VM,
    ARC,
    SERVICE_FABRIC,
    AML,
    CLOUD_SHELL,
    AKS,
    CLIENT_SECRET,
    CERTIFICATE,
    FEDERATED,
)
WITH_HOSTS = tuple(source for source in SOURCES if source.credential in {MANAGED_IDENTITY, AKS.credential})
"""Those whose tokens are of a host's identities, and not of applications."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where libraries do not show what a source answers; what is empty here holds for all."""

    shows: Expected
    libraries: tuple[Library, ...] = ()
    sources: tuple[Source, ...] = ()
    selections: frozenset[Selection] = frozenset()
    default: bool | None = None

    def covers(self, source: Source, selection: Selection, library: Library, credential: str) -> bool:
        """Whether it is about a cell."""
        return (
            (not self.libraries or library in self.libraries)
            and (not self.sources or source in self.sources)
            and (not self.selections or selection in self.selections)
            and (self.default is None or self.default is (credential == DEFAULT))
        )


_BY_OBJECT_ID = frozenset(one for one in _NAMING if one.names_by == "object_id")
_BY_RESOURCE_ID = frozenset(one for one in _NAMING if one.names_by == "resource_id")
_OLD_FORM = APP_SERVICE_2017, AML
_DIFFERENCES = (
    Difference(Absent("it has no chain of credentials"), (Library.MSAL,), default=True),
    Difference(
        Absent("its `DefaultAzureCredential` takes a client id or a resource id, and no object id"),
        (Library.JAVASCRIPT, Library.JAVA),
        selections=_BY_OBJECT_ID,
        default=True,
    ),
    Difference(
        Absent("its `DefaultAzureCredential` takes a client id, and no other id"),
        (Library.PYTHON, Library.PYTHON_AIO, Library.GO),
        selections=_BY_OBJECT_ID | _BY_RESOURCE_ID,
        default=True,
    ),
    Difference(
        Token(Whose.FIRST, "it exchanges the pod's token for the client id in the environment first"),
        (Library.JAVASCRIPT,),
        (AKS,),
        _BY_RESOURCE_ID,
        default=True,
    ),
    Difference(
        Prevented(
            "Only one of managedIdentityClientId and managedIdentityResourceId can be specified",
            "it takes the client id in the environment for another one that is named",
        ),
        (Library.JAVA,),
        (AKS,),
        _BY_RESOURCE_ID,
        default=True,
    ),
    Difference(
        Refused(
            "Managed Identity authentication is not available", "the library gives the endpoint's words away"
        ),
        (Library.JAVA,),
        (VM,),
        _REFUSED,
        default=True,
    ),
    Difference(
        Refused(
            "the request does not carry the secret of a running workload",
            "its `ManagedIdentityClient` does not know Cloud Shell, and asks the metadata service",
        ),
        (Library.MSAL,),
        (CLOUD_SHELL,),
    ),
    Difference(
        Refused("Cloud Shell offers no choice of identities", "it asks, and the endpoint refuses"),
        (Library.PYTHON, Library.PYTHON_AIO),
        (CLOUD_SHELL,),
        _NAMING,
        default=True,
    ),
    Difference(
        Prevented("client_id should not be set for cloud shell managed identity", _ONE_IDENTITY),
        (Library.PYTHON, Library.PYTHON_AIO),
        (CLOUD_SHELL,),
        _NAMING - _BY_OBJECT_ID - _BY_RESOURCE_ID,
    ),
    Difference(
        Prevented("identity_config must not contain the following keys", _ONE_IDENTITY),
        (Library.PYTHON, Library.PYTHON_AIO),
        (CLOUD_SHELL,),
        _NAMING,
    ),
    Difference(
        Prevented(
            "ChainedTokenCredential authentication failed",
            "it leaves managed identities out of the chain then, and says why in its log alone",
        ),
        (Library.JAVASCRIPT,),
        (CLOUD_SHELL, SERVICE_FABRIC),
        _NAMING,
        default=True,
    ),
    Difference(
        Prevented(
            "Specifying a user-assigned managed identity is not supported for CloudShell", _ONE_IDENTITY
        ),
        (Library.JAVASCRIPT,),
        (CLOUD_SHELL,),
        _NAMING,
    ),
    Difference(
        Prevented("Cloud Shell doesn't support user-assigned managed identities", _ONE_IDENTITY),
        (Library.GO,),
        (CLOUD_SHELL,),
        _NAMING,
    ),
    Difference(
        Prevented(
            "User-assigned managed identity is not supported in AZURE_ARC",
            "it knows the system-assigned identity of a server alone",
        ),
        (Library.JAVA,),
        (ARC,),
        _NAMING,
    ),
    Difference(
        Token(Whose.SYSTEM, "it leaves the id out, and asks for the service's identity"),
        (Library.MSAL,),
        (SERVICE_FABRIC,),
        _NAMING,
    ),
    Difference(
        Prevented(
            "Service Fabric API doesn't support specifying a user-assigned identity",
            "a cluster says which identity a service has",
        ),
        (Library.GO,),
        (SERVICE_FABRIC,),
        _NAMING,
    ),
    Difference(
        Prevented(
            "invalid literal for int()",
            "it takes the endpoint for Azure Machine Learning's, and a date for a number; on App Service it "
            "finds the newer form first",
        ),
        (Library.PYTHON, Library.MSAL),
        (APP_SERVICE_2017,),
        _GRANTED,
    ),
    Difference(
        Prevented(
            "invalid ExpiresOn format",
            "it takes the endpoint for Azure Machine Learning's, and a date for a number; on App Service it "
            "finds the newer form first",
        ),
        (Library.GO,),
        (APP_SERVICE_2017,),
        frozenset({Selection.NONE, Selection.CLIENT_ID}),
    ),
    Difference(
        Prevented(
            "Only client id is supported for user-assigned managed identity in MachineLearning",
            "it has no other id for this form of endpoint",
        ),
        (Library.JAVASCRIPT,),
        _OLD_FORM,
        _BY_OBJECT_ID | _BY_RESOURCE_ID,
    ),
    Difference(
        Prevented(
            "Azure ML supports specifying a user-assigned managed identity by client ID only",
            "it has no other id for this form of endpoint",
        ),
        (Library.GO,),
        _OLD_FORM,
        _BY_OBJECT_ID | _BY_RESOURCE_ID,
    ),
    Difference(
        Prevented(
            "User-assigned managed identity is not supported in CLOUD_SHELL",
            "it does not know this form of endpoint, and takes it for Cloud Shell's",
        ),
        (Library.JAVA,),
        _OLD_FORM,
        _NAMING,
    ),
    Difference(
        Refused(
            "the request does not carry the secret of a running workload",
            "it does not know this form of endpoint, and asks as in Cloud Shell",
        ),
        (Library.JAVA,),
        _OLD_FORM,
    ),
)


def _expected(source: Source, selection: Selection, library: Library, credential: str) -> Expected:
    """What a cell must show."""
    cell = source, selection, library, credential
    found = (difference.shows for difference in _DIFFERENCES if difference.covers(*cell))
    return next(found, source.answers[selection])


def cells() -> Iterator[Cell]:
    """Every cell, those of one source and library together."""
    for source, library in product(SOURCES, Library):
        for selection, credential in product(source.answers, (DEFAULT, source.credential)):
            expected = _expected(source, selection, library, credential)
            yield Cell(source, selection, library, credential, expected)
