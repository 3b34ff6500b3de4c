"""What becomes of vaults that access policies decide on."""

from __future__ import annotations

import msgspec


class VaultRules(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """``whole_policies``: roles cover all that a policy gives, used or not."""

    whole_policies: bool = False
