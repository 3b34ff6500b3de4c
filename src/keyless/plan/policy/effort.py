"""How long the best roles are looked for: in steps, not in seconds, so that a plan is the same everywhere."""

from __future__ import annotations

from typing import Annotated

import msgspec

Steps = Annotated[int, msgspec.Meta(ge=0)]


class Effort(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """How many steps the choice of the roles of one identity at one scope may take.

    ``search_steps`` are partial covers that are looked at, about a tenth of a second for 20,000; then HiGHS
    is asked, and stops after ``solver_nodes`` nodes of its search tree, none for as many as it takes; with 0
    it is not asked. What was stopped is the best that was found, and its certificate states the gap.
    """

    search_steps: Steps = 20_000
    solver_nodes: Steps | None = None


DEFAULT_EFFORT = Effort()
