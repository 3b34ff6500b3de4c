"""The properties of a resource by ARM's paths, whatever its language calls them.

Rules:
- a resource of Bicep, ARM or azapi has ARM's properties as they are; one of azurerm has them under other
  names, by a table of the catalog;
- where a property hangs on a condition or a parameter, it is told if every way leads to the same value;
- null is absent.
"""

from __future__ import annotations

from collections.abc import Callable

from keyless.assess.deployed.body import Looked, look_up
from keyless.assess.deployed.deployed import Told, Value
from keyless.assess.deployed.read_value import ValueReader
from keyless.assess.deployed.scopes import Use
from keyless.assess.repository import Repository
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Dialect, Resource, Template
from keyless.catalog.azurerm import AzurermType, azurerm_type

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
        self._reader = ValueReader(repository, self._head)
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
        return self._reader.read(self._look_up(path))

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
            found = self._reader.read(self._look_up(argument.name), argument)
            if found.told is not Told.ABSENT:
                return found
        return Value(Told.ABSENT, self._head)
