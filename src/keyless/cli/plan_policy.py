"""What a person decides about a plan: the options of the command, and the policy that they make."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from keyless.plan.policy.policy import PlanPolicy

_OPTIONS = (
    click.option(
        "--object-scope", is_flag=True, help="Assign at single secrets where possible, instead of the vault."
    ),
    click.option(
        "--general-roles",
        is_flag=True,
        help="Choose among roles for general use alone: none that its name marks as preview, deprecated or "
        "some service's own. The excess may be larger.",
    ),
    click.option("--include-denied", is_flag=True, help="Count calls that were denied as needed, too."),
    click.option(
        "--whole-policies",
        is_flag=True,
        help="In vaults with access policies, give the roles for all that a policy gives, used or not.",
    ),
)


@dataclass(frozen=True, slots=True)
class PolicyOptions:
    """The options of the command line that are about the policy, each by its own name."""

    object_scope: bool
    general_roles: bool
    include_denied: bool
    whole_policies: bool


def policy_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options, as one argument ``decided``."""

    @functools.wraps(command)
    def decided(
        object_scope: bool,
        general_roles: bool,
        include_denied: bool,
        whole_policies: bool,
        **others: object,
    ) -> None:
        own = PolicyOptions(object_scope, general_roles, include_denied, whole_policies)
        command(decided=own, **others)

    for option in reversed(_OPTIONS):
        option(decided)
    return decided


def chosen_policy(decided: PolicyOptions) -> PlanPolicy:
    """The policy of a plan."""
    from keyless.plan.policy.evidence import EvidenceRules
    from keyless.plan.policy.policy import PlanPolicy
    from keyless.plan.policy.roles import RoleRules
    from keyless.plan.policy.scopes import ScopeLevel, ScopeRules
    from keyless.plan.policy.vaults import VaultRules

    return PlanPolicy(
        roles=RoleRules(general_only=decided.general_roles),
        scopes=ScopeRules(ScopeLevel.OBJECT if decided.object_scope else ScopeLevel.CONTAINER),
        evidence=EvidenceRules(include_denied=decided.include_denied),
        vaults=VaultRules(decided.whole_policies),
    )
