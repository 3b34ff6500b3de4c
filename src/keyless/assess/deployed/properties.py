"""The properties of a resource by ARM's paths, whatever its language calls them.

Rules:
- a resource of Bicep, ARM or azapi has ARM's properties as they are; one of azurerm has them under other
  names, by a table of the catalog;
- where a property hangs on a condition or a parameter, it is told if every way leads to the same value;
- null is absent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from keyless.assess.deployed.body import Found, Looked, look_up
from keyless.assess.deployed.deployed import Told, Value
from keyless.assess.deployed.linked import linked
from keyless.assess.deployed.plain import NotTold, Plain, plain
from keyless.assess.deployed.scopes import Use
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Items, Literal, Record
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Dialect, Resource, Template
from keyless.catalog.azurerm import AzurermArgument, AzurermType, azurerm_type

_AZAPI_TOP = frozenset({"name", "location", "tags", "identity", "parent_id"})
_AZAPI_IDENTITY = {"userassignedidentities": "identity_ids"}


class Properties:
    """The properties of one resource, as a use of its module makes it where ``through`` names one."""

    def __init__(
        self,
        repository: Repository,
        template: Template,
        resource: Resource,
        through: tuple[Use, ...] = (),
    ) -> None:
        self._repository = repository
        self._template = template
        self._resource = resource
        self._through = through
        self._head = Place(template.path, resource.head)
        self._value: Callable[[str], Value] = self._own
        known = azurerm_type(resource.type) if template.dialect is Dialect.TERRAFORM else None
        if known is not None:
            self._value = lambda path: self._azurerm(known, path)
        elif template.dialect is Dialect.TERRAFORM:
            self._value = self._azapi

    def value(self, path: str) -> Value:
        """The property at a path."""
        return self._value(path)

    def _own(self, path: str) -> Value:
        return self._read(self._look_up(path))

    def _look_up(self, path: str) -> Looked:
        body = self._resource.body
        return look_up(self._repository, self._template, body, tuple(path.split(".")), self._through)

    def _azapi(self, path: str) -> Value:
        first, _, rest = path.partition(".")
        if first not in _AZAPI_TOP:
            return self._own(f"body.{path}")
        found = self._own(f"{first}.{_AZAPI_IDENTITY.get(rest.casefold(), rest)}" if rest else path)
        return self._own(f"body.{path}") if found.told is Told.ABSENT else found

    def _azurerm(self, known: AzurermType, path: str) -> Value:
        """Of several arguments that stand for a property the first that is written counts."""
        for argument in known.of_path(path):
            found = self._read(self._look_up(argument.name), argument)
            if found.told is not Told.ABSENT:
                return found
        return Value(Told.ABSENT, self._head)

    def _read(self, looked: Looked, argument: AzurermArgument | None = None) -> Value:
        if not looked.found:
            return Value(Told.UNKNOWN if looked.unclear else Told.ABSENT, self._head)
        first = looked.found[0]
        values = [self._plain(one) for one in looked.found]
        place = Place(first.template.path, first.entry.span)
        found = Value(
            told=Told.UNKNOWN,
            place=place,
            expression=first.entry.value,
            entry=place,
            negated=argument is not None and argument.negated,
        )
        sure = not looked.unclear and not looked.lacking and not first.unsure
        if not sure or any(type(one) is not type(values[0]) or one != values[0] for one in values):
            return found
        return self._told(found, first, values[0], argument)

    def _told(
        self, found: Value, at: Found, value: Plain | NotTold, argument: AzurermArgument | None
    ) -> Value:
        if isinstance(value, NotTold):
            ends = linked(self._repository, at.template, at.entry.value, at.through)
            whole = len(ends) == 1 and isinstance(ends[0].expression, Record | Items)
            return replace(found, told=Told.WRITTEN, means=ends[0].expression) if whole else found
        if value is None:
            return replace(found, told=Told.ABSENT)
        return replace(found, told=Told.WRITTEN, literal=_in_arm(value, argument))

    def _plain(self, found: Found) -> Plain | NotTold:
        value = found.entry.value
        if isinstance(value, Literal):
            return value.value
        return plain(self._repository, found.template, value, found.through)


def _in_arm(value: Plain, argument: AzurermArgument | None) -> Plain:
    """A value of azurerm as ARM has it."""
    if argument is None or not (argument.negated or argument.texts):
        return value
    truth = {"true": True, "false": False}.get(str(value).casefold())
    if truth is None:
        return value
    if argument.texts is not None:
        return argument.texts[0 if truth else 1]
    return not truth
