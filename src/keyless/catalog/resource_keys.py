"""What reads the keys of a resource: functions of templates, attributes of Terraform, commands of scripts.

Rules:
- `list…` functions read the keys of the resource that they are of; its service goes by the type, that of the
  longest known type that it begins with;
- attributes of Terraform's resources and data sources are listed by type; `*keys` stands for the usual names;
- an output of a public module is a key by its name;
- what is drawn at deployment (`newGuid`, `random_password`) is no key of a resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data
from keyless.catalog.services import services


class _Attributes(msgspec.Struct, frozen=True):
    type: str
    service: str
    attributes: tuple[str, ...]


class _Command(msgspec.Struct, frozen=True):
    words: tuple[str, ...]
    service: str


class ResourceKeys(msgspec.Struct, frozen=True, rename="camel"):
    """The catalog's table, as it lies in the file."""

    functions: frozenset[str]
    types: dict[str, str]
    terraform: tuple[_Attributes, ...]
    keys: tuple[str, ...]
    module_outputs: frozenset[str]
    generated: frozenset[str]
    commands: tuple[_Command, ...]
    cmdlets: dict[str, str]


@lru_cache(maxsize=1)
def resource_keys() -> ResourceKeys:
    """The catalog's."""
    return msgspec.json.decode(read_data("resource_keys.json"), type=ResourceKeys)


@lru_cache(maxsize=1)
def key_attributes() -> Mapping[tuple[str, str], str]:
    """The service of a Terraform attribute that is a key, by type and attribute."""
    table = resource_keys()
    return {
        (one.type, name): one.service
        for one in table.terraform
        for written in one.attributes
        for name in (table.keys if written == "*keys" else (written,))
    }


@lru_cache(maxsize=1024)
def service_of_type(arm_type: str) -> str:
    """The key of the service that a resource type is of; empty where the catalog has none."""
    wanted = arm_type.casefold()
    known = _services_by_type()
    while wanted:
        if wanted in known:
            return known[wanted]
        wanted = wanted.rpartition("/")[0]
    return ""


@lru_cache(maxsize=1024)
def service_of_command(words: tuple[str, ...]) -> str | None:
    """The service whose keys `az` reads with these words; none where it reads none."""
    for one in resource_keys().commands:
        if words[: len(one.words)] == one.words:
            return one.service
    return None


@lru_cache(maxsize=1)
def _services_by_type() -> Mapping[str, str]:
    found = {one.arm_type.casefold(): one.key for one in reversed(services()) if one.arm_type}
    return {**found, **resource_keys().types}
