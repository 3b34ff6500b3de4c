"""What a rule finds: where, by which way, how grave, how sure, and what to write instead.

Rules:
- a flow is one finding: its place is where the credential is used, or as far as it could be followed; its
  steps are one whole way, from where the credential comes from to that place, across files; where it may come
  from other places as well, those are said beside it;
- no message, step or remedy holds a value that may be secret: names and places only;
- severity says how much it matters, confidence how sure it is that it is so.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

import msgspec

from keyless.assess.syntax.span import Place


class _Ordered(enum.StrEnum):
    def at_least(self, other: _Ordered) -> bool:
        """Whether this is as much as another, or more; members stand from the most to the least."""
        members: Sequence[_Ordered] = list(type(self))
        return members.index(self) <= members.index(other)


class Severity(_Ordered):
    """How much a finding matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Confidence(_Ordered):
    """How sure it is that a finding is one."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Step(msgspec.Struct, frozen=True, rename="camel"):
    """A place on the way of a flow, and what happens there: ``read with `listKeys` of `store```."""

    place: Place
    what: str


class Edit(msgspec.Struct, frozen=True, order=True, rename="camel"):
    """A piece of a file, by offsets into its UTF-8 bytes, and the text that is to stand there."""

    path: str
    start: int
    end: int
    text: str


class Fix(msgspec.Struct, frozen=True, rename="camel"):
    """Edits that belong together: all of them or none."""

    what: str
    edits: tuple[Edit, ...]


class Remedy(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What to write instead of a stored credential, and what that takes.

    ``instead`` is code or configuration in ``language``; ``identity`` the identity that it needs, in words;
    ``roles`` names of roles at ``scope``; ``local_auth_off`` what to set so that the credential is good for
    nothing afterwards.
    """

    instead: str = ""
    language: str = ""
    identity: str = ""
    roles: tuple[str, ...] = ()
    scope: str = ""
    local_auth_off: str = ""
    note: str = ""


class Finding(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One departure. ``rule`` is the id of the rule, ``service`` the key of the catalog's service if it is
    about one, ``subject`` the name of the resource, setting or client that it is about."""

    rule: str
    place: Place
    message: str
    severity: Severity
    confidence: Confidence
    service: str = ""
    subject: str = ""
    steps: tuple[Step, ...] = ()
    also: tuple[Step, ...] = ()
    """Where else it may come from: the beginnings of other ways to the same place."""
    remedy: Remedy | None = None
    fix: Fix | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """All places that it is about: its own, those of its way, and where else it may come from."""
        return (self.place, *(step.place for step in (*self.steps, *self.also)))
