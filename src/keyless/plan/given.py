"""Everything that a plan is made from, as values: nothing here is read from a file, a store or a clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keyless.model.evidence import Observation, SignIn
from keyless.model.identities import ComputeResource
from keyless.model.resources import Vault
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.problem import Subject


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

    ``assignments`` are those that there are today; ``compute`` says where code runs; ``custom_roles`` are by
    GUID; ``choose_from`` are the roles that may be chosen, none for all that are built in.
    ``made_at`` (epoch seconds) is the time that windows and dates are counted back from: 0 for the last
    time that anything was seen, so that the same evidence always gives the same plan.
    """

    subjects: Sequence[Subject] = ()
    observations: Sequence[Observation] = ()
    assignments: Sequence[RoleAssignment] = ()
    sign_ins: Sequence[SignIn] = ()
    compute: Sequence[ComputeResource] = ()
    policies: VaultPolicies = NO_POLICIES
    custom_roles: Mapping[str, RoleDefinition] = field(default_factory=dict)
    choose_from: tuple[RoleDefinition, ...] | None = None
    made_at: int = 0
