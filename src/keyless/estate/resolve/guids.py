"""Ids that the file gives: no two principals may share one, or the rights of one would be the other's."""

from __future__ import annotations

from keyless.estate.problems import At
from keyless.estate.reading import Located, Reading


class GuidRegister:
    """Whose each client id and principal id is."""

    def __init__(self) -> None:
        self._owners: dict[str, tuple[str, At]] = {}

    def take(
        self, client_id: Located[str] | None, principal_id: Located[str] | None, owner: str, reading: Reading
    ) -> tuple[str | None, str | None]:
        """The two ids in lower case, after a report where one of them is taken."""
        return self._one(client_id, owner, reading), self._one(principal_id, owner, reading)

    def _one(self, guid: Located[str] | None, owner: str, reading: Reading) -> str | None:
        if guid is None:
            return None
        value = guid.value.lower()
        holder, at = self._owners.setdefault(value, (owner, guid.at))
        if at != guid.at:
            reading.report(
                guid.at,
                f"`{guid.value}` is an id of `{holder}` already (line {at.line})",
                "give each principal its own ids, or leave them out",
            )
        return value
