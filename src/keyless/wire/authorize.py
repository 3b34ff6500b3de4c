"""What a caller may do: the decision on an operation, settled once per snapshot and counted each time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from keyless.authz.access_policies import settling_policy
from keyless.authz.decide import AccessRequest, Allowed, Grant
from keyless.authz.directory import DirectorySnapshot
from keyless.authz.snapshot import Snapshot
from keyless.evidence.recorder import Cell, CellKey, Recorder
from keyless.model.access_policies import NO_POLICY
from keyless.model.actions import ActionPlane
from keyless.model.attributes import NO_ATTRIBUTES, Attributes, AttributeSource
from keyless.model.denies import DenyAssignment
from keyless.model.evidence import Outcome
from keyless.model.identities import Principal, PrincipalKind
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.model.roles import RoleDefinition
from keyless.store.ports import Store
from keyless.wire.operation import Operation, Requires
from keyless.wire.policies import Policies


class Learners(Protocol):
    """Which principals are learning: their calls pass, and are recorded as learned."""

    def learns(self, principal_id: str) -> bool:
        """Whether calls of this principal pass without a grant."""
        ...


@dataclass(frozen=True, slots=True)
class Settled:
    """An operation settled for one caller: the cells to count in, and the action that was refused.

    ``conditional`` says that it holds for the attributes that it was settled with, and no others;
    ``permission`` is that of access policies which was asked for, where those decide; ``deny`` is the deny
    assignment that refused it, where one did.
    """

    cells: tuple[Cell, ...]
    scope: ResourceId
    refused: str | None
    conditional: bool = False
    permission: str | None = None
    deny: DenyAssignment | None = None

    def asked_first(self) -> None:
        """Count that this request was made for the first time."""
        for cell in self.cells:
            cell.distinct += 1

    def checked(self) -> None:
        """Count that the answer had no content: it only said that nothing has changed, or what there is."""
        for cell in self.cells:
            cell.checks += 1


@dataclass(frozen=True, slots=True)
class Question:
    """One action at one scope, as a caller asks for it. ``vault`` is one whose access policies decide."""

    plane: ActionPlane
    action: str
    scope: ResourceId
    attributes: Attributes = field(default_factory=lambda: NO_ATTRIBUTES)
    below: bool = False
    access_policy: str | None = None
    vault: Vault | None = None


class Answer(NamedTuple):
    """How a question is settled: the outcome, by which assignment or policy, and whether by a condition.

    ``below`` are the assignments that allow it below the scope asked for, where nothing allows it there.
    """

    outcome: Outcome
    by: str = ""
    conditional: bool = False
    deny: DenyAssignment | None = None
    below: tuple[Grant, ...] = ()


async def current_snapshot(store: Store, roles: Mapping[str, RoleDefinition]) -> Snapshot:
    """What decisions rest on in a store, as it is now."""
    return await Policies(store, roles).snapshot(0)


class Authorizer:
    """Settles operations against one snapshot."""

    def __init__(
        self, snapshot: Snapshot, directory: DirectorySnapshot, recorder: Recorder, learners: Learners
    ) -> None:
        self._snapshot = snapshot
        self._directory = directory
        self._recorder = recorder
        self._learners = learners

    def settle(
        self,
        caller: Principal,
        operation: Operation,
        access: Requires,
        resource: object,
        params: Mapping[str, str],
        attributes: Attributes | None = None,
        now: float = 0,
    ) -> Settled:
        """Decide every action that the operation requires; all of them must be allowed.

        Without ``attributes``, what a condition bears on is only found to be conditional: nothing is counted
        of it, as it is not settled yet.
        """
        scope = access.scope(resource, params)
        vault = policy_vault(resource, access.plane)
        seen = attributes or NO_ATTRIBUTES
        settled: list[tuple[Question, Answer]] = []
        for action in access.actions_for(params):
            asked = Question(access.plane, action, scope, seen, access.below, access.access_policy, vault)
            settled.append((asked, self.answer(caller, asked, now)))
            if settled[-1][1].outcome is Outcome.DENIED:
                break
        conditional = any(answer.conditional for _, answer in settled)
        if conditional and attributes is None:
            return Settled((), scope, None, conditional)
        cells = tuple(cell for one in settled for cell in self.cells(caller, operation, *one))
        denied = next((one for one in settled if one[1].outcome is Outcome.DENIED), None)
        permission = None if vault is None else access.access_policy or ""
        refused, deny = (None, None) if denied is None else (denied[0].action, denied[1].deny)
        return Settled(cells, scope, refused, conditional, permission, deny)

    def answer(self, caller: Principal, asked: Question, now: float) -> Answer:
        """Settle one action at one scope, at a time (epoch seconds), without recording it."""
        if caller.kind.is_access_key:
            return Answer(_by_key(caller.kind, asked))
        if asked.vault is not None:
            return self._by_policy(caller, asked, asked.vault)
        if asked.plane is ActionPlane.DIRECTORY:
            return self._in_directory(caller, asked)
        return self._by_grant(caller, asked, now)

    def cells(
        self, caller: Principal, operation: Operation, asked: Question, answer: Answer
    ) -> tuple[Cell, ...]:
        """Where an answer is counted: at the scope asked for, or at those below it that were enough.

        A plan made of that then grants no more than was needed.
        """
        places = [(one.scope, one.assignment.id) for one in answer.below] or [(asked.scope, answer.by)]
        who, what = caller.principal_id, operation.id
        keys = (
            CellKey(who, what, asked.plane, asked.action, scope.text, answer.outcome, by)
            for scope, by in places
        )
        return tuple(map(self._recorder.cell, keys))

    def _by_policy(self, caller: Principal, asked: Question, vault: Vault) -> Answer:
        """As the vault's access policies have it; what has no permission of theirs, they do not give."""
        needed = asked.access_policy or ""
        principal_ids = self._snapshot.principal_ids(caller.principal_id)
        policy = settling_policy(vault.access_policies, caller, principal_ids, needed)
        if policy is not None:
            return Answer(Outcome.ALLOWED, policy.name)
        learns = self._learners.learns(caller.principal_id)
        return Answer(Outcome.LEARNED if learns else Outcome.DENIED, NO_POLICY + needed)

    def _in_directory(self, caller: Principal, asked: Question) -> Answer:
        """As the directory has it, whatever Azure RBAC says."""
        allowed, by = self._directory.decide(caller.principal_id, asked.action, asked.scope)
        if allowed:
            return Answer(Outcome.ALLOWED, by)
        learns = self._learners.learns(caller.principal_id)
        return Answer(Outcome.LEARNED if learns else Outcome.DENIED)

    def _by_grant(self, caller: Principal, asked: Question, now: float) -> Answer:
        principal_ids = self._snapshot.principal_ids(caller.principal_id)
        attributes = {**asked.attributes, AttributeSource.ENVIRONMENT: {"UtcNow": utc_text(now)}}
        request = AccessRequest(principal_ids, asked.plane, asked.action, asked.scope, attributes)
        decision = self._snapshot.decide_below(request) if asked.below else self._snapshot.decide(request)
        if isinstance(decision, Allowed):
            by = self._snapshot.grants_below(request) if asked.below else []
            inner = tuple(one for one in by if one.scope != asked.scope and asked.scope.contains(one.scope))
            return Answer(Outcome.ALLOWED, decision.by.assignment.id, decision.conditional, below=inner)
        if self._learners.learns(caller.principal_id):
            return Answer(Outcome.LEARNED, "", decision.conditional)
        deny = decision.by.assignment if decision.by is not None else None
        return Answer(Outcome.DENIED, "", decision.conditional, deny)


def utc_text(now: float) -> str:
    """A time (epoch seconds) as conditions compare it, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))


def policy_vault(resource: object, plane: ActionPlane) -> Vault | None:
    """The vault whose access policies decide on its data: one that is not in RBAC mode; else none."""
    if plane is not ActionPlane.DATA or not isinstance(resource, Vault):
        return None
    return None if resource.enable_rbac_authorization else resource


def _by_key(kind: PrincipalKind, asked: Question) -> Outcome:
    """What an access key may do in its own resource: every data action, or what reads; never by learning."""
    reads = asked.action.casefold().endswith("/read")
    may = asked.plane is ActionPlane.DATA and (kind is PrincipalKind.ACCESS_KEY or reads)
    return Outcome.ALLOWED if may else Outcome.DENIED
