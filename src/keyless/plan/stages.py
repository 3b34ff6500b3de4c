"""A plan as stages: what is done in which order, so that nobody is shut out on the way.

Rules:
- everything is given before anything changes over, and everything changes over before anything is taken;
- what new grants need to hold everywhere is waited for, and what was changed is looked at before the old way
  is closed;
- what may still be needed is a stage of its own that can be left out; keys and passwords go last;
- each stage can be undone; they are undone from the last to the first, and each from its last step.

Pure: nothing here runs anything. The steps are commands of the Azure CLI, which all other formats share.
"""

from __future__ import annotations

from keyless.plan.result import Plan
from keyless.plan.results.stages import Stage, StageKey
from keyless.plan.staging.grant import grant, wait_s
from keyless.plan.staging.local_auth import left_on, local_auth_off
from keyless.plan.staging.prepare import prepare
from keyless.plan.staging.revoke import revoke, revoke_uncertain, staying
from keyless.plan.staging.switch import switch
from keyless.plan.staging.verify import verify


def stages_of(plan: Plan) -> tuple[Stage, ...]:
    """The stages that have anything in them, in order."""
    found = (_prepare(plan), _grant(plan), _wait(plan), _switch(plan), _verify(plan), *_taken(plan))
    return tuple(one for one in found if one.steps or one.wait_s or one.left_out)


def _prepare(plan: Plan) -> Stage:
    return Stage(
        key=StageKey.PREPARE,
        title="Prepare",
        what="Identities and custom roles that the plan proposes come into being. Nothing uses them yet.",
        steps=prepare(plan),
    )


def _grant(plan: Plan) -> Stage:
    return Stage(
        key=StageKey.GRANT,
        title="Grant",
        what="Every identity gets the roles of the plan, beside what it has.",
        steps=grant(plan),
    )


def _wait(plan: Plan) -> Stage:
    return Stage(
        key=StageKey.WAIT,
        title="Wait",
        what="New role assignments take some minutes until they hold everywhere.",
        wait_s=wait_s(plan),
    )


def _switch(plan: Plan) -> Stage:
    return Stage(
        key=StageKey.SWITCH,
        title="Switch",
        what="The workloads go over to their identities, and vaults to roles. The old ways still work.",
        steps=switch(plan),
    )


def _verify(plan: Plan) -> Stage:
    return Stage(
        key=StageKey.VERIFY,
        title="Verify",
        what="Look whether everything works as it should; nothing is changed.",
        steps=verify(plan),
    )


def _taken(plan: Plan) -> tuple[Stage, ...]:
    return (
        Stage(
            key=StageKey.REVOKE,
            title="Revoke",
            what="What the plan makes superfluous is taken away.",
            steps=revoke(plan),
            left_out=staying(plan),
        ),
        Stage(
            key=StageKey.REVOKE_UNCERTAIN,
            title="Revoke what is not certain",
            what="Nothing that was seen needs these, but evidence can be short, or they don't come back.",
            steps=revoke_uncertain(plan),
            optional=True,
        ),
        Stage(
            key=StageKey.LOCAL_AUTH_OFF,
            title="Switch keys and passwords off",
            what="Services in which only identities were seen take no keys and passwords any more.",
            steps=local_auth_off(plan),
            left_out=left_on(plan),
        ),
    )
