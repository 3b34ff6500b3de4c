"""An authorized call: what a handler takes, and what only the dispatcher can make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import msgspec

from keyless.evidence.recorder import SignInKey
from keyless.model.actions import ActionPlane
from keyless.model.attributes import NO_ATTRIBUTES, Attributes
from keyless.model.hosts import HostKind
from keyless.model.identities import Principal
from keyless.model.resource_id import ResourceId
from keyless.wire.authorize import Question
from keyless.wire.errors import Bug
from keyless.wire.request import Request

B = TypeVar("B")


class Workload(Protocol):
    """A running workload, and the compute resource that it runs as."""

    @property
    def name(self) -> str:
        """The compute resource's name."""
        ...

    @property
    def resource_id(self) -> str:
        """The compute resource's ARM id."""
        ...

    @property
    def host_kind(self) -> HostKind:
        """How it gets its token: the endpoints of other kinds do not know it."""
        ...

    @property
    def user_id(self) -> str:
        """The object id of the user who works here, where this is a person's shell; else empty."""
        ...

    def got_token(self) -> None:
        """Count a token that it was given."""
        ...


class Decider(Protocol):
    """Decides for the caller of a call what it may do beyond the operation itself."""

    def may(self, question: Question) -> bool:
        """Whether the caller may do it; nothing is recorded."""
        ...

    def demand(self, question: Question) -> None:
        """Make sure that the caller may do it, and record that it was asked.

        Raises:
            Forbidden: it may not.
        """
        ...


class _Mint:
    """The proof that a call went through the dispatcher."""


MINT = _Mint()


class Authorized(msgspec.Struct, Generic[B], frozen=True, eq=False):
    """A call whose caller is verified and permitted.

    ``resource`` is what the host name stands for (a vault, a store); ``params`` are the route's; ``body`` is
    decoded into the operation's type; ``caller`` is none for public operations, ``workload`` for all others
    than those of the managed-identity endpoints. ``ahead_s`` is how far its time is ahead of the machine's.
    """

    mint: object
    request: Request
    resource: object
    params: Mapping[str, str]
    body: B
    api_version: str
    caller: Principal | None
    workload: Workload | None
    decider: Decider | None = None
    ahead_s: int = 0

    def __post_init__(self) -> None:
        """Refuse to be made by anyone but the dispatcher."""
        if self.mint is not MINT:
            raise Bug("an authorized call is made by the dispatcher alone")

    def __repr__(self) -> str:
        return f"Authorized({self.request!r})"  # the body may hold a secret

    @property
    def principal(self) -> Principal:
        """The caller of an operation that requires a token."""
        if self.caller is None:
            raise Bug("the operation has no caller")
        return self.caller

    def may(
        self,
        action: str,
        scope: ResourceId,
        plane: ActionPlane = ActionPlane.CONTROL,
        *,
        below: bool = False,
    ) -> bool:
        """Whether the caller may do a further thing, such as to see one item of a list.

        With ``below``, at the scope or anywhere within it.
        """
        return self._decider.may(Question(plane, action, scope, below=below))

    def demand(
        self,
        action: str,
        scope: ResourceId,
        plane: ActionPlane = ActionPlane.CONTROL,
        attributes: Attributes = NO_ATTRIBUTES,
    ) -> None:
        """Make sure that the caller may do a further thing that the request's body asks for.

        Raises:
            Forbidden: it may not.
        """
        self._decider.demand(Question(plane, action, scope, attributes))

    @property
    def _decider(self) -> Decider:
        if self.decider is None:
            raise Bug("the operation has no caller to decide for")
        return self.decider

    @property
    def now(self) -> int:
        """When the request came, in epoch seconds: by the estate's time on a plane that keeps it."""
        return int(self.request.now) + self.ahead_s

    @property
    def machine_time(self) -> int:
        """When the request came by the machine's clock, which is what tokens are held against."""
        return int(self.request.now)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with more to it than a body: ``body`` is encoded as JSON unless it is bytes or none.

    ``sign_in`` is the sign-in that the answer is of, for the dispatcher to count.
    """

    body: object = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = field(default=())
    content_type: str | None = None
    sign_in: SignInKey | None = None
