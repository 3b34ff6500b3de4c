"""How much a permission beyond use weighs, by what could be done with it."""

from __future__ import annotations

from typing import Annotated

import msgspec

Weight = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class RiskWeights(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """What a permission beyond use counts for when roles are compared.

    Permissions by which one could get more permissions, read secrets, or destroy data; of the rest, those
    that change something, and all others. With 1 everywhere, the plan has the fewest excess permissions,
    whatever they are.
    """

    privilege_escalation: Weight = 100
    secret_reading: Weight = 50
    data_destruction: Weight = 20
    changing: Weight = 3
    other: Weight = 1
