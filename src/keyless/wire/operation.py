"""An operation of a plane, declared once: route, versions, access, schema, errors, source.

The router, the dispatcher, the access matrix test, the reference pages, the evidence and `explain` all read
this one declaration. ``access`` has no default: an operation that asks for nothing says so, with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from keyless.model.actions import ActionPlane
from keyless.model.attributes import Attributes
from keyless.model.resource_id import ResourceId
from keyless.wire.errors import WireError
from keyless.wire.request import Request
from keyless.wire.throttle import Counts

_VERSION = re.compile(r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(-(preview|alpha|beta|privatepreview))?")

ScopeOf = Callable[[Any, Mapping[str, str]], ResourceId]
"""From the plane's resource (a vault, a store) and the route's parameters to what is decided on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operation is asked, before it is decided: its resource, the route's parameters, the body.

    ``now`` is the time of the call that it will be.
    """

    resource: Any
    params: Mapping[str, str]
    body: Any
    now: float


AttributesOf = Callable[[Asked, Any], Awaitable[Attributes]]
"""From what is asked and the plane's service to what conditions may look at."""


@dataclass(frozen=True, slots=True)
class Requires:
    """A verified token, and every one of these actions at the scope.

    An action may have names in braces, which ``fill`` gives for a route's parameters. ``attributes`` is only
    asked where a condition has to be evaluated. ``below`` says that the actions at any scope below do too:
    of listings, which then show what their caller may read. Without any action whoever holds a token that is
    valid gets past the decision, and ``reason`` says why that is right: the handler decides on what it shows.
    """

    actions: tuple[str, ...]
    scope: ScopeOf
    plane: ActionPlane = ActionPlane.DATA
    access_policy: str | None = None
    fill: Callable[[Mapping[str, str]], Mapping[str, str]] | None = None
    attributes: AttributesOf | None = None
    below: bool = False
    reason: str = ""

    def actions_for(self, params: Mapping[str, str]) -> tuple[str, ...]:
        """The actions that a request with these parameters needs."""
        if self.fill is None:
            return self.actions
        values = self.fill(params)
        return tuple(action.format_map(values) for action in self.actions)


@dataclass(frozen=True, slots=True)
class WorkloadOnly:
    """The secret of the workload that the endpoint belongs to."""

    reason: str


@dataclass(frozen=True, slots=True)
class Public:
    """Nothing, and why that is right."""

    reason: str


Access = Requires | WorkloadOnly | Public


@dataclass(frozen=True, slots=True)
class ApiVersions:
    """The `api-version` values that an operation takes, oldest first; empty where the plane has none.

    ``open`` ones take any other that has the form of one: of resource types whose versions are not known.
    ``others`` are those that its plane knows, and at which there is no such operation.
    """

    known: tuple[str, ...] = ()
    open: bool = False
    others: tuple[str, ...] = ()

    def since(self, version: str) -> ApiVersions:
        """One of these and all that came after it."""
        at = self.known.index(version)
        return ApiVersions(self.known[at:], others=self.known[:at])

    def __contains__(self, version: str) -> bool:
        return version in self.known or (self.open and _VERSION.fullmatch(version) is not None)


class Selected(NamedTuple):
    """What a list selects of a container, by its filters as they were sent, or by a snapshot's name.

    With ``follows`` the client said that it follows the references that it loads.
    """

    keys: str = ""
    labels: str = ""
    tags: tuple[str, ...] = ()
    snapshot: str = ""
    follows: bool = False


class Selects(NamedTuple):
    """How to find what a list selects; ``said_in`` is the header in which clients say more of themselves.

    That may differ from one request to the next, where all the rest is the same.
    """

    find: Callable[[Request], Selected]
    said_in: str


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One declared operation. ``routes`` are pairs of method and path template; ``body`` a msgspec type.

    ``query_params`` are query parameters (lower-case) that name the object, as route parameters do;
    ``counts`` says towards which limit it counts, none where there is no limit; ``selects`` finds what a
    list selects, for evidence.
    """

    id: str
    routes: tuple[tuple[str, str], ...]
    api_versions: ApiVersions
    access: Access
    handler: Callable[[Any, Any], Awaitable[object]]
    body: Any = None
    response: Any = None
    errors: tuple[type[WireError], ...] = ()
    spec: str = ""
    query_params: tuple[str, ...] = ()
    counts: Counts | None = None
    selects: Selects | None = None

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (self.handler.__doc__ or "").strip().splitlines()[0]


def operation(
    *,
    id: str,  # noqa: A002  # the name that the field uses: OpenAPI's operation id
    route: str | tuple[str, ...],
    api_versions: ApiVersions,
    access: Access,
    spec: str,
    body: object = None,
    response: object = None,
    errors: tuple[type[WireError], ...] = (),
    query_params: tuple[str, ...] = (),
    counts: Counts | None = None,
    selects: Selects | None = None,
) -> Callable[[Callable[[Any, Any], Awaitable[object]]], Operation]:
    """Declare an operation; the decorated handler takes ``(Authorized, service)``.

    A route is ``"GET /secrets/{secret_name}"``; ``"GET|HEAD /kv/{key*}"`` stands for two methods, and a
    parameter with a star takes the rest of the path, slashes included; ``"GET /kv?snapshot"`` is what a
    request with that query parameter means.
    """
    routes = (route,) if isinstance(route, str) else route
    pairs = tuple((method, template) for text in routes for method, template in _split(text))

    def declare(handler: Callable[[Any, Any], Awaitable[object]]) -> Operation:
        return Operation(
            id,
            pairs,
            api_versions,
            access,
            handler,
            body,
            response,
            errors,
            spec,
            query_params,
            counts,
            selects,
        )

    return declare


def _split(route: str) -> list[tuple[str, str]]:
    methods, template = route.split(" ", 1)
    return [(method, template) for method in methods.split("|")]
