"""A template as a value, whatever language it was written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keyless.estate.imported.templates.expressions import Node, Record


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter; one that is secure is never read."""

    default: Node | None
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """Over what a resource is repeated; ``item`` and ``index`` are the loop's own names."""

    over: Node
    item: str = ""
    index: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource of a template.

    ``type`` has no version; ``name`` is whole, as `vault/secret`, unless there is a ``parent``, by symbol.
    One that is ``existing`` is only referred to.
    """

    symbol: str
    type: str
    body: Record
    at: str
    existing: bool = False
    condition: Node | None = None
    loop: Loop | None = None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """A template within a template: given as such, or by the ``path`` of its file."""

    symbol: str
    at: str
    parameters: Record
    template: Template | None = None
    path: str = ""
    condition: Node | None = None
    loop: Loop | None = None
    scope: Node | None = None
    resource_group: Node | None = None
    subscription: Node | None = None
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A template; ``level`` is what it is deployed to: `resourceGroup`, `subscription` or wider."""

    level: str = "resourceGroup"
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    variables: Mapping[str, Node] = field(default_factory=dict)
    resources: tuple[Declared, ...] = ()
    modules: tuple[Module, ...] = ()
    outputs: Mapping[str, Node] = field(default_factory=dict)
