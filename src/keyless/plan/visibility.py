"""What the evidence could have shown at all: a permission that no log shows is not unused because none does.

Rules:
- the local plane records every decision, so it shows all use of what it serves by whoever ran under it;
- Azure's activity log has no reads, and nothing of the data inside a resource; those have logs of their own.
  So where evidence was imported, reads of the management plane are seen only if some were, and data actions
  of one type of resource only if some of that type were;
- data actions on what the local plane does not serve are seen only if some of that type were.

A type is what an action begins with: `Microsoft.KeyVault/vaults`.

Source: https://learn.microsoft.com/azure/azure-monitor/platform/activity-log
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.catalog.services import APP_CONFIGURATION, KEY_VAULT, service
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation, Run
from keyless.model.guids import guid_key
from keyless.model.roles import RoleDefinition

_SERVED = frozenset((service(key).arm_type or "").casefold() for key in (KEY_VAULT, APP_CONFIGURATION))
_READ = "/read"


class Visibility:
    """What could be seen of whom."""

    def __init__(
        self, observations: Iterable[Observation], runs: Iterable[Run], *, was_imported: bool
    ) -> None:
        seen = tuple(observations)
        self._types = {type_of(one.action) for one in seen if one.plane is ActionPlane.DATA}
        self._reads = any(
            one.plane is ActionPlane.CONTROL and one.action.casefold().endswith(_READ) for one in seen
        )
        self._was_imported = was_imported
        self._ran = {guid_key(who) for run in runs for who in run.principal_ids}

    def unseen_of(self, role: RoleDefinition, principal_id: str) -> tuple[str, ...]:
        """What of a role would not have been seen if the principal had used it, in words."""
        recorded = not self._was_imported or guid_key(principal_id) in self._ran
        types = sorted({kind for kind in _data_types(role) if not self._shows_data(kind, recorded=recorded)})
        unseen = [f"the data of `{kind}`" for kind in types]
        if not (recorded or self._reads) and _reads_control(role):
            unseen.append("reads of the management plane")
        return tuple(unseen)

    def _shows_data(self, kind: str, *, recorded: bool) -> bool:
        return kind.casefold() in self._types or (recorded and kind.casefold() in _SERVED)


def type_of(action: str) -> str:
    """The type of resource that an action or a pattern begins with, case-folded; `*` where it names none."""
    parts = action.casefold().split("/")
    return "/".join(parts[:2]) if len(parts) > 1 and "*" not in "".join(parts[:2]) else "*"


def _data_types(role: RoleDefinition) -> Iterable[str]:
    """The types whose data a role reaches, as they were spelled first."""
    spelled: dict[str, str] = {}
    for block in role.permissions:
        for pattern in block.data_actions:
            kind = type_of(pattern)
            spelled.setdefault(kind, "/".join(pattern.split("/")[:2]) if kind != "*" else "*")
    return spelled.values()


def _reads_control(role: RoleDefinition) -> bool:
    """Whether a role is for the management plane, and lets one read there.

    Roles for data list some reads too (of role assignments, of alerts), which nobody has them for.
    """
    if any(block.data_actions for block in role.permissions):
        return False
    patterns = (pattern.casefold() for block in role.permissions for pattern in block.actions)
    return any(pattern.endswith(("*", _READ)) for pattern in patterns)
