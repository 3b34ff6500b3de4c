"""What a person knows of compute resources that no log shows, and that the type of identity depends on."""

from __future__ import annotations

import msgspec


class IdentityRules(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """``keep`` leaves every resource with the identities that it has."""

    keep: bool = False
