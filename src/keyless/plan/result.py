"""A plan as a value: who gets which role where, and why. It travels as JSON under a versioned schema name."""

from __future__ import annotations

import enum

import msgspec

from keyless.model.actions import ActionPlane
from keyless.model.evidence import SignInMethod
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment, Triple, triple_of
from keyless.plan.problem import Subject
from keyless.plan.results.actions import GrantedAction
from keyless.plan.results.completeness import Completeness
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.results.identities import IdentityPlan
from keyless.plan.results.native import NativeGrant
from keyless.plan.results.proof import Certificate, Containment, Dropped, Forecast
from keyless.plan.results.references import ReferenceResult
from keyless.plan.results.risk import RiskyPermission
from keyless.plan.results.secrets import ObjectReads, SecretDecision, Transitional
from keyless.plan.results.today import CurrentGrant

SCHEMA = "keyless.plan/2"


class UsedAction(msgspec.Struct, frozen=True, order=True, rename="camel"):
    """A permission that was used, and how often; ``because`` says why it is needed where it was not seen."""

    plane: ActionPlane
    action: str
    count: int
    because: str = ""


class Alternative(msgspec.Struct, frozen=True, rename="camel"):
    """A role that would do in place of the chosen one.

    ``excess`` is how many permissions all the roles at the scope would then grant that nobody used;
    ``weight`` is what those weigh by the policy.
    """

    role_id: str
    role_name: str
    excess: int
    weight: int = 0


class PlannedAssignment(msgspec.Struct, frozen=True, rename="camel"):
    """One role for one principal at one scope.

    ``used`` are the demanded actions that the role grants there, ``excess`` what else it grants and nobody
    used within the scope;
    ``exists`` is true where the estate has this very assignment already; ``risks`` are those of the excess.
    """

    id: str
    principal: Subject
    role_id: str
    role_name: str
    scope: str
    used: tuple[UsedAction, ...]
    excess: tuple[GrantedAction, ...]
    alternatives: tuple[Alternative, ...]
    reason: str
    exists: bool = False
    risks: tuple[RiskyPermission, ...] = ()

    @property
    def scope_id(self) -> ResourceId:
        """The scope as a resource id."""
        return ResourceId.parse(self.scope)

    @property
    def triple(self) -> Triple:
        """What makes it the same as another assignment."""
        return triple_of(self.principal.principal_id, self.role_id, self.scope_id)

    def as_role_assignment(self) -> RoleAssignment:
        """The assignment as the estate knows it."""
        who = self.principal
        return RoleAssignment(self.id, who.principal_id, self.role_id, self.scope, who.principal_type)


class Uncovered(msgspec.Struct, frozen=True, rename="camel"):
    """A demanded action that no built-in role grants; ``advice`` says what to do."""

    principal: Subject
    scope: str
    plane: ActionPlane
    action: str
    count: int
    advice: str


class Removal(msgspec.Struct, frozen=True, rename="camel"):
    """An assignment of the estate that the plan does not keep.

    One that is not ``certain`` rests on evidence that may be short of something. The condition is what the
    assignment had, so that it can be made again as it was.
    """

    assignment_id: str
    principal: Subject
    role_id: str
    role_name: str
    scope: str
    reason: str
    certain: bool = True
    condition: str | None = None
    condition_version: str | None = None


class Basis(enum.StrEnum):
    """What the roles that replace an access policy were chosen by."""

    EVIDENCE = "evidence"
    """By what was seen to be used of it."""
    POLICY = "policy"
    """By all that it gives: nothing was seen to be used."""
    NOTHING = "nothing"
    """No roles replace it; a remark says why."""


class Bridge(enum.StrEnum):
    """How a workload outside of Azure gets an identity without a stored credential."""

    AZURE_ARC = "azure-arc"
    FEDERATION = "workload-identity-federation"


class ReplacingRole(msgspec.Struct, frozen=True, rename="camel"):
    """A role that the identity needs which takes a credential's place."""

    role_id: str
    role_name: str
    scope: str

    @property
    def scope_id(self) -> ResourceId:
        """The scope as a resource id."""
        return ResourceId.parse(self.scope)


class PolicyMigration(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What becomes of one principal's access to a vault when roles decide there in place of its policies.

    ``vault`` is the vault's id. ``roles`` are those that count then; permissions are spelled `secrets/get`,
    and in ``gained`` also the data actions that no permission stands for. ``used`` are the permissions that
    were seen to be used, ``lost`` those that the policy gives and no role does. ``remark`` is empty where
    there is nothing to add.
    """

    vault: str
    principal: Subject
    application_id: str | None
    basis: Basis
    roles: tuple[ReplacingRole, ...]
    kept: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    used: tuple[str, ...]
    remark: str = ""

    @property
    def vault_id(self) -> ResourceId:
        """The vault as a resource id."""
        return ResourceId.parse(self.vault)


class VaultRisk(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Somebody who can let himself, or others, into a vault that access policies decide on.

    ``actions`` are the control actions that he has there by the role; ``conditional`` says that a condition
    narrows it.
    """

    vault: str
    principal: Subject
    actions: tuple[str, ...]
    role_id: str
    role_name: str
    scope: str
    conditional: bool = False

    @property
    def vault_id(self) -> ResourceId:
        """The vault as a resource id."""
        return ResourceId.parse(self.vault)

    @property
    def scope_id(self) -> ResourceId:
        """Where the role was given, as a resource id."""
        return ResourceId.parse(self.scope)


class StoredCredential(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A stored credential that was signed in with, and what replaces it.

    ``by`` names the credential where there can be several; ``target`` is what it was used for, and
    ``services`` whose that is; ``error`` is the code with which the last attempt failed where none succeeded.
    ``identity`` says which identity replaces it, and ``afterwards`` what is then to be taken away;
    ``hosts`` are the ids of the compute resources that code ran as which used it;
    ``bridges`` are the ways from outside of Azure, where it may run there. ``last_seen`` is in epoch seconds.
    """

    principal: Subject
    method: SignInMethod
    by: str
    target: str
    count: int
    last_seen: int
    error: str
    services: tuple[str, ...]
    identity: str
    bridges: tuple[Bridge, ...]
    roles: tuple[ReplacingRole, ...]
    afterwards: str
    hosts: tuple[str, ...] = ()


class CredentialFree(msgspec.Struct, frozen=True, rename="camel"):
    """Who signs in without a stored credential; ``by`` is the kind of host, or a credential's name."""

    principal: Subject
    method: SignInMethod
    by: str
    targets: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Role assignments that cover what was used, what they cannot cover, and what they make superfluous.

    ``today`` is what is granted before it. ``identities`` say which identity each compute resource should
    have; ``native`` are grants that RBAC does not reach. Then who still signs in with a stored credential,
    and who does without. ``vaults_to_switch`` are the ids of the vaults in which roles are to decide in place
    of access policies; ``migrations`` say what that means for whom, ``risks`` who can let himself in there
    now. Then what becomes of ``secrets``, what of vaults is read too often (``reads``), how ``references`` to
    secrets stand; and how far all this is proved: ``certificates``, ``containment``, what was ``dropped``, a
    ``forecast`` (or why there is none), and ``completeness``.
    """

    schema: str = SCHEMA
    identities: IdentityPlan = IdentityPlan()
    assignments: tuple[PlannedAssignment, ...] = ()
    proposed_roles: tuple[ProposedRole, ...] = ()
    native: tuple[NativeGrant, ...] = ()
    uncovered: tuple[Uncovered, ...] = ()
    removals: tuple[Removal, ...] = ()
    today: tuple[CurrentGrant, ...] = ()
    stored_credentials: tuple[StoredCredential, ...] = ()
    credential_free: tuple[CredentialFree, ...] = ()
    vaults_to_switch: tuple[str, ...] = ()
    migrations: tuple[PolicyMigration, ...] = ()
    risks: tuple[VaultRisk, ...] = ()
    secrets: tuple[SecretDecision, ...] = ()
    reads: tuple[ObjectReads, ...] = ()
    references: tuple[ReferenceResult, ...] = ()
    transitional: tuple[Transitional, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    containment: Containment = Containment(used=0)
    dropped: tuple[Dropped, ...] = ()
    forecast: Forecast | None = None
    no_forecast: str = ""
    completeness: Completeness = Completeness()
    notes: tuple[str, ...] = ()

    def role_assignments(self) -> tuple[RoleAssignment, ...]:
        """The plan's assignments as the estate knows them."""
        return tuple(one.as_role_assignment() for one in self.assignments)

    def left_alone(self) -> tuple[CurrentGrant, ...]:
        """What is granted today, and what the plan neither asks for nor removes."""
        judged = {one.id for one in self.assignments} | {one.assignment_id for one in self.removals}
        return tuple(one for one in self.today if one.assignment_id not in judged)

    def remaining(self) -> tuple[CurrentGrant, ...]:
        """What is granted today besides the plan's own, and is not certain to go."""
        gone = {one.assignment_id for one in self.removals if one.certain}
        gone |= {one.id for one in self.assignments}
        return tuple(one for one in self.today if one.assignment_id not in gone)
