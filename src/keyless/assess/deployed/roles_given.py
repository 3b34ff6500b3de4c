"""Which role an expression of a template stands for.

Rules:
- an id is found wherever it stands: in a text, as the last argument of `subscriptionResourceId`, as the name
  of a role definition that exists already, in a map of roles;
- a role is given by its name where the file says that it is one: `role_definition_name`, the data source of
  azurerm, a public module that takes either;
- a role that the template itself defines is known as far as it is written out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.deployed.allowance import Allowance
from keyless.assess.deployed.custom_roles import custom_role
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
_MOST = 200
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
    """A role: ``definition`` if it is one of Azure's own, or written out in the template; ``at`` is where the
    file says which."""

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
    finder = _Finder(repository, Allowance(_MOST))
    for end in linked(repository, template, expression, through):
        for one in finder.roles(end, by_name, 0):
            key = (one.definition.id if one.definition else one.name, one.at.template.path)
            found.setdefault(key, one)
    return tuple(found.values())


class _Finder:
    """Finds roles, in as many steps as it is allowed."""

    def __init__(self, repository: Repository, allowance: Allowance) -> None:
        self._repository = repository
        self._allowance = allowance

    def roles(self, end: Linked, by_name: bool, depth: int) -> Iterator[RoleGiven]:
        """The roles that an end stands for."""
        one = end.expression
        if isinstance(one, Literal):
            yield _of_text(end, str(one.value), by_name)
            return
        if depth > _DEEPEST or not self._allowance.spend():
            return
        inner = _leading(one)
        for part in inner:
            yield from self._ahead(end, end.template, part, by_name, depth)
        if inner:
            return
        root = root_of(self._repository.view(scopes), end)
        if root is None or not isinstance(root.declared, Resource):
            yield RoleGiven(None, "", by_name, end)
            return
        yield from self._of_resource(end, root, root.declared, depth)

    def _ahead(
        self, end: Linked, template: Template, part: Expr, by_name: bool, depth: int
    ) -> Iterator[RoleGiven]:
        for ahead in linked(self._repository, template, part, end.through):
            further = Linked(ahead.expression, ahead.template, (*end.steps, *ahead.steps), ahead.through)
            yield from self.roles(further, by_name, depth + 1)

    def _of_resource(self, end: Linked, root: Root, resource: Resource, depth: int) -> Iterator[RoleGiven]:
        """A role definition: one that exists goes by its name, which is its id; in azurerm by either."""
        name, by_id = entry_of(resource.body, "name"), entry_of(resource.body, "role_definition_id")
        is_definition = resource.arm_type.casefold() == _DEFINITIONS
        if not is_definition and resource.type != "azurerm_role_definition":
            yield RoleGiven(None, "", False, end)
            return
        given = by_id if by_id is not None and resource.existing else name
        if not resource.existing:
            own = custom_role(resource)
            written = text_of(name.value) if name is not None else None
            yield RoleGiven(own, own.name if own is not None else written or "", False, end)
            return
        if given is None:
            yield RoleGiven(None, "", False, end)
            return
        by_name = not is_definition and given is name
        yield from self._ahead(end, root.template, given.value, by_name, depth)


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
