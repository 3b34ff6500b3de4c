"""`docs/reference/identity-matrix.md`: each way to get a token, by client library, from the tests' table."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from reference.markdown import head, table

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests" / "sdk"))
from identity_matrix import (  # the table lives beside the tests that it is the list of
    LIBRARIES,
    SELECTIONS,
    SOURCES,
    TEST,
    Absent,
    Cell,
    Expected,
    Prevented,
    Refused,
    Source,
    Token,
    cells,
)

_TEXT = """
Every way to get a token that the local plane serves, as the official client libraries see it. They run
unmodified under `keyless run`, and each cell below is a test of its own.

| a cell says | and that means |
|---|---|
| ✓ | The library gets the token expected: it verifies under the published keys, and says whose it is. |
| ✗ | The library raises an error, with the words expected. |
| – | The library has no way to ask. The test asks the library itself whether that is still so. |
| (1) | The library differs, as the note with this number below the table says. |

A row is of `DefaultAzureCredential`, or of the credential that is there for the source. With `msal` the
latter is `ManagedIdentityClient`, and for Entra `ConfidentialClientApplication`.
"""


def page() -> str:
    """The page."""
    top = head("Tokens by client library", "tests/sdk/identity_matrix.py", _TEXT)
    return top + "".join(_section(source) for source in SOURCES)


def _section(source: Source) -> str:
    notes: dict[str, int] = {}
    found = [cell for cell in cells() if cell.source is source]
    rows = [_row(row, notes) for row in _rows(found)]
    told = "".join(f"{number}. {note}\n" for note, number in notes.items())
    return (
        f"\n## {source.title}\n\n"
        f"{table(('named by', 'expected', 'credential', *LIBRARIES.values()), rows)}\n{told}\n"
        f"The tests: `{TEST}[{source.name}/SELECTION/LIBRARY/CREDENTIAL]`, the first of them "
        f"`{found[0].id}`.\n"
    )


def _rows(found: Iterable[Cell]) -> Iterator[list[Cell]]:
    """The cells of each row, in the order of the libraries."""
    rows: dict[tuple[str, bool], list[Cell]] = {}
    for cell in found:
        rows.setdefault((cell.selection, cell.is_default), []).append(cell)
    yield from rows.values()


def _row(row: list[Cell], notes: dict[str, int]) -> list[str]:
    first = row[0]
    answer = first.source.answers[first.selection]
    marks = (_mark(cell.expected, answer, notes) for cell in row)
    return [SELECTIONS[first.selection], _words(answer), f"`{first.credential}`", *marks]


def _words(expected: Expected) -> str:
    """What is expected, as far as it is not why."""
    match expected:
        case Token(whose):
            return whose.value
        case Refused(says) | Prevented(says):
            return f"“{says}”"
        case Absent():
            return "nothing"


def _mark(expected: Expected, answer: Expected, notes: dict[str, int]) -> str:
    mark = "✓" if isinstance(expected, Token) else "–" if isinstance(expected, Absent) else "✗"
    if expected == answer:
        return mark
    number = notes.setdefault(_note(expected), len(notes) + 1)
    return f"{mark} ({number})"


def _note(expected: Expected) -> str:
    shown = {
        Token: f"The library gets {_words(expected)}",
        Refused: f"The error says {_words(expected)}",
        Prevented: f"The library refuses by itself, with {_words(expected)}",
        Absent: "Not in the library",
    }[type(expected)]
    return f"{shown}: {expected.why}."
