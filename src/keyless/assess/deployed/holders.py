"""Whose identity a role is assigned to: the resource that a principal id is read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.deployed.allowance import Allowance
from keyless.assess.deployed.linked import Linked, linked
from keyless.assess.deployed.roots import Root, root_of
from keyless.assess.deployed.scopes import Use, scopes
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Call, Choice, Expr, dotted
from keyless.assess.syntax.templates import Resource, Template

_DIRECTORY = ("azuread_", "msgraph_", "Microsoft.Graph/")
_NOBODY = frozenset({"azurerm_client_config", "azurerm_subscription"})
_EITHER = frozenset({"coalesce", "try", "one", "first", "element"})
_DEEPEST = 4
_MOST = 200


@dataclass(frozen=True, slots=True)
class Holder:
    """A resource, or module of a registry, whose identity it is; ``path`` is the file that it stands in."""

    symbol: str
    path: str
    outside: bool
    """Whether the template is handed it by who uses it."""


def holders(
    repository: Repository, template: Template, principal: Expr, through: tuple[Use, ...] = ()
) -> tuple[Holder, ...]:
    """Those whose principal id an expression may be; none where that cannot be told."""
    found: dict[tuple[str, str], Holder] = {}
    allowance = Allowance(_MOST)
    for end in linked(repository, template, principal, through):
        for root, at in _roots(repository, end, 0, allowance):
            if not _is_directory(root):
                holder = Holder(root.symbol, root.template.path, at.template.path != template.path)
                found.setdefault((holder.path, holder.symbol), holder)
    return tuple(found.values())


def _roots(
    repository: Repository, end: Linked, depth: int, allowance: Allowance
) -> Iterator[tuple[Root, Linked]]:
    inner = _either(end.expression) if depth < _DEEPEST and allowance.spend() else ()
    for part in inner:
        for ahead in linked(repository, end.template, part, end.through):
            yield from _roots(repository, ahead, depth + 1, allowance)
    root = root_of(repository.view(scopes), end) if not inner else None
    if root is not None:
        yield root, end


def _either(one: Expr) -> tuple[Expr, ...]:
    if isinstance(one, Choice):
        return one.alternatives
    if isinstance(one, Call) and (dotted(one.callee) or "").casefold() in _EITHER:
        return tuple(argument.value for argument in one.arguments)
    return ()


def _is_directory(root: Root) -> bool:
    """Whether it is of the directory, where people and applications are, or tells of who deploys."""
    if not isinstance(root.declared, Resource):
        return False
    kind = root.declared.type
    return kind.startswith(_DIRECTORY) or kind in _NOBODY
