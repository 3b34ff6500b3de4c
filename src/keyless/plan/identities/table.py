"""The decision: from what speaks for and against, to the type of identity, and whether it is shared.

`ROWS` is the whole of it, in order: the first row that applies decides. It applies where something of each
of its sets is the case. In words:
- what the resource's type can have at all comes first;
- logs that must tell the resource, and access that must go with it, ask for an identity of its own: a
  system-assigned one, unless something rules that out, and then a user-assigned one that nobody shares;
- resources that need the same share a user-assigned identity;
- many identities made at once, access that must be there before the resource, and approval of every new
  identity ask for a user-assigned one, shared or not;
- what works is kept: another type without one of these reasons would gain nothing;
- otherwise the permissions are the resource's alone, and its identity comes and goes with it.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations
"""

from __future__ import annotations

import enum
from collections.abc import Set
from dataclasses import dataclass

from keyless.plan.results.identities import IdentityRule as R

Fact = R
"""What may be the case is named by the rule that it brings up."""


class Outcome(enum.Enum):
    """Which identity."""

    SYSTEM = "its system-assigned one"
    ALONE = "a user-assigned one that it shares with nobody"
    SHARED = "a user-assigned one together with those that need the same"
    AS_IT_IS = "the user-assigned one that it has"


@dataclass(frozen=True, slots=True)
class Row:
    """It applies where at least one fact of each set in ``where`` is the case; ``rule`` names it.

    The rule is none where the facts themselves are.
    """

    where: tuple[frozenset[Fact], ...]
    outcome: Outcome
    rule: R | None = None


TO_ITSELF = frozenset({R.AUDIT_PER_RESOURCE, R.LIFECYCLE_WITH_RESOURCE})
"""What asks for an identity that nobody shares."""
USER_ASSIGNED = frozenset(
    {
        R.ONLY_USER_ASSIGNED,
        R.ACCESS_BEFORE_DEPLOYMENT,
        R.SEPARATE_APPROVAL,
        R.EPHEMERAL,
        R.REPLICATED,
    }
)
"""What asks for a user-assigned identity, also without anybody to share it."""

ROWS: tuple[Row, ...] = (
    Row((frozenset({R.ONLY_SYSTEM_ASSIGNED}),), Outcome.SYSTEM),
    Row((TO_ITSELF, USER_ASSIGNED), Outcome.ALONE),
    Row((TO_ITSELF,), Outcome.SYSTEM),
    Row((frozenset({R.SAME_PERMISSIONS}),), Outcome.SHARED),
    Row((USER_ASSIGNED,), Outcome.ALONE),
    Row((frozenset({R.WORKS_AS_IT_IS}),), Outcome.AS_IT_IS),
    Row((frozenset({R.INSTANCES_COME_AND_GO}),), Outcome.ALONE),
    Row((), Outcome.SYSTEM, R.OWN_PERMISSIONS),
)


def decide(facts: Set[Fact]) -> tuple[Outcome, tuple[R, ...]]:
    """Which identity, and the rules that say so, in the order of their names."""
    row = next(row for row in ROWS if all(facts & any_of for any_of in row.where))
    spoke = {fact for any_of in row.where for fact in facts & any_of}
    return row.outcome, tuple(sorted({*spoke, *((row.rule,) if row.rule else ())}))


def may_share(speaking: Set[Fact]) -> bool:
    """Whether what speaks lets a resource share an identity at all."""
    return not speaking & (TO_ITSELF | {R.ONLY_SYSTEM_ASSIGNED})
