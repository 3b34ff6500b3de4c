"""What resources of azurerm are in ARM: their types, and which argument stands for which property.

Rules:
- an argument in a block is written with the block's name before it (`identity.type`);
- a path that begins with `!` is told the other way round by the argument (`local_auth_enabled`), one with
  `?On:Off` has one text for true and another for false;
- where several arguments stand for a property, because the provider has renamed it, the first is the one that
  the most versions of the provider know.

Source: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data


class AzurermArgument(msgspec.Struct, frozen=True):
    """An argument: ``path`` is ARM's property; ``texts`` what true and false are there, if it has texts."""

    name: str
    path: str
    negated: bool = False
    texts: tuple[str, str] | None = None


class AzurermType(msgspec.Struct, frozen=True):
    """A type of resource: ``arm_type`` is ARM's."""

    arm_type: str
    arguments: tuple[AzurermArgument, ...]

    def of_path(self, path: str) -> tuple[AzurermArgument, ...]:
        """The arguments that stand for a property; the one to write first."""
        wanted = path.casefold()
        return tuple(one for one in self.arguments if one.path.casefold() == wanted)


class _Row(msgspec.Struct, frozen=True):
    arm: str
    arguments: dict[str, str]


class _File(msgspec.Struct, frozen=True):
    types: dict[str, _Row]


def azurerm_type(name: str) -> AzurermType | None:
    """What a type of azurerm is in ARM; none for one that the catalog does not have."""
    return azurerm_types().get(name)


@lru_cache(maxsize=1)
def azurerm_types() -> dict[str, AzurermType]:
    """Every type, by its name."""
    read = msgspec.json.decode(read_data("azurerm.json"), type=_File)
    return {
        name: AzurermType(row.arm, tuple(_argument(*one) for one in row.arguments.items()))
        for name, row in read.types.items()
    }


def _argument(name: str, written: str) -> AzurermArgument:
    path, _, texts = written.removeprefix("!").partition("?")
    on, _, off = texts.partition(":")
    return AzurermArgument(name, path, written.startswith("!"), (on, off) if texts else None)
