"""Roles that a plan's principals have through groups: what is said of them, and when they go.

Rules:
- what a group grants counts as granted today, and as what its members use of it;
- a plan gives each principal its own least role all the same. It rests on no membership: others change those,
  a change takes hours to reach tokens that are cached, and a group's role serves its widest member. Microsoft
  advises to assign managed identities directly for that reason;
- so a note says, for each member, what the group's role is to it then: the very role that the plan gives,
  more than it used, or of no use;
- the assignment to the group itself goes only where all members are principals of the plan and none of them
  used anything of it; where people or unknown members are in the group, it is their affair, and stays.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations#limitation-of-using-managed-identities-for-authorization
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from keyless.authz.groups import Memberships
from keyless.model.directory import Group
from keyless.model.guids import guid_key
from keyless.plan.problem import Subject, SubjectKind


@dataclass(frozen=True, slots=True)
class GroupOf:
    """A group as a plan sees it: the principals of the plan that are in it, directly or through groups.

    ``whole`` says that nobody else is in it.
    """

    subject: Subject
    members: tuple[Subject, ...]
    whole: bool


def groups_of(groups: Sequence[Group], subjects: Mapping[str, Subject]) -> dict[str, GroupOf]:
    """Every group that a principal of the plan is in, by id as ids compare; ``subjects`` likewise."""
    memberships = Memberships(groups)
    inside: dict[str, list[Subject]] = {}
    for subject in subjects.values():
        for key in memberships.principal_ids(subject.principal_id) - {guid_key(subject.principal_id)}:
            if not subject.is_deleted:
                inside.setdefault(key, []).append(subject)
    known = {guid_key(one.principal_id): one for one in groups}
    return {
        key: GroupOf(
            Subject(known[key].principal_id, known[key].display_name, SubjectKind.GROUP),
            tuple(sorted(members, key=lambda one: (one.name.casefold(), one.principal_id))),
            whole=_all_in(known, key, subjects),
        )
        for key, members in inside.items()
    }


def _all_in(groups: Mapping[str, Group], key: str, subjects: Mapping[str, Subject]) -> bool:
    """Whether all that are in a group are principals of the plan."""
    reached, waiting = {key}, [key]
    while waiting:
        for member in map(guid_key, _members(groups, waiting.pop())):
            if member in groups and member not in reached:
                reached.add(member)
                waiting.append(member)
            elif member not in groups and member not in subjects:
                return False
    return True


def _members(groups: Mapping[str, Group], key: str) -> Iterable[str]:
    return groups[key].members
