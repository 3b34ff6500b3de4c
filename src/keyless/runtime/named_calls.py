"""Which operations of vaults and stores a project's code names, by the methods of the client libraries.

It is a search for names, and honest about it: no types, no flow of data, no call through another name. A file
counts that names the library itself; comments that fill a line do not. For each operation the first place in
each file is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from keyless.catalog.client_methods import kinds_named, operation_called
from keyless.model.actions import ActionPlane
from keyless.plan.results.completeness import NamedCall
from keyless.runtime.code_files import CodeFile

MOST_CALLS = 500
_CALL = re.compile(r"\b([A-Za-z_][A-Za-z0-9_]{2,60})\(")
_COMMENTS = ("#", "//", "*", "/*")


def named_calls(files: Iterable[CodeFile]) -> tuple[NamedCall, ...]:
    """The operations that the files name, in the order of files and lines."""
    found: list[NamedCall] = []
    for file in files:
        found.extend(_calls_in(file))
        if len(found) >= MOST_CALLS:
            break
    return tuple(found[:MOST_CALLS])


def _calls_in(file: CodeFile) -> Iterator[NamedCall]:
    kinds = kinds_named(file.text)
    seen: set[str] = set()
    for number, line in enumerate(file.text.splitlines() if kinds else (), 1):
        if line.lstrip().startswith(_COMMENTS):
            continue
        for match in _CALL.finditer(line):
            operation = operation_called(match[1], kinds)
            if operation is not None and operation.operation not in seen:
                seen.add(operation.operation)
                yield NamedCall(
                    operation=operation.operation,
                    plane=ActionPlane.DATA,
                    actions=operation.actions,
                    method=match[1],
                    file=file.path,
                    line=number,
                )
