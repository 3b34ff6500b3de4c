"""Plans from the few things that a test is about, and everything else as it is by default."""

from __future__ import annotations

import io

from rich.console import Console

from keyless.plan.given import Given
from keyless.plan.make import make_plan
from keyless.plan.policy.evidence import EvidenceRules
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.roles import RoleRules
from keyless.plan.policy.scopes import ScopeLevel, ScopeRules
from keyless.plan.policy.vaults import VaultRules
from keyless.plan.reports.difference import print_difference


def policy_of(
    *,
    object_scope: bool = False,
    include_denied: bool = False,
    general_only: bool = False,
    whole_policies: bool = False,
) -> PlanPolicy:
    return PlanPolicy(
        roles=RoleRules(general_only=general_only),
        scopes=ScopeRules(ScopeLevel.OBJECT if object_scope else ScopeLevel.CONTAINER),
        evidence=EvidenceRules(include_denied=include_denied),
        vaults=VaultRules(whole_policies),
    )


def planned(subjects, observations, assignments=(), *, policy=None, flags=None, **given):
    """``flags`` are those of ``policy_of``; what else is given goes into ``Given`` by its own name."""
    about = Given(subjects=subjects, observations=observations, assignments=assignments, **given)
    return make_plan(about, policy or policy_of(**(flags or {})))


def printed(difference):
    """What a terminal shows of a difference."""
    written = io.StringIO()
    print_difference(difference, Console(file=written, width=100, color_system=None))
    return written.getvalue()
