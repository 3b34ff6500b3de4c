"""Which properties of resources may hold a key: found by what they name, before any flow is followed.

Rules:
- an expression may hold a key if it reads one itself (`list…()`, an attribute of the table, an output of a
  public module that is named like one), or if it names a variable, parameter or output that may;
- parameters may by what uses of the module hand them; this goes on until nothing changes, a bounded number of
  times;
- the properties are those of resources, and the arguments of modules that are not in the repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.deployed.scopes import Scope, Scopes, scopes
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import (
    Call,
    Expr,
    Items,
    Loop,
    Member,
    Name,
    Record,
    text_of,
    within,
)
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Dialect, Resource, Template
from keyless.catalog.resource_keys import key_attributes, resource_keys

_MOST_ROUNDS = 8
_SECRETS = frozenset({"microsoft.keyvault/vaults/secrets", "azurerm_key_vault_secret"})


@dataclass(frozen=True, slots=True)
class Held:
    """A property that may hold a key: its name, its entry's place, and the resource or module it is of."""

    name: str
    value: Expr
    place: Place
    template: Template
    of: str
    is_secret: bool = False
    """Whether it is the value of a secret of a vault whose name cannot be told."""


def key_holders(repository: Repository) -> tuple[Held, ...]:
    """The properties that may hold a key: `repository.view(key_holders)`."""
    known = repository.view(scopes)
    may = _Tainted(known)
    return tuple(
        held for scope in known.by_path.values() for held in _of_scope(scope) if may.holds(held.value, scope)
    )


def _of_scope(scope: Scope) -> Iterator[Held]:
    for template in scope.templates:
        for resource in template.resources:
            if not resource.existing:
                yield from _leaves(resource.body, template, resource.symbol, _is_secret(resource))
        for module in template.modules:
            if module.symbol.casefold() not in scope.uses:
                yield from _leaves(module.arguments, template, module.symbol)


def _is_secret(resource: Resource) -> bool:
    return (resource.arm_type or resource.type).casefold() in _SECRETS


def _leaves(body: Record, template: Template, of: str, is_secret: bool = False) -> Iterator[Held]:
    """The values of a body that are no records or lists, each with the entry that it stands in."""
    waiting: list[tuple[Expr, str, Place]] = [(body, "", Place(template.path, body.span))]
    while waiting:
        value, name, place = waiting.pop()
        match value:
            case Record(entries=entries):
                waiting.extend(
                    (one.value, text_of(one.key) or name, Place(template.path, one.span))
                    for one in reversed(entries)
                )
            case Items(items=items):
                waiting.extend((one, name, place) for one in reversed(items))
            case Loop(value=inner):
                waiting.append((inner, name, place))
            case _:
                yield Held(name, value, place, template, of, is_secret and name == "value")


class _Tainted:
    """What may hold a key, by the scope that declares it."""

    def __init__(self, known: Scopes) -> None:
        self._names: set[tuple[int, str, str]] = set()
        for _ in range(_MOST_ROUNDS):
            before = len(self._names)
            for scope in known.by_path.values():
                self._look(scope)
            if len(self._names) == before:
                break

    def _look(self, scope: Scope) -> None:
        for name, (variable, _) in scope.variables.items():
            self._note(scope, "variable", name, variable.value, scope)
        for name, (output, _) in scope.outputs.items():
            self._note(scope, "output", name, output.value, scope)
        for use in scope.uses.values():
            for entry in use.module.arguments.entries:
                self._note(use.target, "parameter", (text_of(entry.key) or "").casefold(), entry.value, scope)

    def _note(self, of: Scope, kind: str, name: str, value: Expr, scope: Scope) -> None:
        key = (id(of), kind, name)
        if key not in self._names and self.holds(value, scope):
            self._names.add(key)

    def holds(self, value: Expr, scope: Scope) -> bool:
        """Whether an expression of a scope may hold a key."""
        return any(self._is(one, scope) for one in within(value))

    def _is(self, one: Expr, scope: Scope) -> bool:
        match one:
            case Call(callee=Name(id=name) | Member(name=name)) if name in resource_keys().functions:
                return True
            case Call(callee=Name(id=("variables" | "parameters") as kind), arguments=(first,)):
                return self._declared(scope, kind[:-1], text_of(first.value) or "")
            case Name(id=name) if scope.dialect is Dialect.BICEP:
                return self._declared(scope, "variable", name) or self._declared(scope, "parameter", name)
            case Member():
                return self._member(one, scope)
            case _:
                return False

    def _declared(self, scope: Scope, kind: str, name: str) -> bool:
        return (id(scope), kind, name.casefold()) in self._names

    def _member(self, one: Member, scope: Scope) -> bool:
        base = one.base
        match base:
            case Name(id="var"):
                return self._declared(scope, "parameter", one.name)
            case Name(id="local"):
                return self._declared(scope, "variable", one.name)
        if one.name in resource_keys().module_outputs or (_kind(base), one.name) in key_attributes():
            return True
        symbol, name = _output(one)
        use = scope.uses.get(symbol.casefold())
        return use is not None and self._declared(use.target, "output", name)


def _kind(base: Expr) -> str:
    """The type of the resource that an attribute of Terraform is of."""
    names: list[str] = []
    one = base
    while not isinstance(one, Name):
        if isinstance(one, Member):
            names.append(one.name)
        one = getattr(one, "base", Name(one.span, ""))
    if one.id == "data":
        return names[-1] if names else ""
    return one.id


def _output(one: Member) -> tuple[str, str]:
    """The module and output of `m.outputs.x` and `module.m.x`."""
    base = one.base
    if isinstance(base, Member) and base.name == "outputs":
        inner = base.base
        inner = inner if isinstance(inner, Name) else getattr(inner, "base", inner)
        return (inner.id if isinstance(inner, Name) else ""), one.name
    if isinstance(base, Member) and isinstance(base.base, Name) and base.base.id == "module":
        return base.name, one.name
    return "", ""
