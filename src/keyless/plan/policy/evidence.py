"""What of the evidence counts as need, and how far back.

Rules:
- without a window all that was ever used is needed; with one, what was last used longer ago is not;
- what is used on few days, or few times, is needed all the same, unless `rare` says that it is dropped:
  yearly jobs and recovery are rare, and are missed most when they fail;
- what a rule under `keep` speaks of is needed whatever window and rarity say.

A rule of `keep` speaks of a use where all that it names holds; `*` stands for any run of characters. Its
principal is a name or an id; its scope an id, with all below it, or a pattern if there is a `*` in it.
"""

from __future__ import annotations

import enum
from typing import Annotated

import msgspec

from keyless.model.resource_id import ResourceId

AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]
Share = Annotated[float, msgspec.Meta(ge=0.05, le=0.95)]


class RareUse(enum.StrEnum):
    """What becomes of permissions that are rarely used."""

    KEEP = "keep"
    """They are needed like all others."""
    DROP = "drop"
    """They are not planned for; a plan lists them."""


class KeepRule(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """Uses that are kept whatever the window says.

    ``action`` is a pattern, ``principal`` a name, an id or a pattern, ``scope`` an id with all below it, or a
    pattern where it has a `*`; all that is given must hold. ``because`` is for whoever reads it later.
    """

    action: str = "*"
    principal: str = "*"
    scope: str = "*"
    because: str = ""

    def __post_init__(self) -> None:
        """Refuse a scope that would never be at any place."""
        if "*" not in self.scope:
            ResourceId.parse(self.scope)


class EvidenceRules(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """Which uses are needed.

    ``include_denied``: what was denied is needed, too. ``window_days``: what was last used longer ago than
    so many days before the plan is made is not needed any more; none for no limit.
    Rare is what was used on at most ``rare_days`` days, or at most ``rare_count`` times; none for no such
    limit; ``rare`` says what becomes of it. ``forecast_share`` is the part of the days, the last ones, that
    a forecast is tested on.
    """

    include_denied: bool = False
    window_days: AtLeastOne | None = None
    rare_days: AtLeastOne | None = None
    rare_count: AtLeastOne | None = None
    rare: RareUse = RareUse.KEEP
    keep: tuple[KeepRule, ...] = ()
    forecast_share: Share = 0.33
