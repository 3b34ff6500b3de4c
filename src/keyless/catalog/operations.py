"""The actions that Azure's resource providers are known to have, per plane.

The list is not complete (Azure publishes thousands more): that an action is missing here never means that
it does not exist.

Source: https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data
from keyless.model.actions import ActionPlane


class _Actions(msgspec.Struct, frozen=True):
    control: tuple[str, ...] = ()
    data: tuple[str, ...] = ()

    def on(self, plane: ActionPlane) -> tuple[str, ...]:
        return self.data if plane is ActionPlane.DATA else self.control


class _OperationsFile(msgspec.Struct, frozen=True):
    unnamed: _Actions
    providers: dict[str, _Actions]


@lru_cache(maxsize=2)
def known_actions(plane: ActionPlane) -> tuple[str, ...]:
    """Every known action of one plane, in the order of providers and then of actions, without case."""
    return tuple(
        f"{name}/{action}" for name, provider in _file().providers.items() for action in provider.on(plane)
    )


def unnamed_grants(plane: ActionPlane) -> tuple[str, ...]:
    """What built-in roles grant without that any known action answers to it: patterns, and a few actions.

    Each stands for permissions whose names are not known, and so must not be taken for none.
    """
    return _file().unnamed.on(plane)


def is_known(plane: ActionPlane, action: str) -> bool:
    """Whether the catalog has the action, whatever its case."""
    return action.casefold() in _folded(plane)


@lru_cache(maxsize=2)
def _folded(plane: ActionPlane) -> frozenset[str]:
    return frozenset(action.casefold() for action in known_actions(plane))


@lru_cache(maxsize=1)
def _file() -> _OperationsFile:
    return msgspec.json.decode(read_data("operations.json"), type=_OperationsFile)
