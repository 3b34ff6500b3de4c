"""Where code names secrets and settings: file and line of each name that stands in quotes.

Rules:
- the source files of the project are looked at (`keyless.runtime.code_files`);
- nothing is run for it, and nothing of a file is kept but its name and the line's number;
- places are a help, and no proof that a name is nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from keyless.plan.results.secrets import CodePlace
from keyless.runtime.code_files import code_files

_QUOTED = re.compile(r"""(["'`])([A-Za-z0-9][A-Za-z0-9:._/-]{0,199})\1""")
_MOST_PLACES = 5


def code_places(root: Path, names: Iterable[str]) -> Mapping[str, tuple[CodePlace, ...]]:
    """The first places of each name, in the order of files; names compare without case."""
    by_folded: dict[str, list[str]] = {}
    for name in names:
        by_folded.setdefault(name.casefold(), []).append(name)
    found: dict[str, list[CodePlace]] = {}
    if by_folded:
        for file, text in code_files(root):
            for line, folded in _quoted(text):
                for name in by_folded.get(folded, ()):
                    _note(found.setdefault(name, []), CodePlace(file, line))
    return {name: tuple(places) for name, places in found.items()}


def _note(places: list[CodePlace], place: CodePlace) -> None:
    if len(places) < _MOST_PLACES and place not in places:
        places.append(place)


def _quoted(text: str) -> Iterator[tuple[int, str]]:
    """Every short text in quotes, without case, with its line."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in _QUOTED.finditer(line):
            yield number, match[2].casefold()
