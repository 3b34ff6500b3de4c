"""Which of the files that there are get read: those of a kind that a reader reads, and that people wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from keyless.assess.files.kinds import kind_of
from keyless.assess.files.left_out import LeftOut, left_out


@dataclass(frozen=True, slots=True)
class Chosen:
    """Paths to read, and how many others of such kinds are left out, by why."""

    paths: tuple[str, ...]
    left_out: Mapping[LeftOut, int]
    compiled: frozenset[str]
    """Those of JSON beside which lies Bicep of the same name."""


def chosen(paths: Iterable[str], excluded: Sequence[str] = (), prefix: str = "") -> Chosen:
    """The files to read; ``excluded`` are patterns as in `.gitignore`, for the paths behind a prefix."""
    kept, dropped = [], Counter[LeftOut]()
    known = [path for path in paths if kind_of(path) is not None]
    unwanted = _matching(known, excluded, prefix)
    for path in known:
        why = LeftOut.EXCLUDED if path in unwanted else left_out(path)
        if why is None:
            kept.append(path)
        else:
            dropped[why] += 1
    return Chosen(tuple(kept), dropped, frozenset(_compiled(kept)))


def _matching(paths: Sequence[str], patterns: Sequence[str], prefix: str) -> frozenset[str]:
    if not patterns:
        return frozenset()
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(patterns)
    return frozenset(filter(lambda path: spec.match_file(prefix + path), paths))


def _compiled(paths: Sequence[str]) -> Iterable[str]:
    of_bicep = {path.removesuffix(".bicep") for path in paths if path.endswith(".bicep")}
    return (path for path in paths if path.endswith(".json") and path.removesuffix(".json") in of_bicep)
