"""What a plan learns from a project's code: the operations that it calls, and where it names secrets.

Rules:
- the files are those that `keyless assess` reads, of languages of code; nothing of them is run or kept;
- of each operation the first place in each file counts, and so many in all;
- a name is a text that stands in the code by itself; places are a help, and no proof that a name is nowhere
  else. Names compare without case.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from keyless.plan.results.completeness import NamedCall
from keyless.plan.results.secrets import CodePlace

if TYPE_CHECKING:
    from keyless.assess.operations import SeenOperation
    from keyless.assess.repository import Repository

MOST_CALLS = 500
MOST_PLACES = 5


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """Operations, and the first places of names."""

    calls: tuple[NamedCall, ...]
    places: Mapping[str, tuple[CodePlace, ...]]


def code_seen(root: Path, names: Iterable[str]) -> CodeSeen:
    """What the code below a folder calls, and where it has some names."""
    from keyless.assess.operations import seen_operations

    repository = code_of(root)
    return CodeSeen(named_calls(repository.view(seen_operations)), places_of(repository, names))


def code_of(root: Path) -> Repository:
    """The code of a project, read."""
    from keyless.assess.files.kinds import FileKind, kind_of
    from keyless.assess.repository import Repository
    from keyless.assess.scan import scan
    from keyless.assess.target import Target, gather

    code = (FileKind.PYTHON, FileKind.CSHARP, FileKind.JAVA, FileKind.JAVASCRIPT, FileKind.GO)
    requests = [one for one in gather(Target(root=root)).requests if kind_of(one.path) in code]
    read = scan(root, requests).sources if requests else ()
    return Repository(read, datetime.datetime.now(datetime.UTC).date())


def named_calls(operations: Iterable[SeenOperation]) -> tuple[NamedCall, ...]:
    """The operations as a plan has them, once for each file."""
    found: dict[tuple[str, str, str], NamedCall] = {}
    for one in operations:
        key = (one.place.path, one.service, one.operation.operation)
        if key not in found and len(found) < MOST_CALLS:
            found[key] = NamedCall(
                operation=one.operation.operation,
                plane=one.operation.plane,
                actions=one.operation.actions,
                method=one.method,
                file=one.place.path,
                line=one.place.span.line,
            )
    return tuple(found.values())


def places_of(repository: Repository, names: Iterable[str]) -> Mapping[str, tuple[CodePlace, ...]]:
    """The first places of each name, in the order of files."""
    from keyless.assess.syntax.expressions import text_of
    from keyless.assess.syntax.walk import sites

    by_folded: dict[str, list[str]] = defaultdict(list)
    for name in names:
        by_folded[name.casefold()].append(name)
    found: dict[str, dict[CodePlace, None]] = defaultdict(dict)
    for unit in repository.units if by_folded else ():
        for site in sites(unit):
            text = text_of(site.expression)
            for name in by_folded.get(text.casefold(), ()) if text else ():
                if len(found[name]) < MOST_PLACES:
                    found[name].setdefault(CodePlace(unit.path, site.expression.span.line))
    return {name: tuple(places) for name, places in found.items()}
