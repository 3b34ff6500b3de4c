"""How much a permission beyond use weighs, by what could be done with it."""

from __future__ import annotations

from typing import Annotated

import msgspec

Weight = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class RiskWeights(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """Whole numbers from 1 to 1000: an excess permission counts as so many.

    Permissions by which one could get more permissions, destroy data, or read secrets, and all others.
    """

    privilege_escalation: Weight = 1
    data_destruction: Weight = 1
    secret_reading: Weight = 1
    other: Weight = 1
