"""The `$filter` of role assignments, deny assignments and role definitions: which of them a list shows.

Rules:
- `atScope()` is what holds at the scope itself: what was made there, or above;
- `assignedTo('…')` is what holds for a principal, by itself or through its groups; `principalId eq '…'` what
  names that very principal.

Source: https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from keyless.planes.arm.errors import InvalidFilter
from keyless.planes.arm.filters import Both, Either, Filter, Function, Negation, read_filter


def read(text: str | None, fields: frozenset[str], functions: Mapping[str, int]) -> Filter | None:
    """Read a `$filter`; ``functions`` are those of the list, with how many arguments they take.

    Raises:
        InvalidFilter: it is none of this list's.
    """
    found = read_filter(text, fields, functions)
    for call in _calls(found):
        wanted = functions.get(call.name)
        if wanted is not None and len(call.arguments) != wanted:
            raise InvalidFilter(text or "", call.position, f"`{call.name}` takes {wanted} arguments")
    return found


def calls(found: Filter | None, name: str) -> bool:
    """Whether a filter makes use of a function (lower case)."""
    return any(call.name == name for call in _calls(found))


def _calls(found: Filter | None) -> Iterator[Function]:
    if isinstance(found, Both | Either):
        yield from _calls(found.left)
        yield from _calls(found.right)
    elif isinstance(found, Negation):
        yield from _calls(found.of)
    elif isinstance(found, Function):
        yield found
