"""Everything that the templates of a repository deploy.

Rules:
- a resource whose type in ARM is known is there, with its properties by ARM's paths;
- a resource in a module of the repository is there once, however often the module is used: a property that
  differs between the uses is unknown.
"""

from __future__ import annotations

from functools import cache

from keyless.assess.deployed.deployed import Deployed
from keyless.assess.deployed.plain import plain
from keyless.assess.deployed.properties import Properties
from keyless.assess.repository import Repository
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Dialect, Resource, Template
from keyless.catalog.azurerm import azurerm_type

_AZAPI_OTHERS = frozenset({"azapi_update_resource", "azapi_resource_action", "azapi_data_plane_resource"})


def deployed(repository: Repository) -> tuple[Deployed, ...]:
    """Every resource whose type in ARM is known: `repository.view(deployed)`."""
    return tuple(
        found
        for template in repository.templates
        for resource in template.resources
        if (found := _deployed(repository, template, resource)) is not None
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
