"""The engines that decisions are measured against, each asked in its own fast way.

- Cedar (`cedarpy`): policies and entities parsed once; one policy an assignment; what a role grants is a
  group of actions, and resources lie within one another;
- Casbin (`pycasbin`): a policy line for each of the two asked actions that an assignment's role grants, once
  with the plain enforcer and once with the fast one, which finds lines by subject and action; scopes are
  compared by the same function as ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from bench.worlds import GET, SET, BenchWorld, Question
from keyless.authz.decide import AccessRequest, Allowed, role_grants
from keyless.authz.snapshot import compile_snapshot
from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ResourceId

Engine = Callable[[Question], bool]

_MODEL = """
[request_definition]
r = sub, act, obj
[policy_definition]
p = sub, act, scope
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.act == p.act && covers(p.scope, r.obj)
"""


def ours(world: BenchWorld) -> Engine:
    """A snapshot; making the request counts as part of the decision."""
    snapshot = compile_snapshot(world.assignments, world.roles)

    def ask(question: Question) -> bool:
        ids = snapshot.principal_ids(question.principal_id)
        request = AccessRequest(ids, question.plane, question.action, question.scope)
        return isinstance(snapshot.decide(request), Allowed)

    return ask


def cedar(world: BenchWorld) -> Engine:
    """Cedar, with everything that can be made beforehand made beforehand."""
    import cedarpy

    policies = cedarpy.PolicySet.from_str("\n".join(_cedar_policies(world)))
    entities = cedarpy.Entities.from_json_str(json.dumps(_cedar_entities(world)))
    requests = {id(question): _cedar_request(question) for question in world.questions}

    def ask(question: Question) -> bool:
        return bool(cedarpy.is_authorized(requests[id(question)], policies, entities).allowed)

    return ask


def casbin(world: BenchWorld, *, fast: bool) -> Engine:
    """Casbin; ``fast`` is its enforcer that finds policies by subject."""
    import casbin as library
    from casbin.model import FastModel, Model

    model: Any = FastModel([0, 1]) if fast else Model()
    model.load_model_from_text(_MODEL)
    enforcer: Any = library.FastEnforcer(model, cache_key_order=[0, 1]) if fast else library.Enforcer(model)
    scopes: dict[str, ResourceId] = {}

    def covers(outer: str, inner: ResourceId) -> bool:
        if outer not in scopes:
            scopes[outer] = ResourceId.parse(outer)
        return scopes[outer].contains(inner)

    enforcer.add_function("covers", covers)
    granting = _granting(world)
    lines = enforcer.model.model["p"][
        "p"
    ].policy  # its own way of adding takes a time that grows with the square
    for one in world.assignments:
        for action, roles in granting.items():
            if one.role_definition_id in roles:
                lines.append([one.principal_id, action, one.scope])

    def ask(question: Question) -> bool:
        return bool(enforcer.enforce(question.principal_id, question.action, question.scope))

    return ask


def _cedar_policies(world: BenchWorld) -> Sequence[str]:
    return [
        f'permit(principal == User::"{one.principal_id}", action in Action::"{one.role_definition_id}", '
        f'resource in Scope::"{one.scope}");'
        for one in world.assignments
    ]


def _cedar_entities(world: BenchWorld) -> list[dict[str, Any]]:
    """Every scope that is asked about, within those above it; every action, in the roles that grant it."""
    texts: dict[str, ResourceId] = {}
    for question in world.questions:
        scope: ResourceId | None = question.scope
        while scope is not None and scope.segments:
            texts.setdefault(scope.text, scope)
            scope = scope.parent
    scopes = [_entity("Scope", text, [("Scope", scope.parent.text)]) for text, scope in texts.items()]
    actions = [
        _entity("Action", name, [("Action", one) for one in roles])
        for name, roles in _granting(world).items()
    ]
    return [*scopes, *actions, *(_entity("Action", role.id, []) for role in world.roles)]


def _granting(world: BenchWorld) -> dict[str, list[str]]:
    """The roles that grant each of the actions that are asked for."""
    return {
        action: [role.id for role in world.roles if role_grants(role, ActionPlane.DATA, action)]
        for action in (GET, SET)
    }


def _entity(kind: str, name: str, parents: list[tuple[str, str]]) -> dict[str, Any]:
    above = [{"type": of, "id": parent} for of, parent in parents]
    return {"uid": {"type": kind, "id": name}, "attrs": {}, "parents": above}


def _cedar_request(question: Question) -> dict[str, Any]:
    return {
        "principal": f'User::"{question.principal_id}"',
        "action": f'Action::"{question.action}"',
        "resource": f'Scope::"{question.scope.text}"',
        "context": {},
    }
