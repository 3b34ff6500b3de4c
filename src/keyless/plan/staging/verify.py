"""Stage 4: does it work, before anything is taken away?

Rules:
- every role of the plan is asked for where it was given: a missing one stops here;
- `keyless plan --check` holds the estate and the evidence against the plan;
- nothing may have been denied since the switch: a query for the logs is given, which a person looks at,
  because only he knows where they are.

Source: https://learn.microsoft.com/azure/key-vault/general/monitor-key-vault-reference
"""

from __future__ import annotations

from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.results.identities import IdentityChange
from keyless.plan.results.stages import Command, Step
from keyless.plan.staging.words import principal_word
from keyless.plan.wording import short_scope

_DENIED = (
    "AzureDiagnostics | where TimeGenerated > ago(1h) | where httpStatusCode_d in (401, 403) "
    "| summarize count() by OperationName, Resource, identity_claim_oid_g, ResultSignature"
)


def verify(plan: Plan) -> tuple[Step, ...]:
    """The steps of the stage."""
    if not (plan.assignments or plan.native or plan.vaults_to_switch or _changed(plan)):
        return ()
    return (*(_is_there(one) for one in plan.assignments), _check(), _reads(plan), _log())


def _changed(plan: Plan) -> bool:
    return any(one.change is not IdentityChange.KEEP for one in plan.identities.choices)


def _is_there(one: PlannedAssignment) -> Step:
    asked = Command(
        words=(
            *("az", "role", "assignment", "list", "--scope", one.scope),
            *("--assignee-object-id", principal_word(one.principal)),
            *("--fill-principal-name", "false", "--output", "tsv"),
            *("--query", f"[?ends_with(roleDefinitionId, '/{one.role_id}')].name"),
        ),
        must_print=True,
    )
    where = short_scope(one.scope_id)
    return Step(
        what=f"{one.principal.name} has the role {one.role_name} at {where}",
        target=one.scope,
        reason="what the switch rests on",
        do=(asked,),
    )


def _check() -> Step:
    return Step(
        what="the estate and the evidence agree with the plan",
        target="",
        reason="what was not in the evidence can show up now",
        by_hand="run `keyless plan --check` in the project",
    )


def _reads(plan: Plan) -> Step:
    names = sorted({one.principal.name for one in plan.assignments})
    return Step(
        what="every workload does its work as its identity",
        target="",
        reason="a role that is there proves nothing of the code that should use it",
        by_hand=f"let each read what it needs, best by its own tests: {', '.join(names) or 'the workloads'}",
    )


def _log() -> Step:
    return Step(
        what="nothing was denied since the switch",
        target="",
        reason="a call that failed shows here first",
        by_hand=f"look through the logs of vaults, stores and accounts; in Log Analytics: `{_DENIED}`",
    )
