"""One block of permissions, of a role or of a deny assignment."""

from __future__ import annotations

from keyless.estate.imported.entry import Entry
from keyless.model.roles import Permission


def permissions_of(entry: Entry) -> Permission:
    """A block as the management API writes it."""
    return Permission(
        actions=entry.texts("actions"),
        not_actions=entry.texts("notActions"),
        data_actions=entry.texts("dataActions"),
        not_data_actions=entry.texts("notDataActions"),
        condition=entry.prose("condition") or None,
        condition_version=entry.text("conditionVersion") or None,
    )
