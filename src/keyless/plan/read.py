"""Reading a plan that was written: its JSON, or what is wrong with it.

A plan can come from anywhere, a pull request among others. Every id of a resource in it can be read, so that
whoever works with the plan finds none that cannot; and no role in it goes by the name of another one. What it
grants is for people to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from keyless.catalog.roles import role_by_id, role_named
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.plan.problem import Subject
from keyless.plan.result import SCHEMA, Plan

_AGAIN = "write one with `keyless plan`"


class UnreadablePlan(ValueError):
    """A text that is not a plan, or one of another version; the message says which."""


def read_plan(text: str | bytes) -> Plan:
    """A plan from its JSON.

    Raises:
        UnreadablePlan: it is not JSON, not a plan, or of a schema that this version does not know.
    """
    try:
        schema = msgspec.json.decode(text, type=_Named).schema
        if schema == SCHEMA:
            return _checked(msgspec.json.decode(text, type=Plan))
    except RecursionError as error:
        raise UnreadablePlan(f"this is not a plan: it is nested too deep; {_AGAIN}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, InvalidResourceId) as error:
        raise UnreadablePlan(f"this is not a plan: {error}; {_AGAIN}") from error
    if not schema.startswith("keyless.plan/"):
        raise UnreadablePlan(f"this is not a plan: it has no `schema` of one; {_AGAIN}")
    raise UnreadablePlan(
        f"the plan has the schema `{schema}`, and `{SCHEMA}` is needed; plan again with `keyless plan`"
    )


class _Named(msgspec.Struct):
    """The part of a plan that says what it is; read first, because all else depends on it."""

    schema: str = ""


def _checked(plan: Plan) -> Plan:
    for text in {*_scopes(plan), *_resources(plan)}:
        ResourceId.parse(text)
    for role_id, name in {(one.role_id, one.role_name) for one in plan.assignments}:
        called = role_named(name)
        if called is not role_by_id(role_id):
            raise UnreadablePlan(f"the plan calls the role `{role_id}` `{name}`, which it is not; {_AGAIN}")
    return plan


def _scopes(plan: Plan) -> Iterator[str]:
    yield from (one.scope for one in plan.assignments)
    yield from (one.scope for one in plan.uncovered)
    yield from (one.scope for one in plan.removals)
    yield from (one.scope for one in plan.today)
    yield from (one.scope for one in plan.native)
    yield from (one.scope for one in plan.risks)
    yield from (one.scope for one in plan.dropped)
    yield from (one.scope for one in plan.containment.missing)
    yield from (one.scope for one in plan.containment.added)
    yield from (one.scope for one in (plan.forecast.would_deny if plan.forecast else ()))
    yield from (role.scope for one in plan.migrations for role in one.roles)
    yield from (role.scope for one in plan.stored_credentials for role in one.roles)
    yield from (scope for one in plan.proposed_roles for scope in one.definition.assignable_scopes)


def _resources(plan: Plan) -> Iterator[str]:
    yield from (one.vault for one in plan.migrations)
    yield from (one.vault for one in plan.risks)
    yield from plan.vaults_to_switch
    yield from (one.container for one in plan.secrets)
    yield from (host for one in plan.stored_credentials for host in one.hosts)
    yield from (text for one in plan.identities.choices for text in (one.resource, *one.members))
    yield from (one.resource_id for one in _subjects(plan) if one.resource_id)


def _subjects(plan: Plan) -> Iterable[Subject]:
    yield from (one.principal for one in plan.assignments)
    yield from (one.principal for one in plan.removals)
    yield from (one.principal for one in plan.today)
    yield from (one.principal for one in plan.native)
    yield from (one.principal for one in plan.stored_credentials)
    for choice in plan.identities.choices:
        yield from (choice.identity, *choice.replaces, *choice.besides)
