"""Everything that the templates of a repository deploy.

Rules:
- a resource whose type in ARM is known is there, with its properties by ARM's paths;
- so is the resource that a public module makes, by a table of the catalog;
- a resource in a module of the repository is there once, however often the module is used: a property that
  differs between the uses is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from keyless.assess.deployed.deployed import Deployed
from keyless.assess.deployed.module_properties import ModuleProperties
from keyless.assess.deployed.plain import plain
from keyless.assess.deployed.properties import Properties
from keyless.assess.repository import Repository
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Dialect, Module, Resource, Template
from keyless.catalog.avm import AvmModule, avm_module
from keyless.catalog.azurerm import azurerm_type

_AZAPI_OTHERS = frozenset({"azapi_update_resource", "azapi_resource_action", "azapi_data_plane_resource"})


def deployed(repository: Repository) -> tuple[Deployed, ...]:
    """Every resource whose type in ARM is known: `repository.view(deployed)`."""
    return tuple(_all(repository))


def _all(repository: Repository) -> Iterator[Deployed]:
    for template in repository.templates:
        for resource in template.resources:
            found = _deployed(repository, template, resource)
            if found is not None:
                yield found
        for module in template.modules:
            known = avm_module(module.source)
            if known is not None:
                yield _made_by(repository, template, module, known)


def _made_by(repository: Repository, template: Template, module: Module, known: AvmModule) -> Deployed:
    """The resource that a public module makes."""
    value = cache(ModuleProperties(repository, template, module, known).value)
    name = value("name").literal
    return Deployed(
        template=template,
        declared=module,
        arm_type=known.arm,
        symbol=module.symbol,
        name=name if isinstance(name, str) else "",
        head=Place(template.path, module.head),
        existing=False,
        value=value,
    )


def _deployed(repository: Repository, template: Template, resource: Resource) -> Deployed | None:
    known = azurerm_type(resource.type) if template.dialect is Dialect.TERRAFORM else None
    arm_type = known.arm_type if known is not None else resource.arm_type
    if not arm_type:
        return None
    name = plain(repository, template, resource.name) if resource.name is not None else ""
    return Deployed(
        template=template,
        declared=resource,
        arm_type=arm_type,
        symbol=resource.symbol,
        name=name if isinstance(name, str) else "",
        head=Place(template.path, resource.head),
        existing=resource.existing or resource.type in _AZAPI_OTHERS,
        value=cache(Properties(repository, template, resource).value),
    )
