"""What a plan is given about what vaults and configuration stores hold: everything but the values."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keyless.catalog.shapes.shape import ValueShape
from keyless.model.resource_id import ResourceId
from keyless.plan.results.secrets import CodePlace


class StoredKind(enum.StrEnum):
    """Where a value lies: in a vault, or in a configuration store."""

    SECRET = "secret"
    SETTING = "setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValue:
    """A secret or a setting, without its value: ``shape`` is what that looks like.

    ``container`` is the id of the vault or the store. Times are in epoch seconds; ``expires`` is none where
    it does not.
    """

    container: ResourceId
    kind: StoredKind
    name: str
    shape: ValueShape
    label: str = ""
    content_type: str = ""
    updated: int = 0
    expires: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast one principal reads one thing: at most within a second, and within ten.

    ``later`` are reads later than at the start of a run, ``again`` the runs in which it was read again and
    again; ``throttled`` is what was refused at a limit.
    """

    per_second: int = 0
    per_window: int = 0
    later: int = 0
    again: int = 0
    throttled: int = 0


NO_PACE = Pace()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFacts:
    """All that is known about what is stored.

    ``places`` are where code names each, by its name; ``paces`` how fast one principal reads one scope, by
    both ids in lower case.
    """

    values: Sequence[StoredValue] = ()
    places: Mapping[str, tuple[CodePlace, ...]] = field(default_factory=dict)
    paces: Mapping[tuple[str, str], Pace] = field(default_factory=dict)


NO_SECRETS = SecretFacts()
