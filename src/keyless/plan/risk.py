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

from functools import lru_cache

from keyless.authz.effective import Universe
from keyless.catalog.risks import risk_rule_of, risk_rules
from keyless.model.actions import AZURE_RBAC
from keyless.plan.policy.risks import RiskWeights
from keyless.plan.results.risk import Risk, RiskyPermission
from keyless.plan.results.today import RiskCount
from keyless.plan.weigh import Weigher


def risks_in(universe: Universe, bits: int) -> tuple[RiskyPermission, ...]:
    """Those of a set of permissions that have a risk, the gravest first."""
    return tuple(
        RiskyPermission(risk, plane, name)
        for risk, part in _apart(universe)
        for plane in AZURE_RBAC
        for name in universe.names(bits & part, plane)
    )


def risk_counts(universe: Universe, bits: int) -> tuple[RiskCount, ...]:
    """How many of a set of permissions have each risk, the gravest first."""
    numbers = ((risk, (bits & part).bit_count()) for risk, part in _apart(universe))
    return tuple(RiskCount(risk, number) for risk, number in numbers if number)


def why_risky(one: RiskyPermission) -> str:
    """What could be done with it, as words that follow its name: `gives roles, to itself too`."""
    rule = risk_rule_of(one.plane, one.action)
    return rule.reason if rule else ""


@lru_cache(maxsize=16)
def weigher_for(universe: Universe, weights: RiskWeights, odd: int = 0) -> Weigher:
    """How sets over a universe weigh, and each ``odd`` role that is chosen."""
    parts = [(bits, _weight(weights, risk)) for risk, bits in _apart(universe)]
    taken = 0
    for bits, _ in parts:
        taken |= bits
    return Weigher.of(weights.other, (*parts, (_changing(universe) & ~taken, weights.changing)), odd)


@lru_cache(maxsize=16)
def _apart(universe: Universe) -> tuple[tuple[Risk, int], ...]:
    """The permissions of each risk, the gravest first; each permission is in the first that it has."""
    found = dict.fromkeys(Risk, 0)
    taken = 0
    for rule in risk_rules():
        bits = universe.of_patterns(rule.plane, rule.patterns)
        bits &= ~universe.of_patterns(rule.plane, rule.excepted)
        found[Risk(rule.risk)] |= bits & ~taken
        taken |= bits
    return tuple(found.items())


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
