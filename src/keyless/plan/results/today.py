"""The role assignments that there are today, as a plan compares itself with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from keyless.model.resource_id import ResourceId
from keyless.model.roles import Triple, triple_of
from keyless.plan.problem import Subject
from keyless.plan.results.risk import Risk, RiskyPermission


class RiskCount(msgspec.Struct, frozen=True, order=True, rename="camel"):
    """How many permissions there are of one risk."""

    risk: Risk
    count: int


def counted_risks(permissions: Iterable[RiskyPermission]) -> tuple[RiskCount, ...]:
    """Risky permissions by risk, the gravest first; one that has several counts for the gravest."""
    order = list(Risk)
    gravest: dict[tuple[str, str], Risk] = {}
    for one in sorted(permissions, key=lambda one: order.index(one.risk)):
        gravest.setdefault((one.plane, one.action), one.risk)
    counts = Counter(gravest.values())
    return tuple(RiskCount(risk, counts[risk]) for risk in Risk if counts[risk])


class CurrentGrant(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One role that one principal has today.

    ``granted`` is how many permissions the role gives, ``unused`` how many of them nothing used within the
    scope, and ``risks`` what could be done with those; all are 0 for a role that is not known.
    ``conditional`` says that a condition narrows it, which is not looked at here.
    """

    assignment_id: str
    principal: Subject
    role_id: str
    role_name: str
    scope: str
    granted: int
    unused: int
    risks: tuple[RiskCount, ...] = ()
    conditional: bool = False

    @property
    def scope_id(self) -> ResourceId:
        """The scope as a resource id."""
        return ResourceId.parse(self.scope)

    @property
    def triple(self) -> Triple:
        """What makes it the same as another assignment."""
        return triple_of(self.principal.principal_id, self.role_id, self.scope_id)

    @property
    def is_unused(self) -> bool:
        """Whether it gives something, and nothing of it was used."""
        return 0 < self.granted == self.unused
