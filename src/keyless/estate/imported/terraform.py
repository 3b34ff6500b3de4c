"""Terraform's state (version 4, or `terraform show -json`), as entries in the shape of the management API.

Rules:
- a state is full of secrets: of each resource only the attributes that are named here are looked at;
- what azurerm has under names of its own is given the API's names, so that one reader reads both;
- what a data source looked up is not Terraform's to tell, and is left out; so are objects that a failed
  replacement left behind.

Sources: https://developer.hashicorp.com/terraform/internals/json-format,
https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from keyless.estate.imported.entry import CannotRead, Entry, Rank, Unread
from keyless.estate.imported.terraform_types import SHAPES, Attributes, Body, shape_of_resource

_TIME_BOUND = frozenset({"azurerm_pim_active_role_assignment", "azurerm_pim_eligible_role_assignment"})


def is_terraform(document: object) -> bool:
    """Whether a document is a state of Terraform, or its plan."""
    return isinstance(document, Mapping) and ("terraform_version" in document or "format_version" in document)


def terraform_entries(
    document: Mapping[str, Any], file: str, unread: list[Unread], passed: Counter[str]
) -> Iterator[Entry]:
    """The entries of a state; what tells nothing of access is counted by its type.

    Raises:
        CannotRead: it is a plan, or of a version that is not known.
    """
    for address, kind, attributes in _instances(document):
        if kind in _TIME_BOUND:
            unread.append(Unread(file, address, "assignments for a time are not taken in"))
            continue
        body = _body(kind, attributes)
        if body is None:
            passed[kind] += 1
        else:
            yield Entry(body, file, address, Rank.STATE)


def _body(kind: str, attributes: Attributes) -> Body | None:
    shape = SHAPES.get(kind)
    if shape is not None:
        return shape(attributes)
    return shape_of_resource(kind, attributes) if kind.startswith("azurerm_") else None


def _instances(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Attributes]]:
    """Address, type and attributes of every resource."""
    if "planned_values" in document or "resource_changes" in document:
        raise CannotRead("it is a plan of Terraform, not a state: import what `terraform show -json` prints")
    if "format_version" in document:
        yield from _shown(_object(_object(document.get("values")).get("root_module")))
        return
    if document.get("version") != 4:
        raise CannotRead("it is a state of a version that is not known: refresh it with a later Terraform")
    for resource in _objects(document.get("resources")):
        if resource.get("mode", "managed") == "managed":
            yield from _stored(resource)


def _stored(resource: Mapping[str, Any]) -> Iterator[tuple[str, str, Attributes]]:
    kind, name = str(resource.get("type")), str(resource.get("name"))
    module = f"{resource['module']}." if resource.get("module") else ""
    for instance in _objects(resource.get("instances")):
        if "deposed" in instance:
            continue
        index = instance.get("index_key")
        at = "" if index is None else f"[{index}]" if isinstance(index, int) else f'["{index}"]'
        yield f"{module}{kind}.{name}{at}", kind, _object(instance.get("attributes"))


def _shown(module: Mapping[str, Any]) -> Iterator[tuple[str, str, Attributes]]:
    for resource in _objects(module.get("resources")):
        if resource.get("mode", "managed") == "managed" and "deposed_key" not in resource:
            kind = str(resource.get("type"))
            yield str(resource.get("address", kind)), kind, _object(resource.get("values"))
    for child in _objects(module.get("child_modules")):
        yield from _shown(child)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
