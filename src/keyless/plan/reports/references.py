"""How references are told: how each stands, and who reads some and cannot follow them. The rest is counted.

Whoever cannot read what many references point to is told of once, and so are the many who cannot read the
same; a result as JSON has each of them by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from keyless.model.resource_id import ResourceId
from keyless.plan.references.words import place_named
from keyless.plan.reports.lines import print_labelled, print_line
from keyless.plan.result import Plan
from keyless.plan.results.references import ReferenceReader, ReferenceResult, Severity
from keyless.plan.wording import counted, listed

if TYPE_CHECKING:
    from rich.console import Console

TITLE = "Key Vault references"
_IN_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTICE, Severity.NONE)
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to say of a reference, or of several of one store; ``first`` is the first of them."""

    severity: Severity
    what: str
    why: str
    how: str
    first: ReferenceResult

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return f"{self.severity.value}: {self.what}: {self.why}; {self.how}"


class _Who(NamedTuple):
    """Who cannot read what, alike: the readers by their ids, whether seen, and sure to follow."""

    store: str
    vault: str
    seen: bool
    follows: bool
    readers: tuple[str, ...]


def to_tell(results: Sequence[ReferenceResult]) -> Iterator[Told]:
    """What there is to say of references, in their order; nothing of those that are fine."""
    alike: dict[_Who, list[ReferenceResult]] = {}
    for one in results:
        for who in _unable(one):
            alike.setdefault(who, []).append(one)
    for one in results:
        if one.severity is not Severity.NONE:
            yield Told(one.severity, _named([one]), one.why, one.how, one)
        yield from (_told(who, alike[who]) for who in _unable(one) if alike[who][0] is one)


def _unable(one: ReferenceResult) -> Iterator[_Who]:
    for seen, follows in ((True, True), (True, False), (False, True), (False, False)):
        readers = [each for each in one.unable() if (each.seen, each.follows) == (seen, follows)]
        if readers:
            yield _Who(one.store, one.vault, seen, follows, tuple(each.principal_id for each in readers))


def _told(who: _Who, results: Sequence[ReferenceResult]) -> Told:
    """That these readers cannot read what these references point to."""
    wanted = set(who.readers)
    readers = [[each for each in one.unable() if each.principal_id in wanted] for one in results]
    named = _few([f"`{each.name}`" for each in readers[0]])
    reads = "read" if not who.seen or len(wanted) > 1 else "reads"
    it = "it" if len(results) == 1 else "them"
    secrets = list(dict.fromkeys(f"`{one.secret}`" for one in results))
    why = (
        f"{named}, which {'' if who.seen else 'may '}{reads} {it}, cannot read "
        f"{'secret' if len(secrets) == 1 else 'secrets'} {_few(secrets)} of `{who.vault}`"
    )
    return Told(Severity.WARNING, _named(results), why, _advice(who, readers), results[0])


def _advice(who: _Who, readers: Iterable[Iterable[ReferenceReader]]) -> str:
    """What to do; who is not known to follow references may need nothing."""
    first, *others = dict.fromkeys(each.how for own in readers for each in own)
    more = f", and likewise for the others (as JSON: {len(others) + 1} commands)" if others else ""
    them = "it follows" if len(who.readers) == 1 else "they follow"
    return f"{'' if who.follows else f'if {them} references, '}{first}{more}"


def _named(results: Sequence[ReferenceResult]) -> str:
    """References of one store, by key, label and snapshot."""
    names = [place_named(one.key, one.label, one.snapshot) for one in results]
    noun = "reference" if len(names) == 1 else "references"
    store = ResourceId.parse(results[0].store).name
    return f"{noun} {_few(names)} of store `{store}`"


def _few(names: Sequence[str]) -> str:
    """The first of some names, and how many there are besides."""
    if len(names) <= _NAMED:
        return listed(names)
    return listed([*names[: _NAMED - 1], f"{len(names) - _NAMED + 1:,} more"])


def worst_first(results: Sequence[ReferenceResult]) -> tuple[Told, ...]:
    """What there is to say, the worst first."""
    return tuple(sorted(to_tell(results), key=lambda one: _IN_ORDER.index(one.severity)))


def print_references(console: Console, plan: Plan) -> None:
    """Every reference that does not stand as it should, and how many do."""
    if not plan.references:
        return
    print_line(console, TITLE, style="bold")
    for one in worst_first(plan.references):
        print_line(console, f"   {one.severity.value}: {one.what}")
        print_labelled(console, "why", one.why)
        print_labelled(console, "do", one.how)
    fine = sum(one.severity is Severity.NONE and not one.unable() for one in plan.references)
    if fine:
        verb = "leads" if fine == 1 else "lead"
        print_line(console, f"   {counted(fine, 'reference')} {verb} to a secret that every reader can read")
    print_line(console, "")
