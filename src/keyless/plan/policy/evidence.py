"""What of the evidence counts as need."""

from __future__ import annotations

import msgspec


class EvidenceRules(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """``include_denied``: what was denied is needed, too. ``window_days``: what was last used longer ago than
    so many days before the plan is made is not needed any more; none for no limit."""

    include_denied: bool = False
    window_days: int | None = None
