"""Which fixes are made, and what the files are with them: in memory, and nothing is written here.

Rules:
- all edits of a fix are made, or none;
- of fixes that would change the same piece the first one is made; an edit that is equal to one made already
  (the same import twice) is made once, and what is put in at the same point stands one after the other;
- a file that is not as it was when it was read is not edited;
- with each fix its files are read again: one after which a reader understands less is not made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from keyless.assess.findings.finding import Edit, Finding
from keyless.assess.fixes.edits import CannotEdit, Original
from keyless.assess.messages import digest
from keyless.assess.sources.read import read
from keyless.assess.syntax.source import Lack, Problem


class Changed(msgspec.Struct, frozen=True):
    """A file before and after."""

    path: str
    before: bytes
    after: bytes


class Refused(msgspec.Struct, frozen=True):
    """A finding whose fix is not made, and why."""

    finding: Finding
    why: str


class Fixed(msgspec.Struct, frozen=True):
    """What comes of fixes."""

    files: tuple[Changed, ...]
    made: tuple[Finding, ...]
    refused: tuple[Refused, ...]


def fixed(
    findings: Iterable[Finding], data_of: Callable[[str], bytes | None], digests: Mapping[str, bytes]
) -> Fixed:
    """The files with fixes made; ``data_of`` gives a file's bytes now, ``digests`` tell what was read."""
    work = _Work(data_of, digests)
    made: list[Finding] = []
    refused: list[Refused] = []
    for finding in findings:
        if finding.fix is not None and finding.fix.edits:
            try:
                work.make(finding.fix.edits)
            except CannotEdit as error:
                refused.append(Refused(finding, str(error)))
            else:
                made.append(finding)
    return Fixed(tuple(work.files()), tuple(made), tuple(refused))


class _Work:
    """The files that fixes change: as they were, and the edits so far."""

    def __init__(self, data_of: Callable[[str], bytes | None], digests: Mapping[str, bytes]) -> None:
        self._data_of = data_of
        self._digests = digests
        self._originals: dict[str, Original] = {}
        self._edits: dict[str, tuple[Edit, ...]] = {}
        self._before: dict[str, int] = {}

    def make(self, edits: Sequence[Edit]) -> None:
        """Make the edits of a fix, or none of them; raises CannotEdit."""
        wanted: dict[str, tuple[Edit, ...]] = {}
        for edit in edits:
            so_far = wanted.get(edit.path, self._edits.get(edit.path, ()))
            wanted[edit.path] = _with(so_far, edit)
        for path, those in wanted.items():
            self._check(path, self._original(path).edited(those))
        self._edits |= wanted

    def files(self) -> Iterable[Changed]:
        """The files that are different now, in the order of their paths."""
        for path, edits in sorted(self._edits.items()):
            original = self._originals[path]
            after = original.edited(edits)
            if after != original.data:
                yield Changed(path, original.data, after)

    def _original(self, path: str) -> Original:
        if path not in self._originals:
            data = self._data_of(path)
            if data is None or digest(data) != self._digests.get(path):
                raise CannotEdit(f"`{path}` is not as it was when it was read: assess again")
            self._originals[path] = Original(data)
            self._before[path] = len(_problems(path, data))
        return self._originals[path]

    def _check(self, path: str, after: bytes) -> None:
        if len(_problems(path, after)) > self._before[path]:
            raise CannotEdit(f"`{path}` would not be understood whole with it")


def _with(edits: tuple[Edit, ...], one: Edit) -> tuple[Edit, ...]:
    """Edits of a file, and one more."""
    if one in edits:
        return edits
    if any(_overlap(one, other) for other in edits):
        raise CannotEdit(f"another fix changes that piece of `{one.path}`: make it first, and assess again")
    return (*edits, one)


def _overlap(one: Edit, other: Edit) -> bool:
    if one.start == one.end or other.start == other.end:
        return one.start < other.end and other.start < one.end
    return max(one.start, other.start) < min(one.end, other.end)


def _problems(path: str, data: bytes) -> tuple[Problem, ...]:
    try:
        source = read(path, data)
    except Exception:  # whatever a reader fails with
        return (Problem(path, Lack.FAILED, "its reader failed"),) * 99
    return source.problems if source else ()
