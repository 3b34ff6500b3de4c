"""What a permission beyond use could do, and how much it weighs.

Rules:
- which risk a permission has, the catalog's rules say (``keyless.catalog.risks``);
- what has no stated risk weighs more where it may change something than where it only reads, which the last
  word of its action says;
- a set of permissions weighs as much as its permissions together; where all weights are 1, that is how many
  there are.

Sets are integers over a universe, as everywhere in a plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from keyless.authz.effective import Universe
from keyless.catalog.risks import risk_rule_of, risk_rules
from keyless.model.actions import AZURE_RBAC
from keyless.plan.policy.risks import RiskWeights
from keyless.plan.results.actions import GrantedAction
from keyless.plan.results.risk import Risk, RiskyPermission
from keyless.plan.weigh import Weigher


def risks_of(actions: Iterable[GrantedAction]) -> tuple[RiskyPermission, ...]:
    """Those of the permissions that have a risk, the gravest first."""
    found = (
        RiskyPermission(Risk(rule.risk), one.plane, one.action)
        for one in actions
        if (rule := risk_rule_of(one.plane, one.action)) is not None
    )
    order = {risk: at for at, risk in enumerate(Risk)}
    return tuple(sorted(found, key=lambda one: (order[one.risk], one.plane, one.action.casefold())))


def why_risky(one: RiskyPermission) -> str:
    """What could be done with it, as words that follow its name: `gives roles, to itself too`."""
    rule = risk_rule_of(one.plane, one.action)
    return rule.reason if rule else ""


@lru_cache(maxsize=16)
def weigher_for(universe: Universe, weights: RiskWeights) -> Weigher:
    """How sets over a universe weigh."""
    taken, parts = 0, []
    for risk, bits in risk_sets(universe):
        parts.append((bits & ~taken, _weight(weights, risk)))
        taken |= bits
    changing = _changing(universe) & ~taken
    return Weigher.of(weights.other, (*parts, (changing, weights.changing)))


@lru_cache(maxsize=16)
def risk_sets(universe: Universe) -> tuple[tuple[Risk, int], ...]:
    """The permissions that each rule speaks of, the gravest first; a set may overlap those before it."""
    return tuple(
        (
            Risk(rule.risk),
            universe.of_patterns(rule.plane, rule.patterns)
            & ~universe.of_patterns(rule.plane, rule.excepted),
        )
        for rule in risk_rules()
    )


_READING = ("*/read", "*/readMetadata/action")


def _changing(universe: Universe) -> int:
    reading = everything = 0
    for plane in AZURE_RBAC:
        reading |= universe.of_patterns(plane, _READING)
        everything |= universe.of_patterns(plane, ("*",))
    return everything & ~reading


def _weight(weights: RiskWeights, risk: Risk) -> int:
    by_risk = {
        Risk.PRIVILEGE_ESCALATION: weights.privilege_escalation,
        Risk.SECRET_READING: weights.secret_reading,
        Risk.DATA_DESTRUCTION: weights.data_destruction,
    }
    return by_risk[risk]
