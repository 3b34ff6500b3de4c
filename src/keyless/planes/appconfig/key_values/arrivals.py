"""Key-values that come into a store from elsewhere: looked at first, then written in one transaction.

Rules:
- what is there already and says the same is left alone, so that bringing it twice changes nothing;
- what differs is refused unless it is to be renewed; what it was stays in the history;
- a locked key-value is neither changed nor removed, renewed or not: it is refused, and told as locked;
- one that comes locked is locked, and one that does not leaves the lock as it is; so it is with descriptions,
  which most sources do not have;
- where the source is to be the whole of a part of the store, what it does not have there is removed;
- where one is refused, nothing is written.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from keyless.planes.appconfig.key_values.records import KEY_VALUES, KeyValue, Name, store_key
from keyless.planes.appconfig.key_values.rules import Content, content_of
from keyless.planes.appconfig.key_values.sameness import says_the_same
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.store.ports import Transaction


class Outcome(enum.StrEnum):
    """What becomes of a key-value."""

    NEW = "new"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    REMOVED = "removed"
    DIFFERS = "differs"
    LOCKED = "locked"

    @property
    def refused(self) -> bool:
        """Whether it keeps everything from being written."""
        return self in {Outcome.DIFFERS, Outcome.LOCKED}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A key-value to come in."""

    name: Name
    content: Content = field(repr=False)
    locked: bool = False


class Arrived(NamedTuple):
    """A key-value, and what becomes of it."""

    name: Name
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Coming:
    """Key-values on their way in, within a transaction: looked at, and not written yet."""

    arrivals: list[tuple[Arrival, Outcome]]
    removed: list[Arrived]

    @property
    def arrived(self) -> list[Arrived]:
        """What becomes of each, and of what is to go."""
        return [Arrived(one.name, outcome) for one, outcome in self.arrivals] + self.removed

    @property
    def refused(self) -> bool:
        """Whether one of them keeps all from being written."""
        return any(one.outcome.refused for one in self.arrived)

    async def write(self, transaction: Transaction, key_values: KeyValues, store_name: str, now: int) -> None:
        """Make what becomes of them true."""
        for one, outcome in self.arrivals:
            if outcome is not Outcome.UNCHANGED:
                await key_values.write(transaction, store_name, one.name, one.content, now, locked=one.locked)
        for name, _ in self.removed:
            await key_values.remove(transaction, store_name, name, now)


async def coming_in(
    transaction: Transaction,
    store_name: str,
    arrivals: Iterable[Arrival],
    *,
    renew: bool,
    goes: Callable[[Name], bool] | None = None,
) -> Coming:
    """Look what becomes of key-values that are to come into a store.

    ``goes`` says of one that is there, and is not among them, whether it is to go; none where all stays.
    """
    there = {
        Name(one.key, one.label): one for _, one in await transaction.scan(KEY_VALUES, store_key(store_name))
    }
    whole = [_filled(one, there.get(one.name)) for one in arrivals]
    each = [(one, _outcome(there.get(one.name), one, renew=renew)) for one in whole]
    names = {one.name for one, _ in each}
    gone = [one for name, one in there.items() if goes is not None and name not in names and goes(name)]
    return Coming(each, [_removal(one) for one in gone])


def _removal(there: KeyValue) -> Arrived:
    return Arrived(Name(there.key, there.label), Outcome.LOCKED if there.locked else Outcome.REMOVED)


def _filled(comes: Arrival, there: KeyValue | None) -> Arrival:
    """What comes, with the description that is there where it brings none."""
    if there is None or comes.content.description is not None:
        return comes
    return replace(comes, content=replace(comes.content, description=there.description))


def _outcome(there: KeyValue | None, comes: Arrival, *, renew: bool) -> Outcome:
    if there is None:
        return Outcome.NEW
    same = says_the_same(content_of(there), comes.content)
    if same and (there.locked or not comes.locked):
        return Outcome.UNCHANGED
    if there.locked:
        return Outcome.LOCKED
    return Outcome.CHANGED if renew else Outcome.DIFFERS
