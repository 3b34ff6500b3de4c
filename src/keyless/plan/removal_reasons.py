"""Why an assignment goes, in words; and why the evidence may not carry that.

Rules:
- where the plan grants what was used, it says by what; where another identity takes over, by whom;
- where a rule of the policy dropped the last use, it says when that was;
- where nothing was seen of the principal, or no log could have shown the use, it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec.structs import replace

from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.index import RoleIndex
from keyless.plan.problem import Demand, Subject
from keyless.plan.result import PlannedAssignment
from keyless.plan.results.completeness import Completeness, Sureness
from keyless.plan.results.proof import Dropped
from keyless.plan.visibility import Visibility
from keyless.plan.window import last_used
from keyless.plan.wording import counted, listed, short_scope

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the evidence says: what is needed, what was dropped of it, what it could show, how complete it is.

    ``now`` (epoch seconds) is what times are counted back from. ``taken_over`` says by case-folded principal
    id who is to do what those did whose identity is replaced.
    """

    demands: Sequence[Demand]
    dropped: Sequence[Dropped]
    visible: Visibility
    completeness: Completeness
    now: int
    taken_over: Mapping[str, Sequence[Subject]] = field(default_factory=dict)


class Reasons:
    """What the evidence says of assignments that go."""

    def __init__(self, index: RoleIndex, seen: Seen) -> None:
        self._index = index
        self._seen = seen
        self._dropped = by_principal(seen.dropped, lambda one: one.principal_id)
        self._sure = {guid_key(one.principal_id): one for one in seen.completeness.identities}

    def why(
        self,
        one: RoleAssignment,
        subject: Subject,
        role: RoleDefinition,
        used: int,
        instead: Sequence[PlannedAssignment],
    ) -> str:
        """Why an assignment goes; ``instead`` are the planned ones that grant what was ``used`` of it."""
        if used:
            names = listed([f"`{each.role_name}` at {short_scope(each.scope_id)}" for each in instead])
            return f"what was used of it ({counted(used.bit_count(), 'action')}) the plan grants by {names}"
        by = self._seen.taken_over.get(guid_key(subject.principal_id), ())
        if by:
            names = listed([f"`{each.name}`" for each in by])
            return f"what it did, {names} is to do: remove it after the switch"
        last = self._last_dropped(one, subject, role)
        if last:
            return f"nothing that is needed uses it: {last_used(last, self._seen.now)}"
        if self._sureness(subject) is Sureness.NONE:
            return f"unseen: {self._about(subject).replace(' it', ' this identity', 1)}"
        return f"nothing that was observed needs it{self._for_days()}"

    def _for_days(self) -> str:
        days = self._seen.completeness.days
        return f", on {days:,} days" if days > 1 else ""

    def _last_dropped(self, one: RoleAssignment, subject: Subject, role: RoleDefinition) -> int:
        """When a use of the role was last seen that the policy's rules have dropped; 0 for never."""
        bits = self._index.bits_of(unconditional(role))
        return max(
            (
                each.last_seen
                for each in self._dropped.get(guid_key(subject.principal_id), ())
                if self._index.hierarchy.covers(one.scope_id, ResourceId.parse(each.scope))
                and bits & self._index.bit((each.plane, each.action))
            ),
            default=0,
        )

    def unsure(self, subject: Subject, role: RoleDefinition) -> list[str]:
        """Why the evidence does not carry a removal; empty where it does."""
        texts = []
        if self._sureness(subject) is Sureness.NONE:
            texts.append("make sure that it is not used at all before you remove anything")
        unseen = self._seen.visible.unseen_of(role, subject.principal_id)
        if unseen:
            texts.append(f"no log that was seen shows {listed(unseen)}, so it may be used all the same")
        return texts

    def _sureness(self, subject: Subject) -> Sureness:
        known = self._sure.get(guid_key(subject.principal_id))
        return known.sureness if known else Sureness.NONE

    def _about(self, subject: Subject) -> str:
        known = self._sure.get(guid_key(subject.principal_id))
        return known.why if known else "nothing was observed of it"


def unconditional(role: RoleDefinition) -> RoleDefinition:
    """The role with all that it could grant, whatever the conditions of its blocks say."""
    if all(block.condition is None for block in role.permissions):
        return role
    blocks = tuple(replace(block, condition=None, condition_version=None) for block in role.permissions)
    return replace(role, permissions=blocks)


def by_principal(items: Iterable[T], whose: Callable[[T], str]) -> dict[str, list[T]]:
    """Records by the principal that they are about, as ids compare."""
    found: dict[str, list[T]] = {}
    for one in items:
        found.setdefault(guid_key(whose(one)), []).append(one)
    return found
