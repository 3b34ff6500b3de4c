"""How much a permission beyond use weighs, by what could be done with it."""

from __future__ import annotations

import msgspec


class RiskWeights(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """Whole numbers, 1 or more: an excess permission counts as so many.

    Permissions by which one could get more permissions, destroy data, or read secrets, and all others.
    """

    privilege_escalation: int = 1
    data_destruction: int = 1
    secret_reading: int = 1
    other: int = 1
