"""The operations that an assessment saw in code: a file of `keyless assess --format json`, written elsewhere.

Rules:
- only what a plan needs of it is read, so that a later version's file is good as long as that stays;
- a file that has no list of components, or is none of an assessment, is refused.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from keyless.model.actions import ActionPlane
from keyless.plan.results.completeness import NamedCall
from keyless.runtime.code_seen import MOST_CALLS

_LARGEST_BYTES = 256 * 1024 * 1024


class NoAssessment(ValueError):
    """A file that no operations can be taken from."""


class _Place(msgspec.Struct, frozen=True):
    path: str
    line: int


class _Operation(msgspec.Struct, frozen=True):
    operation: str
    plane: ActionPlane
    actions: tuple[str, ...]
    method: str
    place: _Place


class _Component(msgspec.Struct, frozen=True):
    operations: tuple[_Operation, ...] = ()


class _Assessment(msgspec.Struct, frozen=True):
    schema: int
    components: tuple[_Component, ...]


def calls_of(path: Path) -> tuple[NamedCall, ...]:
    """The operations that a file of an assessment has.

    Raises:
        NoAssessment: it cannot be read, or is no such file.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise NoAssessment(f"`{path}` is too large for an assessment")
        found = msgspec.json.decode(path.read_bytes(), type=_Assessment)
    except (OSError, msgspec.DecodeError, RecursionError) as error:
        raise NoAssessment(
            f"`{path}` is no assessment with components: `keyless assess --format json --out FILE` writes one"
        ) from error
    return tuple(_call(one) for component in found.components for one in component.operations)[:MOST_CALLS]


def _call(one: _Operation) -> NamedCall:
    return NamedCall(
        operation=one.operation,
        plane=one.plane,
        actions=one.actions,
        method=one.method,
        file=one.place.path,
        line=one.place.line,
    )
