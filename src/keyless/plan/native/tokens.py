"""Who took a token for a database or a cluster: all that the evidence says of what was done there.

Rules:
- a sign-in that succeeded counts, whatever it was made with: who replaces a stored credential needs the same;
- PostgreSQL, MySQL and MongoDB clusters share one audience, so that a token alone does not say for which.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/services-id-authentication-support
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from keyless.catalog.services import services_of_audience
from keyless.model.evidence import SignIn, SignInOutcome
from keyless.model.guids import guid_key
from keyless.plan.results.native import NativeSystem
from keyless.plan.wording import counted

_SYSTEMS = {
    "sql": NativeSystem.SQL,
    "sqlmi": NativeSystem.SQL,
    "postgres": NativeSystem.POSTGRESQL,
    "mysql": NativeSystem.MYSQL,
    "aks": NativeSystem.KUBERNETES,
}


@dataclass(slots=True)
class Taken:
    """Tokens of one principal for one group of systems; ``last_seen`` is in epoch seconds."""

    principal_id: str
    client_id: str
    systems: frozenset[NativeSystem]
    count: int
    last_seen: int

    def words(self, system: str) -> str:
        """How many for what, and when the last one."""
        told = f"{counted(self.count, 'token')} for {system} {'was' if self.count == 1 else 'were'} taken"
        if not self.last_seen:
            return told
        return f"{told}, last on {dt.datetime.fromtimestamp(self.last_seen, dt.UTC):%Y-%m-%d}"


def taken(sign_ins: Iterable[SignIn]) -> list[Taken]:
    """Who took tokens for which systems."""
    found: dict[tuple[str, frozenset[NativeSystem]], Taken] = {}
    for one in sign_ins:
        systems = _systems(one.target)
        if not systems or one.outcome is not SignInOutcome.SUCCEEDED:
            continue
        key = (guid_key(one.principal_id), systems)
        there = found.setdefault(key, Taken(one.principal_id, one.client_id, systems, 0, 0))
        there.count += one.count
        there.last_seen = max(there.last_seen, one.last_seen)
        there.client_id = there.client_id or one.client_id
    return [found[key] for key in sorted(found, key=lambda key: (key[0], sorted(key[1])))]


def _systems(target: str) -> frozenset[NativeSystem]:
    keys = {one.key for one in services_of_audience(target)} if target else set()
    return frozenset(_SYSTEMS[key] for key in keys if key in _SYSTEMS)
