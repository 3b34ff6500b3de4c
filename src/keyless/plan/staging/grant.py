"""Stage 1: everything that the plan gives, before anything is taken away; and stage 2, until it holds.

Rules:
- an assignment that is there already is made sure of, and stays when the rest is undone;
- grants in a service's own terms are commands where they can be run as such, else a person runs them: a
  statement of SQL needs a connection;
- changes of roles take some minutes to hold everywhere, longer in App Configuration.

Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from keyless.catalog.limits import limits
from keyless.catalog.services import APP_CONFIGURATION, service
from keyless.plan.problem import Subject
from keyless.plan.result import Plan, PlannedAssignment, StoredCredential
from keyless.plan.results.native import NativeGrant
from keyless.plan.results.stages import Asked, Command, Step, Word
from keyless.plan.staging.holders import holders_of, per_holder
from keyless.plan.staging.words import assign, az, description_of, principal_word, unassign
from keyless.plan.wording import listed, short_scope

_RUNNABLE = ("az", "kubectl")


def grant(plan: Plan) -> tuple[Step, ...]:
    """The steps of the stage."""
    return (
        *(_assigned(one) for one in plan.assignments),
        *(_native(one) for one in plan.native),
        *(_of_replacement(one) for one in per_holder(plan.stored_credentials) if not _is_given(one, plan)),
    )


def wait_s(plan: Plan) -> int:
    """How long new grants take until they hold everywhere, in seconds."""
    store = service(APP_CONFIGURATION).arm_type or ""
    given = limits()
    in_stores = any(one.scope_id.ancestor_of_type(store) is not None for one in plan.assignments)
    minutes = (
        given.app_configuration.rbac_propagation_minutes if in_stores else given.rbac.propagation_minutes
    )
    return 60 * minutes if plan.assignments or plan.native else 0


def _assigned(one: PlannedAssignment) -> Step:
    made = assign(one.id, one.principal, one.role_id, one.scope_id, description=description_of(one))
    return Step(
        what=f"give {one.principal.name} the role {one.role_name} at {short_scope(one.scope_id)}",
        target=one.scope,
        reason=one.reason,
        do=(made,),
        undo=() if one.exists else (unassign(one.scope, one.id),),
        by_template=True,
        remark="it was there before: nothing of it is undone" if one.exists else "",
    )


def _native(one: NativeGrant) -> Step:
    do, undo = commands_of(one.commands, one.principal), commands_of(one.undo, one.principal)
    return Step(
        what=f"give {one.principal.name} {one.role} in {one.place}, of {one.system.value}",
        target=one.scope,
        reason=one.reason,
        do=do or (),
        undo=() if one.exists or do is None else undo or (),
        by_hand="" if do is not None else _to_run(one),
        remark="it was there before: nothing of it is undone" if one.exists else "",
    )


def _to_run(one: NativeGrant) -> str:
    if not one.commands:
        return f"give {one.principal.name} {one.role} in {one.place}: {one.reason}"
    back = f"; to undo it: {'; '.join(one.undo)}" if one.undo and not one.exists else ""
    return f"run in {one.place}: {'; '.join(one.commands)}{back}"


def commands_of(lines: Iterable[str], subject: Subject) -> tuple[Command, ...] | None:
    """Lines about a subject as commands; none where one of them cannot be run as it stands."""
    found = [_command(line, subject) for line in lines]
    runnable = [one for one in found if one is not None]
    return tuple(runnable) if found and len(runnable) == len(found) else None


def _command(line: str, subject: Subject) -> Command | None:
    """Whatever a shell would see in the line beyond words is a part of a word here."""
    try:
        words = shlex.split(line)
    except ValueError:
        return None
    if not words or words[0] not in _RUNNABLE:
        return None
    told = tuple(_with_principal(word, subject) for word in words)
    return az(*told[1:]) if words[0] == "az" else Command(words=told)


def _with_principal(word: str, subject: Subject) -> Word:
    """A word that ends in the stand-in of an id which is not known yet asks for the id instead."""
    known = principal_word(subject)
    if isinstance(known, Asked) and word.endswith(subject.principal_id):
        return Asked(known.command, word.removesuffix(subject.principal_id))
    return word


def _is_given(one: StoredCredential, plan: Plan) -> bool:
    """Whether the plan has assignments for what replaces a credential; else it is known in words alone."""
    given = {(a.principal.principal_id, a.role_id, a.scope) for a in plan.assignments}
    who = holders_of(one.principal, plan)
    return all(any((holder, r.role_id, r.scope) in given for holder in who) for r in one.roles)


def _of_replacement(one: StoredCredential) -> Step:
    roles = listed([f"{role.role_name} at {short_scope(role.scope_id)}" for role in one.roles])
    return Step(
        what=f"give what replaces {one.principal.name} its roles",
        target=one.target,
        reason="what was done with the credential needs them",
        by_hand=f"give {one.identity}: {roles}",
    )
