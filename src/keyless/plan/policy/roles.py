"""Which roles a plan may choose from, and how many of them it may give."""

from __future__ import annotations

import enum
from typing import Annotated

import msgspec


class CustomRoles(enum.StrEnum):
    """What a plan does with roles that are not built in."""

    NONE = "none"
    """Choose among built-in roles alone."""
    EXISTING = "existing"
    """Choose among the custom roles of the estate, too."""
    PROPOSED = "proposed"
    """Propose new ones besides, with exactly what was used."""


class RoleRules(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """What may be chosen.

    ``general_only`` leaves out roles that their names mark as preview, deprecated or some service's own;
    ``odd_costs`` is what one of those counts for when choices are compared, or one that is for a service of
    which nothing was used: as much as so many permissions that only read.
    ``forbidden`` are names or GUIDs of roles that nobody gets. ``custom`` says what becomes of custom roles;
    a new one is proposed where it saves excess that weighs ``custom_saves`` at one scope, or where no role
    grants what was used. ``most_assignments`` is the highest number of assignments that one identity may
    have, none for as many as are needed.
    """

    general_only: bool = False
    odd_costs: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 30
    forbidden: tuple[str, ...] = ()
    custom: CustomRoles = CustomRoles.EXISTING
    custom_saves: Annotated[int, msgspec.Meta(ge=0)] = 10
    most_assignments: Annotated[int, msgspec.Meta(ge=1)] | None = None
