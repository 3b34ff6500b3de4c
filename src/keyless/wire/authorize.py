"""What a caller may do: the decision on an operation, settled once per snapshot and counted each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from keyless.authz.decide import AccessRequest, Allowed
from keyless.authz.snapshot import Snapshot, compile_snapshot
from keyless.evidence.recorder import Cell, CellKey, Recorder
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome
from keyless.model.identities import Principal, PrincipalKind
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleDefinition
from keyless.store.collections import ASSIGNMENTS
from keyless.store.ports import Store
from keyless.wire.operation import Operation, Requires


class Learners(Protocol):
    """Which principals are learning: their calls pass, and are recorded as learned."""

    def learns(self, principal_id: str) -> bool:
        """Whether calls of this principal pass without a grant."""
        ...


@dataclass(frozen=True, slots=True)
class Settled:
    """An operation settled for one caller: the cells to count in, and the action that was refused."""

    cells: tuple[Cell, ...]
    scope: ResourceId
    refused: str | None


async def current_snapshot(store: Store, roles: Mapping[str, RoleDefinition]) -> Snapshot:
    """Compile the store's assignments."""
    return compile_snapshot([assignment for _, assignment in await store.scan(ASSIGNMENTS)], roles)


class Authorizer:
    """Settles operations against one snapshot."""

    def __init__(self, snapshot: Snapshot, recorder: Recorder, learners: Learners) -> None:
        self._snapshot = snapshot
        self._recorder = recorder
        self._learners = learners

    def settle(
        self,
        caller: Principal,
        operation: Operation,
        access: Requires,
        resource: object,
        params: Mapping[str, str],
    ) -> Settled:
        """Decide every action that the operation requires; all of them must be allowed."""
        scope = access.scope(resource, params)
        cells: list[Cell] = []
        refused: str | None = None
        for action in access.actions:
            cell = self._decide(caller, operation, access, action, scope)
            cells.append(cell)
            if cell.key.outcome is Outcome.DENIED:
                refused = action
                break
        return Settled(tuple(cells), scope, refused)

    def _decide(
        self, caller: Principal, operation: Operation, access: Requires, action: str, scope: ResourceId
    ) -> Cell:
        if caller.kind.is_access_key:
            outcome, by = _by_key(caller.kind, access, action), ""
        else:
            outcome, by = self._by_grant(caller, access, action, scope)
        return self._recorder.cell(
            CellKey(caller.principal_id, operation.id, access.plane, action, scope.text, outcome, by)
        )

    def _by_grant(
        self, caller: Principal, access: Requires, action: str, scope: ResourceId
    ) -> tuple[Outcome, str]:
        decision = self._snapshot.decide(
            AccessRequest(frozenset((caller.principal_id,)), access.plane, action, scope)
        )
        if isinstance(decision, Allowed):
            return Outcome.ALLOWED, decision.by.assignment.id
        learns = self._learners.learns(caller.principal_id)
        return (Outcome.LEARNED if learns else Outcome.DENIED), ""


def _by_key(kind: PrincipalKind, access: Requires, action: str) -> Outcome:
    """What an access key may do in its own resource: every data action, or what reads; never by learning."""
    reads = action.casefold().endswith("/read")
    may = access.plane is ActionPlane.DATA and (kind is PrincipalKind.ACCESS_KEY or reads)
    return Outcome.ALLOWED if may else Outcome.DENIED
