"""At what level a role assignment is made, and at which resource.

Rules:
- Bicep and ARM say it by `scope`, by a type that ends in `/providers/roleAssignments`, or else by what the
  template is deployed to;
- Terraform says it by an id: of a resource, or a text of it in which other ids may stand;
- a resource below another is an object in it; a parameter tells nothing.

Source: https://learn.microsoft.com/azure/role-based-access-control/scope-overview
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from keyless.assess.deployed.allowance import Allowance
from keyless.assess.deployed.grants import ScopeKind
from keyless.assess.deployed.linked import Linked, linked
from keyless.assess.deployed.roots import Root, root_of
from keyless.assess.deployed.scopes import Use, scopes
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Call, Choice, Expr, Joined, Literal, Member, dotted, text_of
from keyless.assess.syntax.templates import Dialect, Module, Resource, Template
from keyless.catalog.avm import avm_module
from keyless.catalog.azurerm import azurerm_type

Scope = tuple[ScopeKind, str, str]
"""The level, the symbol of the resource, and the file that this one stands in."""
UNKNOWN: Scope = (ScopeKind.UNKNOWN, "", "")
_TARGETS = {
    "": ScopeKind.RESOURCE_GROUP,
    "subscription": ScopeKind.SUBSCRIPTION,
    "managementGroup": ScopeKind.MANAGEMENT_GROUP,
    "tenant": ScopeKind.MANAGEMENT_GROUP,
}
_CALLS = {
    "resourcegroup": ScopeKind.RESOURCE_GROUP,
    "subscription": ScopeKind.SUBSCRIPTION,
    "managementgroup": ScopeKind.MANAGEMENT_GROUP,
    "tenant": ScopeKind.MANAGEMENT_GROUP,
}
_TYPES = {
    "microsoft.resources/resourcegroups": ScopeKind.RESOURCE_GROUP,
    "microsoft.resources/subscriptions": ScopeKind.SUBSCRIPTION,
    "microsoft.management/managementgroups": ScopeKind.MANAGEMENT_GROUP,
}
_WRITTEN = {
    ScopeKind.SUBSCRIPTION: "/subscriptions/*",
    ScopeKind.RESOURCE_GROUP: "/subscriptions/*/resourcegroups/*",
    ScopeKind.RESOURCE: "/subscriptions/*/resourcegroups/*/providers/*/*/*",
    ScopeKind.OBJECT: "/subscriptions/*/resourcegroups/*/providers/*/*/*/*/*",
    ScopeKind.MANAGEMENT_GROUP: "/providers/microsoft.management/managementgroups/*",
}
_LEVELS = (
    (re.compile(r"/?"), ScopeKind.MANAGEMENT_GROUP),
    (re.compile(r"/providers/microsoft\.management/managementgroups/[^/]+/?"), ScopeKind.MANAGEMENT_GROUP),
    (re.compile(r"/?subscriptions/[^/]+/?"), ScopeKind.SUBSCRIPTION),
    (re.compile(r"/?subscriptions/[^/]+/resourcegroups/[^/]+/?"), ScopeKind.RESOURCE_GROUP),
    (re.compile(r"(.*/providers/)?[^/]+\.[^/]+/[^/]+/[^/]+/?"), ScopeKind.RESOURCE),
    (re.compile(r".*/providers/[^/]+/[^/]+/[^/]+/?"), ScopeKind.RESOURCE),
    (re.compile(r".*/providers/[^/]+/[^/]+/[^/]+/.+"), ScopeKind.OBJECT),
)
_LONGEST = 2000
_MOST = 60


def scope_of(
    repository: Repository, template: Template, resource: Resource, through: tuple[Use, ...] = ()
) -> Scope:
    """Where an assignment is made."""
    nested = _nested(resource)
    if nested is not None:
        return nested, resource.parent or "", template.path
    if resource.scope is not None:
        return level_of(repository, template, resource.scope, through)
    if template.dialect is Dialect.TERRAFORM:
        return UNKNOWN
    return _TARGETS.get(template.target_scope, ScopeKind.UNKNOWN), "", ""


def _nested(resource: Resource) -> ScopeKind | None:
    """`Microsoft.Storage/storageAccounts/providers/roleAssignments`: the resource before it."""
    before, found, _ = resource.type.casefold().partition("/providers/")
    return level_of_type(before) if found else None


def level_of(
    repository: Repository,
    template: Template,
    expression: Expr,
    through: tuple[Use, ...] = (),
    allowance: Allowance | None = None,
) -> Scope:
    """The level that an expression stands for."""
    left = allowance or Allowance(_MOST)
    if not left.spend():
        return UNKNOWN
    return _one(_of_end(repository, end, left) for end in linked(repository, template, expression, through))


def _one(found: Iterable[Scope]) -> Scope:
    levels = set(found)
    if len(levels) == 1:
        return levels.pop()
    kinds = {kind for kind, _, _ in levels}
    return (kinds.pop(), "", "") if len(kinds) == 1 else UNKNOWN


def _of_end(repository: Repository, end: Linked, left: Allowance) -> Scope:
    one = end.expression
    if isinstance(one, Choice):
        ways = one.alternatives
        return _one(level_of(repository, end.template, part, end.through, left) for part in ways)
    if isinstance(one, Literal | Joined):
        return _of_text(repository, end, left)
    called = one.base if isinstance(one, Member) and one.name == "id" else one
    if isinstance(called, Call):
        kind = _of_call(called)
        if kind is ScopeKind.UNKNOWN and (dotted(called.callee) or "").casefold() in {"concat", "format"}:
            return _of_text(repository, end, left)
        if kind is not ScopeKind.UNKNOWN and kind is not ScopeKind.RESOURCE:
            return kind, "", ""
    root = root_of(repository.view(scopes), end)
    if root is not None:
        return level_of_root(root), root.symbol, root.template.path
    return (_of_call(called), "", "") if isinstance(called, Call) else UNKNOWN


def _of_call(call: Call) -> ScopeKind:
    name = (dotted(call.callee) or "").casefold()
    if name in _CALLS:
        return _CALLS[name]
    if not name.endswith("resourceid"):
        return ScopeKind.UNKNOWN
    kind = next((text for one in call.arguments if "/" in (text := text_of(one.value) or "")), "")
    return level_of_type(kind)


def level_of_root(root: Root) -> ScopeKind:
    """The level of a resource, or of a module that makes one."""
    declared = root.declared
    if isinstance(declared, Module):
        made = avm_module(declared.source)
        return level_of_type(made.arm) if made is not None else ScopeKind.UNKNOWN
    if declared.arm_type:
        return level_of_type(declared.arm_type)
    known = azurerm_type(declared.type)
    if known is not None:
        return level_of_type(known.arm_type)
    return ScopeKind.RESOURCE if declared.type.startswith("azurerm_") else ScopeKind.UNKNOWN


def level_of_type(arm_type: str) -> ScopeKind:
    """The level of what has a type."""
    kind = arm_type.casefold()
    if kind in _TYPES:
        return _TYPES[kind]
    if kind.count("/") < 1:
        return ScopeKind.UNKNOWN
    return ScopeKind.RESOURCE if kind.count("/") == 1 else ScopeKind.OBJECT


def _of_text(repository: Repository, end: Linked, left: Allowance) -> Scope:
    """The level of an id that is put together: what is not plain in it counts as a segment."""
    one = end.expression
    parts: tuple[Expr, ...] = one.parts if isinstance(one, Joined) else (one,)
    if isinstance(one, Call):
        parts = tuple(argument.value for argument in one.arguments)
    first = level_of(repository, end.template, parts[0], end.through, left) if parts else UNKNOWN
    text = text_of(parts[0]) if parts else None
    if text is None:
        text = _WRITTEN.get(first[0], "*")
    text += "".join(text_of(part) or "*" for part in parts[1:])
    level = _level(text[:_LONGEST].casefold())
    within = level in {first[0], ScopeKind.OBJECT}
    return (level, first[1], first[2]) if within else (level, "", "")


def _level(text: str) -> ScopeKind:
    return next((kind for shape, kind in _LEVELS if shape.fullmatch(text)), ScopeKind.UNKNOWN)
