"""What a template would deploy, as entries in the shape of the management API.

Rules:
- of each resource the fields that say something of access are evaluated, and no others;
- a condition that is false deploys nothing; one that can't be told leaves the resource out, and that is said;
- an assignment whose name can't be told is still known by principal, role and scope;
- modules and nested templates are deployed with what they are given.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/scope-extension-resources
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from keyless.estate.imported.deployed import Place
from keyless.estate.imported.entry import CannotRead, Entry, Rank, Undecided, Unread
from keyless.estate.imported.templates.budget import Budget
from keyless.estate.imported.templates.evaluate import Scope
from keyless.estate.imported.templates.expressions import Call, Literal, Node, Record, Spread
from keyless.estate.imported.templates.fields import ASSIGNMENT, MAY, MUST, PROPERTIES
from keyless.estate.imported.templates.model import Declared, Loop, Module, Template
from keyless.estate.imported.templates.values import Deployed, id_of_scope, interleaved
from keyless.model.resource_id import InvalidResourceId, ResourceId

_GROUP = "microsoft.resources/resourcegroups"
_EXTENSION = "/providers/"
_DEEPEST = 8


class Library(Protocol):
    """The other files: each is found by the file that names it, and the path in it."""

    def find(self, file: str, path: str) -> tuple[str, Template] | None:
        """The template of a module, and its file."""
        ...

    def load(self, file: str, path: str) -> bytes | None:
        """What is in another file."""
        ...


@dataclass
class Deployment:
    """One template, deployed to one place."""

    template: Template
    place: Place
    given: Mapping[str, Any]
    file: str
    unread: list[Unread]
    library: Library
    at: str = ""
    depth: int = 0
    outer: Scope | None = None
    budget: Budget = field(default_factory=Budget)
    _scope: Scope = field(init=False)
    _base: Callable[[], str] = field(init=False)
    _found: dict[str, Deployed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the scope in which its expressions are evaluated: its own, or that of the one around it."""
        load = partial(self.library.load, self.file)
        own = Scope(self.template, self.place, self.given, self._symbol, load, self.budget)
        self._scope, self._base = self.outer or own, own.base

    def entries(self) -> Iterator[Entry]:
        """Everything that it deploys, modules included."""
        for declared in self.template.resources:
            if not declared.existing:
                yield from self._told(declared.at, partial(self._resource, declared))
        for module in self.template.modules:
            yield from self._told(module.at, partial(self._module, module))

    def output(self, name: str) -> Any:  # noqa: ANN401  # any value
        """The value of an output."""
        return self._scope.value(self.template.outputs[name])

    def _told(self, at: str, found: Callable[[], list[Entry]]) -> list[Entry]:
        """What was found; where that can't be told, why."""
        try:
            return found()
        except CannotRead as error:
            self.unread.append(Unread(self.file, self.at + at, f"it {error}"))
            return []

    def _resource(self, declared: Declared) -> list[Entry]:
        return [
            Entry(self._body(declared), self.file, self.at + declared.at, Rank.TEMPLATE)
            for _ in self._times(declared.loop, declared.condition)
        ]

    def _times(self, loop: Loop | None, condition: Node | None) -> Iterator[None]:
        """Once for each time that something is deployed."""
        scope, before = self._scope, dict(self._scope.bound)
        for number, item in enumerate([None] if loop is None else scope.value(loop.over)):
            if loop is not None:
                scope.bound = {**before, "copyIndex()": number, loop.index: number, loop.item: item}
            scope.budget.spend()
            if condition is None or scope.value(condition) is True:
                yield
        scope.bound = before

    def _body(self, declared: Declared) -> dict[str, Any]:
        on_another = _EXTENSION in declared.type.casefold()
        kind = _extension_kind(declared.type) if on_another else declared.type
        body: dict[str, Any] = {"type": kind}
        if kind.casefold() == ASSIGNMENT:
            body |= self._where_assigned(declared)
        else:
            body["id"] = self.id_of(declared)
        for name in (*MUST, *MAY):
            body[name] = self._field(declared.body.get(name), name)
        properties = declared.body.get("properties")
        wanted = PROPERTIES.get(kind.casefold(), ())
        body["properties"] = {name: self._field(_part(properties, name), name) for name in wanted}
        return body

    def _field(self, node: Node | None, name: str) -> Any:  # noqa: ANN401  # any value
        if node is None:
            return None
        try:
            return self._scope.value(node)
        except CannotRead as error:
            return None if name in MAY else Undecided(str(error))

    def _where_assigned(self, declared: Declared) -> dict[str, Any]:
        """Scope and name of a role assignment; the name may be one that only the deployment knows."""
        name = self._field(declared.body.get("name"), "name")
        if _EXTENSION in declared.type.casefold():
            owner = declared.type[: declared.type.casefold().rindex(_EXTENSION)]
            whole = self._scope.value(declared.body.get("name") or Literal(""))
            names = str(whole).split("/")
            scope = self._below(owner, "/".join(names[:-2]))
            return {"scope": scope, "name": names[-1]}
        return {"scope": self._scope_of(declared), "name": name}

    def _scope_of(self, declared: Declared) -> str:
        found = self._scope.value(declared.body.get("scope") or Literal(None))
        if found is None:
            return self._base()
        told = id_of_scope(found)
        if told.startswith("/"):
            return told
        provider, *rest = told.split("/")
        types, names = rest[::2], rest[1::2]
        return self._below("/".join((provider, *types)), "/".join(names))

    def _below(self, kind: str, names: str) -> str:
        return self._base().rstrip("/") + "/" + "/".join(interleaved(kind, names))

    def id_of(self, declared: Declared) -> str:
        """The id of a declared resource.

        Raises:
            CannotRead: it can't be told.
        """
        name = self._scope.value(declared.body.get("name") or Literal(None))
        if not isinstance(name, str) or not name:
            raise CannotRead("has no name that can be told")
        if declared.parent:
            owner = self._scope.named(declared.parent)
            if not isinstance(owner, Deployed):
                raise CannotRead(f"hangs on `{declared.parent}`, which is no resource")
            return f"{owner.id}/{declared.type.rpartition('/')[2]}/{name}"
        if declared.type.casefold() == _GROUP:
            return f"{self._scope.subscription()['id']}/resourceGroups/{name}"
        base = self._scope_of(declared)
        text = f"{base.rstrip('/')}/" + "/".join(interleaved(declared.type, name))
        try:
            return ResourceId.parse(text).text
        except InvalidResourceId as error:
            raise CannotRead("has a name that no resource can have") from error

    def _symbol(self, name: str) -> Deployed | None:
        """A resource or module by its symbol."""
        if name not in self._found:
            found = self._resolved(name)
            if found is None:
                return None
            self._found[name] = found
        return self._found[name]

    def _resolved(self, name: str) -> Deployed | None:
        for declared in self.template.resources:
            if declared.symbol == name:
                if declared.loop is not None:
                    raise CannotRead(f"hangs on an item of `{name}`, which is a loop")
                with self._scope._once(f"resource {name}"):  # noqa: SLF001  # the guard is of its kind
                    found = self.id_of(declared)
                return Deployed(found, found.rpartition("/")[2])
        for module in self.template.modules:
            if module.symbol == name:
                return self._outputs(module)
        return None

    def _outputs(self, module: Module) -> Deployed:
        if module.loop is not None:
            raise CannotRead(f"hangs on an item of `{module.symbol}`, which is a loop")
        with self._scope._once(f"module {module.symbol}"):  # noqa: SLF001  # the guard is of its kind
            within = self._within(module)
        outputs: dict[str, Any] = {}
        for name in within.template.outputs:
            try:
                outputs[name] = within.output(name)
            except CannotRead:
                continue
        return Deployed("", module.symbol, outputs)

    def _module(self, module: Module) -> list[Entry]:
        found: list[Entry] = []
        for _ in self._times(module.loop, module.condition):
            found += self._within(module).entries()
        return found

    def _within(self, module: Module) -> Deployment:
        """The module's own deployment."""
        self.budget.spend_on_a_deployment()
        if self.depth > _DEEPEST:
            raise CannotRead("is a module within too many others")
        file, template = self._template_of(module)
        given = dict(self._parameters(module.parameters))
        return Deployment(
            template,
            self._place_of(module, template),
            given,
            file,
            self.unread,
            self.library,
            "" if module.path else self.at,
            self.depth + 1,
            self._scope if module.outer and not module.path else None,
            self.budget,
        )

    def _template_of(self, module: Module) -> tuple[str, Template]:
        if module.template is not None:
            return self.file, module.template
        found = self.library.find(self.file, module.path) if module.path else None
        if found is None:
            raise CannotRead("is a template from elsewhere: import its file too")
        return found

    def _parameters(self, given: Record) -> Iterator[tuple[str, Any]]:
        for one in given.pairs:
            if isinstance(one, Spread):
                yield from self._scope.spread(one, dict).items()
                continue
            key, node = one
            name = str(self._scope.value(key))
            try:
                yield name, self._scope.value(node)
            except CannotRead as error:  # it is said where it is used
                yield name, Undecided(str(error))

    def _place_of(self, module: Module, template: Template) -> Place:
        place = self.place
        if module.subscription is not None:
            place = replace(place, subscription_id=str(self._scope.value(module.subscription)))
        if module.resource_group is not None:
            place = replace(place, resource_group=str(self._scope.value(module.resource_group)))
        if module.scope is not None:
            scope = ResourceId.parse(id_of_scope(self._scope.value(module.scope)))
            place = replace(
                place,
                subscription_id=scope.subscription_id or place.subscription_id,
                resource_group=scope.resource_group or place.resource_group,
            )
        return place


def _part(node: Node | None, name: str) -> Node | None:
    if node is None or isinstance(node, Record):
        return node.get(name) if node is not None else None
    return Call("tryget", (node, Literal(name)))


def _extension_kind(kind: str) -> str:
    """The type of what is put on another resource: `…/vaults/providers/roleAssignments`."""
    return "microsoft.authorization/" + kind.rpartition("/")[2].casefold()
