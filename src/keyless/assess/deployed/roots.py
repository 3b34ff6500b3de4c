"""The resource or module that an expression of a template begins with.

Rules:
- `app.identity.principalId`, `apps[0].id`, `vault.listKeys()` begin with the resource of that symbol, and
  `azurerm_linux_web_app.app.identity[0].principal_id` with that of that address;
- so do `reference(app.id, …)`, `reference(resourceId('Microsoft.Web/sites', name), …)` and `resourceId(…)`,
  where a resource of that type and name is in the template;
- an output of a module of a registry begins with the module.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from keyless.assess.deployed.linked import Linked
from keyless.assess.deployed.scopes import Scope, Scopes
from keyless.assess.syntax.expressions import Call, Expr, Index, Member, Name, dotted, text_of
from keyless.assess.syntax.spelled import spelled
from keyless.assess.syntax.templates import Dialect, Module, Resource, Template

_LONGEST = 100
_IDS = frozenset({"resourceid", "subscriptionresourceid", "extensionresourceid", "tenantresourceid"})


@dataclass(frozen=True, slots=True)
class Root:
    """What an expression begins with, and the members that are taken of it, in lower case."""

    symbol: str
    declared: Resource | Module
    template: Template
    members: tuple[str, ...]


def root_of(known: Scopes, end: Linked) -> Root | None:
    """What an end begins with; none where it is no resource and no module."""
    scope = known.of(end.template)
    return _root(scope, end.expression, 0) if scope is not None else None


def _root(scope: Scope, expression: Expr, depth: int) -> Root | None:
    one, members = _descended(expression)
    if isinstance(one, Name) and scope.dialect is Dialect.TERRAFORM:
        return _terraform(scope, one, members)
    if isinstance(one, Name):
        return _named(scope, one.id, members)
    if isinstance(one, Call) and one.arguments and depth < 3:
        name, first = (dotted(one.callee) or "").casefold(), one.arguments[0].value
        if name == "reference":
            found = _root(scope, first, depth + 1) or _named(scope, text_of(first) or "", ())
            return replace(found, members=members) if found is not None else None
        if name in _IDS:
            return _by_id(scope, one, members)
    return None


def _descended(expression: Expr) -> tuple[Expr, tuple[str, ...]]:
    """The innermost base, and the names of the members on the way out."""
    members: list[str] = []
    one = expression
    for _ in range(_LONGEST):
        if isinstance(one, Member):
            members.append(one.name.casefold())
            one = one.base
        elif isinstance(one, Index):
            one = one.base
        elif isinstance(one, Call) and isinstance(one.callee, Member):
            one = one.callee
        else:
            break
    return one, tuple(reversed(members))


def _named(scope: Scope, symbol: str, members: tuple[str, ...]) -> Root | None:
    for declared in (scope.resources, scope.modules):
        if (found := declared.get(symbol.casefold())) is not None:
            return _nested(scope, Root(found[0].symbol, found[0], found[1], members))
    return None


def _nested(scope: Scope, found: Root) -> Root:
    """`account::container`: a resource within the one that it begins with."""
    first = found.members[0] if found.members else ""
    inner = scope.resources.get(first)
    if inner is not None and isinstance(inner[0], Resource) and inner[0].parent == found.symbol:
        return Root(inner[0].symbol, inner[0], inner[1], found.members[1:])
    return found


def _terraform(scope: Scope, first: Name, members: tuple[str, ...]) -> Root | None:
    names = (first.id, *members)
    if first.id == "module" and members:
        found = scope.modules.get(members[0])
        return Root(f"module.{found[0].symbol}", found[0], found[1], members[1:]) if found else None
    length = 3 if first.id in {"data", "ephemeral"} else 2
    declared = scope.resources.get(".".join(names[:length]).casefold())
    if declared is None:
        return None
    return Root(declared[0].symbol, declared[0], declared[1], tuple(names[length:]))


def _by_id(scope: Scope, call: Call, members: tuple[str, ...]) -> Root | None:
    """`resourceId([subscription, group,] type, name…)`: the resource whose symbol is of type and name."""
    given = [one.value for one in call.arguments]
    at = next((n for n, one in enumerate(given) if "/" in (text_of(one) or "")), None)
    if at is None:
        return None
    kind, names = text_of(given[at]) or "", given[at + 1 :]
    if len(names) != 1:
        return None
    for name in (text_of(names[0]), spelled(names[0])):
        if name and (found := scope.resources.get(f"{kind}/{name}".casefold())) is not None:
            return Root(found[0].symbol, found[0], found[1], members)
    return next((one for one in _alike(scope, kind, names[0], members)), None)


def _alike(scope: Scope, kind: str, name: Expr, members: tuple[str, ...]) -> list[Root]:
    """Resources with a symbol of their own that have this type and name."""
    wanted = spelled(name)
    return [
        Root(resource.symbol, resource, template, members)
        for resource, template in scope.resources.values()
        if resource.arm_type.casefold() == kind.casefold() and spelled(resource.name) == wanted
    ]
