"""What could be done with a permission, as rules: patterns of actions, each with its reason and source.

Rules:
- the first rule that an action answers to decides, and the gravest risks come first: privilege escalation,
  reading secrets, destroying data;
- running code on something that has an identity counts as escalation, because the identity's roles come
  with it; so does writing the settings of an app, which say what it runs;
- making a new key counts as reading secrets, because the answer has the key, and not as destruction;
- signing a user delegation key has no risk stated: it reaches no further than its holder's own roles;
- a pattern that stands in the universe for permissions without known names has no risk stated either.

The patterns are a judgement, and no list of Azure's; the sources say what the actions do.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data
from keyless.model.actions import ActionPlane, any_matches


class RiskRule(msgspec.Struct, frozen=True):
    """One rule: which actions of a plane it is about, and why they are a risk."""

    risk: str
    plane: ActionPlane
    patterns: tuple[str, ...]
    reason: str
    source: str
    excepted: tuple[str, ...] = msgspec.field(default=(), name="except")

    def speaks_of(self, plane: ActionPlane, action: str) -> bool:
        """Whether the rule is about the action."""
        return (
            plane is self.plane
            and any_matches(self.patterns, action)
            and not any_matches(self.excepted, action)
        )


class _RisksFile(msgspec.Struct, frozen=True):
    rules: tuple[RiskRule, ...]


@lru_cache(maxsize=1)
def risk_rules() -> tuple[RiskRule, ...]:
    """Every rule, the gravest first."""
    return msgspec.json.decode(read_data("risks.json"), type=_RisksFile).rules


@lru_cache(maxsize=65536)
def risk_rule_of(plane: ActionPlane, action: str) -> RiskRule | None:
    """The rule that decides on an action; none where no risk is stated."""
    return next((rule for rule in risk_rules() if rule.speaks_of(plane, action)), None)
