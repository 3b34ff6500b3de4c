"""Which role an expression of a template stands for.

Rules:
- an id is found wherever it stands: in a text, as the last argument of `subscriptionResourceId`, as the name
  of a role definition that exists already, in a map of roles;
- a role is given by its name where the file says that it is one: `role_definition_name`, the data source of
  azurerm, a public module that takes either;
- of a role that the template itself defines, its name is known and nothing else here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.deployed.linked import Linked, linked
from keyless.assess.deployed.roots import Root, root_of
from keyless.assess.deployed.scopes import Use, scopes
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Expr,
    Index,
    Joined,
    Literal,
    Other,
    dotted,
    entry_of,
    text_of,
)
from keyless.assess.syntax.templates import Resource, Template
from keyless.catalog.roles import role_by_id, role_named
from keyless.model.roles import RoleDefinition

_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_DEEPEST = 6
_LAST_ARGUMENT = frozenset(
    {
        "subscriptionresourceid",
        "resourceid",
        "tenantresourceid",
        "managementgroupresourceid",
        "extensionresourceid",
        "concat",
        "format",
        "join",
    }
)
_DEFINITIONS = "microsoft.authorization/roledefinitions"


@dataclass(frozen=True, slots=True)
class RoleGiven:
    """A role: ``definition`` if it is one of Azure's own; ``at`` is where the file says which."""

    definition: RoleDefinition | None
    name: str
    by_name: bool
    at: Linked


def roles_given(
    repository: Repository,
    template: Template,
    expression: Expr,
    through: tuple[Use, ...] = (),
    *,
    by_name: bool = False,
) -> tuple[RoleGiven, ...]:
    """The roles that an expression may stand for, each once; one without a definition or name is unknown."""
    found: dict[tuple[str, str], RoleGiven] = {}
    for end in linked(repository, template, expression, through):
        for one in _roles(repository, end, by_name, 0):
            key = (one.definition.id if one.definition else one.name, one.at.template.path)
            found.setdefault(key, one)
    return tuple(found.values())


def _roles(repository: Repository, end: Linked, by_name: bool, depth: int) -> Iterator[RoleGiven]:
    one = end.expression
    if isinstance(one, Literal):
        yield _of_text(end, str(one.value), by_name)
        return
    inner = _leading(one) if depth < _DEEPEST else ()
    if inner:
        for part in inner:
            for ahead in linked(repository, end.template, part, end.through):
                steps = (*end.steps, *ahead.steps)
                ahead_end = Linked(ahead.expression, ahead.template, steps, ahead.through)
                yield from _roles(repository, ahead_end, by_name, depth + 1)
        return
    root = root_of(repository.view(scopes), end)
    if root is None or not isinstance(root.declared, Resource):
        yield RoleGiven(None, "", by_name, end)
        return
    yield from _of_resource(repository, end, root, root.declared, depth)


def _leading(one: Expr) -> tuple[Expr, ...]:
    """The parts of an expression that hold the role."""
    if isinstance(one, Choice):
        return one.alternatives
    if isinstance(one, Joined):
        return one.parts[-1:]
    if isinstance(one, Call) and one.arguments:
        name = (dotted(one.callee) or "").casefold()
        if name in _LAST_ARGUMENT:
            return (one.arguments[-1].value,)
        return (one.arguments[-1].value,) if name == "split" else ()
    if isinstance(one, Index) and isinstance(one.base, Call):
        return _leading(one.base)
    return one.parts if isinstance(one, Other) and one.kind == "spread" else ()


def _of_text(end: Linked, text: str, by_name: bool) -> RoleGiven:
    found = _GUID.findall(text)
    if found:
        role = role_by_id(found[-1])
        return RoleGiven(role, role.name if role is not None else "", False, end)
    role = role_named(text) if by_name else None
    return RoleGiven(role, text if by_name else "", by_name, end)


def _of_resource(
    repository: Repository, end: Linked, root: Root, resource: Resource, depth: int
) -> Iterator[RoleGiven]:
    """A role definition: one that exists goes by its name, which in Azure is its id; in azurerm by either."""
    name, by_id = entry_of(resource.body, "name"), entry_of(resource.body, "role_definition_id")
    is_definition = resource.arm_type.casefold() == _DEFINITIONS
    if not is_definition and resource.type != "azurerm_role_definition":
        yield RoleGiven(None, "", False, end)
        return
    given = by_id if by_id is not None and resource.existing else name
    if not resource.existing or given is None:
        yield RoleGiven(None, text_of(name.value) or "" if name is not None else "", False, end)
        return
    for ahead in linked(repository, root.template, given.value, end.through):
        steps = (*end.steps, *ahead.steps)
        ahead_end = Linked(ahead.expression, ahead.template, steps, ahead.through)
        yield from _roles(repository, ahead_end, not is_definition and given is name, depth + 1)
