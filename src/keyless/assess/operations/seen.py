"""The operations of services that code calls, with their places.

Rules:
- a call counts where the object is a client of the service by its type; where its type is not known, in a
  file that imports one library with such a method, if the method's name says what it is about;
- tests are no part of what a workload does: files of tests are left out;
- whether and when a call is run, code does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from keyless.assess.calls import CallSite, calls
from keyless.assess.operations.typed import Typed
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Call, Expr, Member
from keyless.assess.syntax.span import Place
from keyless.catalog.client_operations import (
    Client,
    Operation,
    functions_by_word,
    is_telling,
    libraries,
    library_of,
    operation_of,
    operations_by_word,
    word_of,
)

_TEST_FOLDERS = frozenset({"test", "tests", "__tests__", "spec", "specs", "testing", "e2e"})
_TEST_NAME = re.compile(
    r"test_\w{1,100}\.py|\w{1,100}_test\.(py|go)|\w{0,100}Tests?\.(cs|java)|[\w.-]{1,100}\.(test|spec)\.\w{2,4}"
)
_LONGEST_WAY = 4


@dataclass(frozen=True, slots=True)
class SeenOperation:
    """A call of an operation; ``service`` is the key of the catalog's service."""

    service: str
    operation: Operation
    method: str
    site: CallSite

    @property
    def place(self) -> Place:
        """Where the call stands."""
        return Place(self.site.within.unit.path, self.site.call.span)


def seen_operations(repository: Repository) -> tuple[SeenOperation, ...]:
    """Every one, in the order of the files: `repository.view(seen_operations)`."""
    typed = Typed(repository)
    return tuple(
        found
        for site in repository.view(calls)
        if not is_test(site.within.unit.path)
        for found in _seen(typed, site)
    )


@lru_cache(maxsize=4096)
def is_test(path: str) -> bool:
    """Whether a file is of a test, by its name and folders."""
    *folders, name = PurePosixPath(path).parts
    return bool(_TEST_NAME.fullmatch(name)) or any(one.casefold() in _TEST_FOLDERS for one in folders)


def _seen(typed: Typed, site: CallSite) -> Iterator[SeenOperation]:
    if site.call.new:
        return
    for word, method, base in _words(site.call):
        for service, operation in _operations(typed, site, word, base):
            yield SeenOperation(service, operation, method, site)
            return


def _words(call: Call) -> Iterator[tuple[str, str, Expr | None]]:
    """The word of what is called and its object, the longest way first (`chat.completions.create`)."""
    if not isinstance(call.callee, Member):
        name = getattr(call.callee, "id", "")
        yield word_of(name), name, None
        return
    way: list[tuple[str, Expr]] = []
    one: Expr = call.callee
    while isinstance(one, Member) and len(way) < _LONGEST_WAY:
        way.append((one.name, one.base))
        one = one.base
    for length in range(len(way), 0, -1):
        names = [name for name, _ in reversed(way[:length])]
        yield ".".join(map(word_of, names)), names[-1], way[length - 1][1]


def _operations(
    typed: Typed, site: CallSite, word: str, base: Expr | None
) -> Iterator[tuple[str, Operation]]:
    if word in functions_by_word():
        yield from _of_function(typed, site, word)
    candidates = operations_by_word().get(word, ())
    if not candidates or base is None or not _may_be(typed, site, candidates, word):
        return
    kinds = typed.kinds(base, site.within)
    chosen = _by_library(typed, site, candidates, word) if kinds is None else kinds
    for client in chosen:
        operation = operation_of(client, word)
        if operation is not None:
            yield library_of(client).service, operation


def _may_be(typed: Typed, site: CallSite, candidates: tuple[Client, ...], word: str) -> bool:
    """Whether it is worth asking for a type: words of everyday count only where the library is imported, and
    what C# imports may stand in another file."""
    unit = site.within.unit
    return unit.language is Language.CSHARP or any(
        is_telling(one, word) or typed.has(unit, one) for one in candidates
    )


def _by_library(
    typed: Typed, site: CallSite, candidates: tuple[Client, ...], word: str
) -> tuple[Client, ...]:
    known = tuple(one for one in candidates if is_telling(one, word) and typed.has(site.within.unit, one))
    return known if len({one.library for one in known}) == 1 else ()


def _of_function(typed: Typed, site: CallSite, word: str) -> Iterator[tuple[str, Operation]]:
    function, operation = functions_by_word()[word]
    if not function.library:
        yield function.service, operation
        return
    library = libraries()[function.library]
    if any(library.has(one) for one in typed.imports(site.within.unit).everything):
        yield library.service, operation
