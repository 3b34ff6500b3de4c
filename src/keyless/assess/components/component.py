"""A component: a part of a repository that is deployed by itself, the services that it uses and how, and the
operations that its code calls."""

from __future__ import annotations

import enum

import msgspec

from keyless.assess.syntax.code import Language
from keyless.assess.syntax.span import Place
from keyless.model.actions import ActionPlane


class Authentication(enum.StrEnum):
    """How a component signs in to a service, as far as its code says it."""

    IDENTITY = "identity"
    CREDENTIAL = "credential"
    BOTH = "both"
    UNKNOWN = "unknown"


class Compute(msgspec.Struct, frozen=True, order=True):
    """A resource that runs a component: its type in ARM, and what the template calls it."""

    type: str
    symbol: str
    place: Place


class UsedService(msgspec.Struct, frozen=True, order=True):
    """A service by its key in the catalog, and the first place that uses it."""

    service: str
    authentication: Authentication
    place: Place


class CalledOperation(msgspec.Struct, frozen=True):
    """An operation that code calls, at the first place of each file; ``actions`` are those that show it."""

    service: str
    operation: str
    plane: ActionPlane
    actions: tuple[str, ...]
    method: str
    place: Place


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """``root`` is its folder, empty for the whole repository; ``known_by`` what says that it is one; ``host``
    what `azure.yaml` deploys it to."""

    name: str
    root: str
    known_by: tuple[str, ...]
    languages: tuple[Language, ...] = ()
    host: str = ""
    compute: tuple[Compute, ...] = ()
    services: tuple[UsedService, ...] = ()
    operations: tuple[CalledOperation, ...] = ()
