"""The properties of the resource that a public module makes, by ARM's paths.

Rules:
- what the module is handed for a property is its value; without that it is the module's own default, which is
  written as far as the resource goes, at the head of the module;
- identities are handed as `managedIdentities`, whatever the module;
- what the module works out itself is unknown.
"""

from __future__ import annotations

from dataclasses import replace

from keyless.assess.deployed.body import look_up
from keyless.assess.deployed.deployed import Told, Value
from keyless.assess.deployed.read_value import ValueReader
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Items
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Module, Template
from keyless.catalog.avm import AvmModule, AvmProperty

_SYSTEM = "managedIdentities.systemAssigned"
_USERS = "managedIdentities.userAssignedResourceIds"


class ModuleProperties:
    """The properties of one use of a public module."""

    def __init__(self, repository: Repository, template: Template, module: Module, known: AvmModule) -> None:
        self._repository = repository
        self._template = template
        self._module = module
        self._known = known
        self._head = Place(template.path, module.head)
        self._reader = ValueReader(repository, self._head)

    def value(self, path: str) -> Value:
        """The property at a path."""
        if path.casefold() == "identity.type":
            return self._identity()
        if path.casefold() == "identity.userassignedidentities":
            return self._handed(_USERS)
        if path.casefold() in {"name", "location", "tags"}:
            return self._handed(path)
        told = self._known.told_by(path)
        if told is None:
            return Value(Told.ABSENT, self._head)
        return self._told(*told)

    def _handed(self, name: str) -> Value:
        looked = look_up(self._repository, self._template, self._module.arguments, tuple(name.split(".")))
        return self._reader.read(looked)

    def _told(self, told: AvmProperty, rest: str) -> Value:
        if told.is_ is not None:
            return Value(Told.WRITTEN, self._head, told.is_)
        for name in told.parameters:
            found = self._handed(f"{name}.{rest}" if rest else name)
            if found.told is not Told.ABSENT:
                return _turned(found) if told.negated else found
        return self._default(told, rest)

    def _default(self, told: AvmProperty, rest: str) -> Value:
        if not told.parameters or told.unsure:
            return Value(Told.UNKNOWN, self._head)
        default = told.default
        if isinstance(default, dict):
            default = next((one for key, one in default.items() if key.casefold() == rest.casefold()), None)
        elif rest:
            default = None
        if default is None:
            return Value(Told.ABSENT, self._head)
        return Value(Told.WRITTEN, self._head, default, negated=told.negated)

    def _identity(self) -> Value:
        system, users = self._handed(_SYSTEM), self._handed(_USERS)
        if Told.UNKNOWN in {system.told, users.told}:
            return Value(Told.UNKNOWN, system.place, expression=system.expression or users.expression)
        has_users = users.told is Told.WRITTEN and not (
            isinstance(users.means, Items) and not users.means.items
        )
        kinds = ["SystemAssigned"] * system.is_(True) + ["UserAssigned"] * has_users
        if not kinds:
            return Value(Told.ABSENT, self._head)
        return Value(Told.WRITTEN, (system if system.is_(True) else users).place, ", ".join(kinds))


def _turned(found: Value) -> Value:
    literal = not found.literal if isinstance(found.literal, bool) else found.literal
    return replace(found, literal=literal, negated=True)
