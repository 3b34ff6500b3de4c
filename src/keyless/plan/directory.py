"""What a plan says of access to the directory, which no role of Azure gives: the least role of its own.

Source: https://learn.microsoft.com/entra/identity/role-based-access-control/best-practices
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keyless.catalog.directory_roles import least_directory_role
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation, Outcome
from keyless.model.guids import guid_key
from keyless.plan.problem import Subject


def directory_notes(observations: Iterable[Observation], subjects: Mapping[str, Subject]) -> list[str]:
    """For each principal that learned, or was denied, something there: what would allow all of it."""
    asked: dict[str, set[str]] = {}
    for seen in observations:
        if seen.plane is ActionPlane.DIRECTORY and seen.outcome is not Outcome.ALLOWED:
            asked.setdefault(guid_key(seen.principal_id), set()).add(seen.action)
    return [_note(subjects, who, actions) for who, actions in sorted(asked.items())]


def _note(subjects: Mapping[str, Subject], who: str, actions: set[str]) -> str:
    name = subjects[who].name if who in subjects else who
    role = least_directory_role(actions)
    more = "action" if len(actions) == 1 else "actions"
    need = f"`{name}` needs {len(actions)} {more} of the directory, which no role of Azure gives"
    if role is None:
        return f"{need}, and no single role of the directory either: give it several under `directoryRoles`"
    return f"{need}: give it `{role.name}` under `directoryRoles`"
