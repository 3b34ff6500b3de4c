"""Everything that a plan is made from, as values: nothing here is read from a file, a store or a clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keyless.authz.hierarchy import FLAT, Hierarchy
from keyless.model.denies import DenyAssignment
from keyless.model.directory import Group
from keyless.model.evidence import LogImport, Observation, Run, SignIn, UnmappedOperation
from keyless.model.identities import ComputeResource, FederatedCredential
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.native.today import CosmosAssignment
from keyless.plan.problem import Subject
from keyless.plan.references.facts import NO_REFERENCES, ReferenceFacts
from keyless.plan.results.completeness import NamedCall
from keyless.plan.secrets.stored import NO_SECRETS, SecretFacts


@dataclass(frozen=True, slots=True)
class VaultPolicies:
    """The vaults whose access policies roles are to replace, and what is needed for it.

    ``others`` name principals that the plan is not made for and that may have policies (users, groups), and
    ``assignments`` are theirs.
    """

    vaults: tuple[Vault, ...] = ()
    tenant_id: str = ""
    others: tuple[Subject, ...] = ()
    assignments: tuple[RoleAssignment, ...] = ()


NO_POLICIES = VaultPolicies()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is known.

    ``assignments`` are those that there are today; ``compute`` says where code runs, and
    ``federated_credentials`` whose tokens stand for an identity besides; ``custom_roles`` are by GUID;
    ``choose_from`` are the roles that may be chosen, none for all that are built in.
    ``made_at`` (epoch seconds) is the time that windows and dates are counted back from: 0 for the last
    time that anything was seen, so that the same evidence always gives the same plan.
    ``groups`` say what principals get through memberships, ``denies`` what is taken from them, and
    ``hierarchy`` which subscriptions lie in which management groups. ``not_found`` are the ids of principals
    that are known to be in no directory any more. ``runs``, ``imports`` and ``unmapped`` say what the
    evidence rests on, and ``calls`` which operations the code names. ``resources`` are the ids of what the
    estate has besides: servers and clusters among them. ``cosmos`` are role assignments of Cosmos DB's own;
    ``references`` are those to vaults in configuration stores, with what they point to.
    """

    subjects: Sequence[Subject] = ()
    observations: Sequence[Observation] = ()
    assignments: Sequence[RoleAssignment] = ()
    sign_ins: Sequence[SignIn] = ()
    compute: Sequence[ComputeResource] = ()
    federated_credentials: Sequence[FederatedCredential] = ()
    policies: VaultPolicies = NO_POLICIES
    secrets: SecretFacts = NO_SECRETS
    references: ReferenceFacts = NO_REFERENCES
    custom_roles: Mapping[str, RoleDefinition] = field(default_factory=dict)
    choose_from: tuple[RoleDefinition, ...] | None = None
    made_at: int = 0
    groups: Sequence[Group] = ()
    denies: Sequence[DenyAssignment] = ()
    hierarchy: Hierarchy = FLAT
    not_found: frozenset[str] = frozenset()
    runs: Sequence[Run] = ()
    imports: Sequence[LogImport] = ()
    unmapped: Sequence[UnmappedOperation] = ()
    calls: Sequence[NamedCall] = ()
    resources: Sequence[ResourceId] = ()
    cosmos: Sequence[CosmosAssignment] = ()
