"""What a person decides about secrets: who owns those that stay, why, how often they change; and until when
authentication outside of Azure may rest on a stored credential."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

import msgspec

from keyless.plan.results.secrets import Fate

Days = Annotated[int, msgspec.Meta(ge=1, le=3650)]
ROTATE_EVERY_DAYS = 90
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class SecretRule(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """What is decided about one secret or setting.

    ``fate`` goes before what its shape says; ``reason`` says why, ``owner`` is who answers for it.
    """

    owner: str = ""
    reason: str = ""
    rotate_every_days: Days | None = None
    fate: Fate | None = None


class HybridRule(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """An application outside of Azure whose stored credential stays ``until`` a date (`2027-03-31`)."""

    until: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if self.until and not _is_date(self.until):
            raise ValueError(f"`until` is `{self.until}`: it must be a date such as `2027-03-31`")


class SecretRules(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """``named`` are rules for single secrets and settings, by name or `VAULT/NAME`; ``hybrid`` are for
    applications, by name or client id; ``owner`` answers for all that have none of their own, and
    ``rotate_every_days`` is how often they change."""

    owner: str = ""
    rotate_every_days: Days = ROTATE_EVERY_DAYS
    named: dict[str, SecretRule] = {}
    hybrid: dict[str, HybridRule] = {}

    def of(self, container: str, name: str) -> SecretRule:
        """The rule for one secret, found without case; the one with its vault's name goes first."""
        by_name = {key.casefold(): rule for key, rule in self.named.items()}
        wanted = (f"{container}/{name}".casefold(), name.casefold())
        return next((by_name[one] for one in wanted if one in by_name), SecretRule())

    def of_application(self, *names: str) -> HybridRule | None:
        """The rule for an application, by any of the names and ids that it goes by."""
        by_name = {key.casefold(): rule for key, rule in self.hybrid.items()}
        return next((by_name[one.casefold()] for one in names if one.casefold() in by_name), None)


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return _DATE.fullmatch(text) is not None
