"""A configuration store as plainly as it can be said: a list of changes, searched from its end.

What the data plane answers is compared with it (`test_configuration_store_model`). It knows nothing of the
syntax of filters, of pages or of how anything is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

Name = tuple[str, str | None]
Predicate = Callable[["State"], bool]


@dataclass(frozen=True)
class State:
    """What a key-value is. ``etag`` is what the store called it."""

    key: str
    label: str | None
    value: str | None
    tags: tuple[tuple[str, str | None], ...]
    locked: bool
    etag: str
    at: int

    @property
    def content(self) -> tuple[str | None, tuple[tuple[str, str | None], ...]]:
        """What a writer says of it."""
        return self.value, self.tags


@dataclass
class Model:
    """All that became of key-values, in order: when, whose, and what (none: deleted)."""

    changes: list[tuple[int, Name, State | None]] = field(default_factory=list)

    def became(self, at: int, name: Name, state: State | None) -> None:
        """Note that a key-value became something."""
        self.changes.append((at, name, state))

    def one(self, name: Name, at: int | None = None) -> State | None:
        """What a key-value is, or was at a time."""
        for changed_at, changed, state in reversed(self.changes):
            if changed == name and (at is None or changed_at <= at):
                return state
        return None

    def all(self, at: int | None, *wanted: Predicate) -> list[State]:
        """The key-values that there are, or were at a time, in order."""
        names = {name for _, name, _ in self.changes}
        found = [state for name in names if (state := self.one(name, at)) is not None]
        return sorted((state for state in found if all(want(state) for want in wanted)), key=_order)

    def revisions(self, at: int | None, *wanted: Predicate) -> list[State]:
        """What the key-values have been, in their order, and of each the newest first."""
        states = [
            state
            for changed_at, _, state in reversed(self.changes)
            if state is not None and (at is None or changed_at <= at)
        ]
        return sorted((state for state in states if all(want(state) for want in wanted)), key=_order)

    def keys(self, at: int | None, *wanted: Predicate) -> list[str]:
        """The keys in use."""
        return list(dict.fromkeys(state.key for state in self.all(at, *wanted)))

    def labels(self, at: int | None, *wanted: Predicate) -> list[str | None]:
        """The labels in use, no label first."""
        found = {state.label for state in self.all(at, *wanted)}
        return sorted(found, key=lambda label: (label or "").encode())

    def names(self) -> Iterator[Name]:
        """Everything that there ever was."""
        yield from dict.fromkeys(name for _, name, _ in self.changes)


def written(state: State | None, name: Name, value: str | None, tags: dict[str, str | None]) -> State | None:
    """What a write makes of a key-value, its etag and time aside; none where it changes nothing."""
    made = State(*name, value, tuple(sorted(tags.items())), False, "", 0)
    return None if state is not None and state.content == made.content else made


def locked(state: State, *, to: bool) -> State | None:
    """What locking or unlocking makes of a key-value; none where it changes nothing."""
    return None if state.locked is to else replace(state, locked=to)


def _order(state: State) -> tuple[bytes, bytes]:
    return state.key.encode(), (state.label or "").encode()
