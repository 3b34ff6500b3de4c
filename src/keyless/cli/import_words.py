"""What `keyless estate import` says: what was done, what is orphaned, passed over or not taken in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from keyless.cli.wording import counted

if TYPE_CHECKING:
    from keyless.deploy.adopt import Adopted
    from keyless.estate.imported import Existing

_SHOWN = 20


def lines_of(existing: Existing, changes: list[Adopted], left_out: int, *, dry_run: bool) -> list[str]:
    """What was done, what is orphaned, what was passed over and what could not be read."""
    from keyless.deploy.adopt import Change
    from keyless.deploy.adopt_places import KINDS

    lines = ["would be imported:" if dry_run else "imported:"]
    for kind in KINDS:
        found = Counter(one.change for one in changes if one.kind == kind)
        told = [f"{found[change]} {change.value}" for change in Change if found[change]]
        if told:
            lines.append(f"  {kind:<26}{', '.join(told)}")
    if len(lines) == 1:
        lines = ["nothing was found that says anything of access"]
    lines += _orphans(existing)
    if existing.placeholders:
        named = counted(len(existing.placeholders), "principal is", "principals are")
        lines.append(
            f"{named} known by id and type alone: import `az ad sp list --all`, `az ad user list` and `az ad "
            "group list` for names, and to tell which assignments are orphaned"
        )
    lines += [f"note: {remark}" for remark in existing.remarks]
    lines += _passed_over(existing, left_out)
    if existing.unread:
        lines.append(f"not taken in ({len(existing.unread)}):")
        lines += [f"  {place}: {why}" for place, why in map(_place_and_why, existing.unread)]
    return lines


def _orphans(existing: Existing) -> list[str]:
    from keyless.estate.resolve.roles import Roles
    from keyless.estate.roles import role_name
    from keyless.model.roles import RoleAssignment, RoleDefinition

    records = [one.record for one in existing.records]
    found = [
        one for one in records if isinstance(one, RoleAssignment) and one.principal_id in existing.orphaned
    ]
    if not found:
        return []
    roles = Roles(one for one in records if isinstance(one, RoleDefinition)).custom
    return [
        f"orphaned ({len(found)}): nobody has the id that these role assignments name",
        *(
            f"  {role_name(one.role_definition_id, roles)} of {one.principal_id} at {one.scope}"
            for one in sorted(found, key=lambda each: (each.scope, each.id))
        ),
    ]


def _passed_over(existing: Existing, left_out: int) -> list[str]:
    passed = dict(existing.passed_over)
    lines = []
    if passed:
        lines.append(f"says nothing of access ({sum(passed.values())}):")
        shown = sorted(passed.items(), key=lambda item: (-item[1], item[0]))
        lines += [f"  {count} {kind}" for kind, count in shown[:_SHOWN]]
        if len(shown) > _SHOWN:
            lines.append(f"  and {sum(count for _, count in shown[_SHOWN:])} of other types")
    if left_out:
        lines.append(f"{counted(left_out, 'other file', 'other files')} in the directories left out")
    return lines


def _place_and_why(unread: tuple[str, str, str]) -> tuple[str, str]:
    file, at, why = unread
    return " ".join(part for part in (file, at) if part), why
