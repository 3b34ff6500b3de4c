"""What a vault must hold after a row of operations: pure, and the same for who writes and who checks.

Rules:
- every version has a number of its own, which its tags tell, and its value where it has one;
- an operation is a verb, an object and a number; it is chosen among those that can be done;
- backups are kept by the writer alone: they are forgotten when it dies.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

NAMES = (
    "secrets/amber",
    "secrets/beryl",
    "secrets/coral",
    "keys/delft",
    "keys/ebony",
    "certificates/fjord",
)
MOST_VERSIONS = 6
_WHEN_LIVE = {"set": 5, "update": 3, "backup": 1, "delete": 1}
_WHEN_FULL = {"update": 2, "backup": 1, "delete": 3}
_WHEN_DELETED = {"recover": 3, "purge": 1}
_WHEN_GONE = {"set": 4}
_WHEN_KEPT = {"set": 1, "restore": 4}


class Operation(NamedTuple):
    """What is done to which object; ``number`` counts operations over all writers."""

    verb: str
    name: str
    number: int


class Version(NamedTuple):
    """A version: the operation that made it, and the last that changed it (0 for none)."""

    made: int
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """An object: its versions, the newest last."""

    versions: tuple[Version, ...]
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Everything in a vault, and the backups that the writer has."""

    objects: Mapping[str, Held] = field(default_factory=dict)
    backups: Mapping[str, Held] = field(default_factory=dict)

    def without_backups(self) -> State:
        """The state once the writer is dead."""
        return State(self.objects)


def choose(state: State, number: int, chance: random.Random) -> Operation:
    """An operation that can be done now."""
    name = chance.choice(NAMES)
    verbs = _verbs(state, name)
    (verb,) = chance.choices(list(verbs), list(verbs.values()))
    return Operation(verb, name, number)


def _verbs(state: State, name: str) -> Mapping[str, int]:
    held = state.objects.get(name)
    if held is None:
        return _WHEN_KEPT if name in state.backups else _WHEN_GONE
    if held.deleted:
        return _WHEN_DELETED
    return _WHEN_LIVE if len(held.versions) < MOST_VERSIONS else _WHEN_FULL


def after(state: State, operation: Operation) -> State:
    """The state once an operation is done."""
    verb, name, number = operation
    held = state.objects.get(name, Held(()))
    if verb == "backup":
        return replace(state, backups={**state.backups, name: held})
    if verb == "purge":
        left = {other: kept for other, kept in state.objects.items() if other != name}
        return replace(state, objects=left)
    changed = state.backups[name] if verb == "restore" else _changed(held, verb, number)
    return replace(state, objects={**state.objects, name: changed})


def _changed(held: Held, verb: str, number: int) -> Held:
    *older, newest = (*held.versions, Version(number)) if verb == "set" else held.versions
    if verb == "update":
        newest = newest._replace(changed=number)
    return Held((*older, newest), deleted=verb == "delete")
