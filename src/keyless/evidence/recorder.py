"""Counting decisions and sign-ins without making anyone wait.

Rules:
- a decision is counted in memory by adding to a cell; the first hit since the last flush marks it dirty;
- dirty cells are written at least once a second while the plane runs, and when it stops: a killed process
  loses no more than the last second;
- a cell holds names only: who, what, where, how it was settled, by which assignment. Never a value;
- what was answered without content (304, or a HEAD) is counted beside the rest, as a check whether something
  has changed; and so is how many different requests there were, so that asking again can be told from asking
  for more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome, SignInMethod, SignInOutcome

_REMEMBERED = 100_000


class CellKey(NamedTuple):
    """What one line of evidence is about."""

    principal_id: str
    operation: str
    plane: ActionPlane
    action: str
    scope: str
    outcome: Outcome
    assignment_id: str


class WantKey(NamedTuple):
    """A thing that was asked for and is not there; ``label`` is empty for none."""

    principal_id: str
    kind: str
    container: str
    name: str
    label: str


class SignInKey(NamedTuple):
    """What one line of sign-ins is about; the fields are those of ``SignIn``."""

    principal_id: str
    client_id: str
    method: SignInMethod
    by: str = ""
    target: str = ""
    outcome: SignInOutcome = SignInOutcome.SUCCEEDED
    error: str = ""
    host: str = ""


class ThrottledKey(NamedTuple):
    """What one line of refusals at a limit is about; the fields are those of ``Throttling``."""

    principal_id: str
    operation: str
    scope: str
    pool: str
    units: int
    window_s: int
    of_subscription: bool


class Counted(NamedTuple):
    """What a flush writes of one line: ``checks`` are those answered without content.

    ``distinct`` are different requests (paths with their queries) that were asked for the first time.
    """

    key: CellKey
    number: int
    checks: int = 0
    distinct: int = 0


class SelectionKey(NamedTuple):
    """What one line of selections is about; the fields are those of ``Selection``."""

    principal_id: str
    scope: str
    keys: str
    labels: str
    tags: tuple[str, ...]
    snapshot: str
    follows: bool


class Sink(Protocol):
    """Where counts go."""

    def write(
        self,
        second: int,
        counts: list[tuple[CellKey, int]],
        wants: list[tuple[WantKey, int]],
        sign_ins: list[tuple[SignInKey, int]],
        throttled: list[tuple[ThrottledKey, int]],
        checks: list[tuple[CellKey, int]],
    ) -> None:
        """Add these counts, all seen in this second, durably and at once; ``checks`` are among the counts."""
        ...

    def write_selections(self, second: int, selections: list[SelectionKey]) -> None:
        """Add what was selected, durably and at once."""
        ...


class Cell:
    """One line's count since the last flush."""

    __slots__ = ("_dirty", "checks", "distinct", "key", "pending")

    def __init__(self, key: CellKey, dirty: list[Cell]) -> None:
        self.key = key
        self.pending = 0
        self.checks = 0
        self.distinct = 0
        self._dirty = dirty

    def hit(self) -> None:
        """Count one decision."""
        if not self.pending:
            self._dirty.append(self)
        self.pending += 1

    def counted(self) -> Counted:
        """What is to be written of it; it starts anew."""
        counted = Counted(self.key, self.pending, self.checks, self.distinct)
        self.pending = self.checks = self.distinct = 0
        return counted


class Recorder:
    """All cells of a running plane.

    ``on_first`` is told of each new line, once; ``on_sign_in`` of each new line of sign-ins; ``on_throttled``
    of what is refused at a limit, once in each flush; ``on_counts`` of all that a flush writes, and when.
    """

    def __init__(
        self,
        sink: Sink,
        on_first: Callable[[CellKey], None] = lambda key: None,
        on_sign_in: Callable[[SignInKey], None] = lambda key: None,
        on_throttled: Callable[[ThrottledKey], None] = lambda key: None,
        on_counts: Callable[[int, list[Counted]], None] = lambda second, counts: None,
    ) -> None:
        self._sink = sink
        self._on_first = on_first
        self._on_sign_in = on_sign_in
        self._on_throttled = on_throttled
        self._on_counts = on_counts
        self._cells: dict[CellKey, Cell] = {}
        self._dirty: list[Cell] = []
        self._wants: dict[WantKey, int] = {}
        self._sign_ins: dict[SignInKey, int] = {}
        self._throttled: dict[ThrottledKey, int] = {}
        self._selections: dict[SelectionKey, None] = {}
        self._known_sign_ins: set[SignInKey] = set()

    def cell(self, key: CellKey) -> Cell:
        """The cell of a line of evidence."""
        found = self._cells.get(key)
        if found is None:
            if len(self._cells) >= _REMEMBERED:
                self._cells.clear()  # what is pending stays in the dirty list, and is written
            found = self._cells[key] = Cell(key, self._dirty)
            self._on_first(key)
        return found

    def want(self, key: WantKey) -> bool:
        """Count a thing asked for and not there; true where it is the first time since the last flush."""
        self._wants[key] = self._wants.get(key, 0) + 1
        return self._wants[key] == 1

    def throttled(self, key: ThrottledKey) -> None:
        """Count a request that was refused at a limit."""
        self._throttled[key] = self._throttled.get(key, 0) + 1
        if self._throttled[key] == 1:
            self._on_throttled(key)

    def selected(self, key: SelectionKey) -> None:
        """Note what a caller selects; how often does not matter."""
        self._selections[key] = None

    def sign_in(self, key: SignInKey) -> None:
        """Count a sign-in, or an attempt."""
        self._sign_ins[key] = self._sign_ins.get(key, 0) + 1
        if key not in self._known_sign_ins:
            if len(self._known_sign_ins) >= _REMEMBERED:
                self._known_sign_ins.clear()
            self._known_sign_ins.add(key)
            self._on_sign_in(key)

    def forget(self) -> None:
        """Start the lines anew (someone new is listening); what is pending is still written."""
        self._cells.clear()
        self._known_sign_ins.clear()

    def flush(self, second: int) -> None:
        """Write what was counted since the last flush."""
        if self._selections:
            self._sink.write_selections(second, list(self._selections))
            self._selections.clear()
        if not (self._dirty or self._wants or self._sign_ins or self._throttled):
            return
        counts = [(cell.key, cell.pending) for cell in self._dirty]
        checks = [(cell.key, cell.checks) for cell in self._dirty if cell.checks]
        wants, sign_ins = list(self._wants.items()), list(self._sign_ins.items())
        self._sink.write(second, counts, wants, sign_ins, list(self._throttled.items()), checks)
        counted = [cell.counted() for cell in self._dirty]
        self._dirty.clear()
        for each in (self._wants, self._sign_ins, self._throttled):
            each.clear()
        self._on_counts(second, counted)
