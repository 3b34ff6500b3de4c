"""What an expression comes to, as far as that can be told without deploying.

Rules:
- parameters have the value that is given, else their default; secure ones are never read;
- `resourceGroup()`, `subscription()` and `tenant()` are those that the template is deployed to, if told;
- a resource's id follows from its type and name; what only the deployment knows of it is not guessed, but for
  the ids of its identity, which are looked up among what else is known;
- whatever can't be told is said with what it hangs on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from keyless.estate.imported.deployed import Place
from keyless.estate.imported.entry import CannotRead, Undecided
from keyless.estate.imported.templates.budget import Budget, bounded
from keyless.estate.imported.templates.expressions import (
    Call,
    Items,
    Literal,
    Member,
    Name,
    Node,
    Record,
    Spread,
    Unknown,
)
from keyless.estate.imported.templates.functions import FUNCTIONS, Value, text
from keyless.estate.imported.templates.model import Template
from keyless.estate.imported.templates.own_functions import LAZY, OWN
from keyless.estate.imported.templates.values import Deployed, NotThere
from keyless.model.resource_id import group_scope, subscription_scope

_DEEPEST = 60
_ERRORS = (
    *(TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError),
    *(MemoryError, OverflowError),
)
_T = TypeVar("_T")
Symbols = Callable[[str], Deployed | None]
Load = Callable[[str], bytes | None]
"""What is in a file beside the template, by its path."""


@dataclass
class Scope:
    """What names mean in one template that is deployed to one place.

    ``symbols`` finds resources and modules, ``load`` other files; ``bound`` are the names of a loop.
    """

    template: Template
    place: Place
    given: Mapping[str, Any]
    symbols: Symbols = lambda _name: None
    load: Load = lambda _path: None
    budget: Budget = field(default_factory=Budget)
    bound: dict[str, Value] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def value(self, node: Node) -> Value:
        """What a node comes to.

        Raises:
            CannotRead: it can't be told; the message says what it hangs on.
        """
        self.budget.spend()
        try:
            return self._value(node)
        except RecursionError as error:
            raise CannotRead("is nested too deep to be told") from error

    def _value(self, node: Node) -> Value:
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Items):
            return self._list(node)
        if isinstance(node, Record):
            return self._object(node)
        if isinstance(node, Unknown):
            raise CannotRead(node.what)
        return self._computed(node)

    def _list(self, node: Items) -> Value:
        found: list[Value] = []
        for one in node.items:
            found += self.spread(one, list) if isinstance(one, Spread) else [self.value(one)]
        return found

    def _object(self, node: Record) -> Value:
        found: dict[str, Value] = {}
        for one in node.pairs:
            if isinstance(one, Spread):
                found |= self.spread(one, dict)
            else:
                found[text(self.value(one[0]))] = self.value(one[1])
        return found

    def spread(self, one: Spread, kind: type[_T]) -> _T:
        """What is spread, which is a list or an object.

        Raises:
            CannotRead: it is not, or can't be told.
        """
        found = self.value(one.of)
        if not isinstance(found, kind):
            raise CannotRead("spreads what is no list or object")
        return found

    def _computed(self, node: Name | Call | Member) -> Value:
        if isinstance(node, Name):
            return self.named(node.name)
        if isinstance(node, Member):
            return self.member(self.value(node.of), self.value(node.name))
        try:
            return bounded(self._called(node))
        except _ERRORS as error:
            raise CannotRead(f"calls `{node.name}` with what it does not take") from error

    def named(self, name: str) -> Value:
        """The value of a symbol of Bicep."""
        if name in self.bound:
            return self.bound[name]
        if name in self.template.parameters:
            return self.parameter(name)
        if name in self.template.variables:
            return self.variable(name)
        found = self.symbols(name)
        if found is None:
            raise CannotRead(f"hangs on `{name}`, which is not known")
        return found

    def parameter(self, name: str) -> Value:
        """The value of a parameter."""
        declared = {one.casefold(): one for one in self.template.parameters}.get(name.casefold())
        if declared is None:
            raise CannotRead("names a parameter that there is not")
        one = self.template.parameters[declared]
        if one.secure:
            raise CannotRead(f"hangs on the secure parameter `{declared}`, which is not read")
        told = {key.casefold(): value for key, value in self.given.items()}
        if declared.casefold() in told:
            return _decided(told[declared.casefold()])
        if one.default is None:
            raise CannotRead(f"hangs on the parameter `{declared}`: import a parameters file too")
        with self._once(f"parameter {declared}"):
            return self.value(one.default)

    def variable(self, name: str) -> Value:
        """The value of a variable."""
        declared = {one.casefold(): one for one in self.template.variables}.get(name.casefold())
        if declared is None:
            raise CannotRead("names a variable that there is not")
        with self._once(f"variable {declared}"):
            return self.value(self.template.variables[declared])

    @contextmanager
    def _once(self, what: str) -> Iterator[None]:
        """Guard against what hangs on itself."""
        if what in self._open or len(self._open) > _DEEPEST:
            raise CannotRead(f"hangs on the {what}, which hangs on itself")
        self._open.append(what)
        try:
            yield
        finally:
            self._open.pop()

    def member(self, whole: Value, name: Value) -> Value:
        """A member of a value.

        Raises:
            NotThere: what is known has none of that name.
            CannotRead: it can't be told.
        """
        if isinstance(whole, Deployed):
            return whole.outputs[name] if name in whole.outputs else self._of_deployed(whole, str(name))
        if isinstance(whole, dict):
            found = {key.casefold(): value for key, value in whole.items()}
            if str(name).casefold() in found:
                return found[str(name).casefold()]
        elif isinstance(whole, list) and isinstance(name, int) and -1 < name < len(whole):
            return whole[name]
        raise NotThere(f"hangs on `{str(name)[:60]}`, which is not there")

    def _of_deployed(self, whole: Deployed, name: str) -> Value:
        if name == "outputs":
            return whole
        return whole.member(name, self.place.tenant_id)

    def _called(self, call: Call) -> Value:
        lazy = LAZY.get(call.name)
        if lazy is not None:
            return lazy(self, call.arguments)
        arguments = [self.value(one) for one in call.arguments]
        own = OWN.get(call.name)
        if own is not None:
            return own(self, *arguments)
        plain = FUNCTIONS.get(call.name)
        if plain is None:
            raise CannotRead(f"calls `{call.name[:60]}`, which only a deployment evaluates")
        return plain(*arguments)

    def group(self, name: str | None = None, second: str | None = None) -> dict[str, str]:
        """`resourceGroup()`: the one that is deployed to, or another by name."""
        subscription = self.subscription_id() if second is None or name is None else name
        wanted = (second or name) or self.place.resource_group
        if not wanted:
            raise CannotRead("hangs on the resource group that it is deployed to: give `--resource-group`")
        found = {"id": group_scope(subscription, wanted).text, "name": wanted}
        return found | ({"location": self.place.location} if self.place.location else {})

    def subscription_id(self) -> str:
        """The id of the subscription that is deployed to."""
        if not self.place.subscription_id:
            raise CannotRead("hangs on the subscription that it is deployed to: give `--subscription`")
        return self.place.subscription_id

    def subscription(self, subscription_id: str | None = None) -> dict[str, str]:
        """`subscription()`."""
        own = subscription_id or self.subscription_id()
        found = {"id": subscription_scope(own).text, "subscriptionId": own}
        return found | ({"tenantId": self.place.tenant_id} if self.place.tenant_id else {})

    def tenant(self) -> dict[str, str]:
        """`tenant()`."""
        if not self.place.tenant_id:
            raise CannotRead("hangs on the tenant that it is deployed to: give `--tenant`")
        return {"tenantId": self.place.tenant_id, "id": "/"}

    def base(self) -> str:
        """The id of what is deployed to."""
        if self.template.level == "resourceGroup":
            return self.group()["id"]
        if self.template.level == "subscription":
            return self.subscription()["id"]
        raise CannotRead("is deployed to a management group or tenant, which is not known")


def _decided(value: Value) -> Value:
    if isinstance(value, Undecided):
        raise CannotRead(value.why)
    return value
