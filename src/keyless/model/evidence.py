"""What was decided, for whom, how often: the record that plans are made from. Names only, never values."""

from __future__ import annotations

import enum

import msgspec

from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ResourceId


class Outcome(enum.StrEnum):
    """How a call was settled: by a grant, let pass by learning, or refused."""

    ALLOWED = "allowed"
    LEARNED = "learned"
    DENIED = "denied"


class Observation(msgspec.Struct, frozen=True, rename="camel"):
    """One (who, what, where, outcome, by which assignment), aggregated.

    ``scope`` is the most specific id that was decided on (a secret, a key-value; the vault or store for
    lists); ``assignment_id`` the GUID of the deciding assignment, empty where none allowed it;
    ``first_seen`` and ``last_seen`` are epoch seconds.
    """

    principal_id: str
    operation: str
    plane: ActionPlane
    action: str
    scope: str
    outcome: Outcome
    assignment_id: str
    count: int
    first_seen: int
    last_seen: int

    @property
    def scope_id(self) -> ResourceId:
        """The scope as a resource id."""
        return ResourceId.parse(self.scope)
