"""The labels: what two readers saw by reading, before any tool ran, and what was judged of findings later."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

HERE = Path(__file__).parent
NONE = "none"
"""The rule of a place that must be left alone."""
_NEAR_LINES = 1


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """One place; ``also`` are others of its flow, as `path:line`. Low ``confidence`` is not asked for."""

    repository: str
    file: str
    line: int
    rule: str
    language: str = ""
    also: tuple[str, ...] = ()
    confidence: str = ""
    note: str = ""

    @property
    def places(self) -> frozenset[tuple[str, int]]:
        """All its places: file and line."""
        others = (one.rpartition(":") for one in self.also)
        return frozenset({(self.file, self.line), *((path, int(line)) for path, _, line in others)})


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of a tool; the first of ``places`` is its own."""

    repository: str
    rule: str
    language: str
    places: tuple[tuple[str, int], ...]


def labels(held_out: bool = False) -> tuple[Label, ...]:
    """What the first reader saw: in what was worked on, or in what was labelled and then left alone."""
    return tuple(_read("held-out.jsonl" if held_out else "labels.jsonl"))


def second_reader() -> tuple[Label, ...]:
    """What a second reader saw in a part of the first, without knowing of it."""
    return tuple(_read("second-reader.jsonl"))


def judged() -> tuple[Label, ...]:
    """Findings that no label was about, read afterwards: right ones by their rule, wrong ones by `none`."""
    return tuple(_read("judged.jsonl"))


def commits(held_out: bool = False) -> dict[str, str]:
    """The commit of each repository."""
    read = msgspec.json.decode((HERE / "repositories.json").read_bytes(), type=dict[str, dict[str, str]])
    return read["heldOut" if held_out else "workedOn"]


def near(places: Iterable[tuple[str, int]], others: Iterable[tuple[str, int]]) -> bool:
    """Whether a place of the one is a place of the other, to the line beside it."""
    lines: dict[str, list[int]] = {}
    for path, line in others:
        lines.setdefault(path, []).append(line)
    return any(abs(line - other) <= _NEAR_LINES for path, line in places for other in lines.get(path, ()))


def _read(name: str) -> list[Label]:
    path = HERE / name
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [msgspec.json.decode(line, type=Label) for line in lines if line.strip()]
