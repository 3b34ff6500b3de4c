"""A plan made now, from a project's store and evidence; nothing is written."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keyless.cli.failure import Failure
from keyless.cli.plan_policy import PolicyOptions, chosen_policy, policy_kept
from keyless.cli.world import opened_evidence, opened_store
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from keyless.plan.given import Given
    from keyless.plan.policy.policy import PlanPolicy
    from keyless.plan.result import Plan
    from keyless.plan.results.completeness import NamedCall


@dataclass(frozen=True, slots=True)
class Made:
    """A plan, with what it was made from."""

    given: Given
    policy: PlanPolicy
    plan: Plan


def plan_now(project: Project, decided: PolicyOptions, assessment: Path | None = None) -> Made:
    """Make the plan of a project; raises Failure where nothing ran or was recorded.

    ``assessment`` is the file that says which operations the code calls, instead of the code itself.
    """
    from keyless.plan.make import make_plan

    read = chosen_policy(project, decided)
    given = asyncio.run(_given_in(project, assessment))
    with policy_kept(read):
        return Made(given, read.policy, make_plan(given, read.policy))


async def _given_in(project: Project, assessment: Path | None) -> Given:
    from keyless.runtime.plan_given import read_given

    with opened_evidence(project) as evidence, opened_store(project) as store:
        return _with_code(await read_given(store, evidence, int(time.time())), project, assessment)


def _with_code(given: Given, project: Project, assessment: Path | None) -> Given:
    """The same, with where code names secrets and settings, and which operations it names."""
    from dataclasses import replace

    from keyless.runtime.code_seen import code_seen

    told = None if assessment is None else _assessed(assessment)
    seen = code_seen(project.root, [one.name for one in given.secrets.values])
    return replace(
        given,
        secrets=replace(given.secrets, places=seen.places),
        calls=seen.calls if told is None else told,
    )


def _assessed(assessment: Path) -> tuple[NamedCall, ...]:
    from keyless.runtime.assessment_calls import NoAssessment, calls_of

    try:
        return calls_of(assessment)
    except NoAssessment as error:
        raise Failure(str(error), 2) from error
