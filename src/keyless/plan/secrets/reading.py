"""Who reads each object, how often, and whether that is more often than a start needs.

Rules:
- an object is to be read when the code starts, kept in memory, and read again when it stops working;
- it is read too often where a run read it again and again (`keyless.model.reading`); or one caller reads it
  more than once within a second, other than at the starts of its runs, where each of several workers reads it
  once; or more than once an hour, on an average of the days on which it was read;
  or more than ten times a run, on an average of the runs of those who read it (a run may start several
  programs, so that one read a run would be too strict); or where a reader was refused at a limit;
- settings are refreshed, and a store is listed by several filters, page by page: how fast says nothing there,
  and what was answered without content is no reading. Of lists only what runs showed counts, and refusals;
- the limit is the container's own, for all of its callers together.

Pure. Source: https://learn.microsoft.com/azure/key-vault/general/overview-throttling
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keyless.model.evidence import Observation, Outcome, Run
from keyless.model.guids import guid_key
from keyless.model.reading import READS, STARTS_A_RUN
from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE
from keyless.plan.problem import Subject
from keyless.plan.results.secrets import ReadBy
from keyless.plan.secrets.stored import NO_PACE, Pace

_HOURS_A_DAY = 24

Paces = Mapping[tuple[str, str], Pace]
"""How fast one principal reads one scope, by both ids in lower case."""


class Read(enum.Enum):
    """What is read: an object of a vault, a key-value by its name, or what filters of a store match."""

    OBJECT = "object"
    SETTING = "setting"
    LISTS = "lists"


@dataclass(frozen=True, slots=True)
class Reading:
    """Of one object, or of the lists of one store: who read it, how often, and on how many days.

    ``runs`` is how many runs those had; 0 where that is not known.
    """

    readers: tuple[ReadBy, ...] = ()
    days: int = 0
    runs: int = 0
    what: Read = Read.OBJECT

    @property
    def read_by(self) -> tuple[str, ...]:
        """The names of those who read it."""
        return tuple(dict.fromkeys(one.name for one in self.readers))

    @property
    def reads(self) -> int:
        """How often it was read in all."""
        return sum(one.reads for one in self.readers)

    @property
    def most_per_second(self) -> int:
        """How often one of them read it within a second at most."""
        return max((one.most_per_second for one in self.readers), default=0)

    @property
    def most_per_window(self) -> int:
        """How often one of them read it within ten seconds at most."""
        return max((one.most_per_window for one in self.readers), default=0)

    @property
    def later(self) -> int:
        """How often it was read later than at the start of a run."""
        return sum(one.later for one in self.readers)

    @property
    def throttled(self) -> int:
        """How often a reader was refused at a limit."""
        return sum(one.throttled for one in self.readers)

    @property
    def again(self) -> int:
        """In how many runs it was read again and again."""
        return sum(one.again for one in self.readers)

    @property
    def too_often(self) -> bool:
        """Whether a start needs fewer reads than there were."""
        if self.again or self.throttled:
            return True
        if self.what is Read.LISTS:
            return False
        return self._more_than_starts or (self.what is Read.OBJECT and self._too_fast)

    @property
    def _too_fast(self) -> bool:
        at_starts_alone = self.runs > 0 and not self.later
        return self.most_per_second > 1 and not at_starts_alone

    @property
    def _more_than_starts(self) -> bool:
        reads = self.reads - sum(one.checks for one in self.readers)
        return reads > _HOURS_A_DAY * max(self.days, 1) or reads > STARTS_A_RUN * self.runs > 0


NOT_READ = Reading()


def readings(
    observations: Iterable[Observation],
    subjects: Mapping[str, Subject],
    paces: Paces,
    runs: Iterable[Run] = (),
) -> dict[ResourceId, Reading]:
    """How often each thing was read, by its id; refused reads do not count."""
    ran = [{guid_key(principal_id) for principal_id in run.principal_ids} for run in runs]
    seen: dict[ResourceId, list[Observation]] = {}
    for one in observations:
        if one.action.casefold() in READS and one.outcome is not Outcome.DENIED:
            seen.setdefault(one.scope_id, []).append(one)
    return {scope: _reading(lines, subjects, paces, ran) for scope, lines in seen.items()}


def _reading(
    lines: list[Observation], subjects: Mapping[str, Subject], paces: Paces, ran: list[set[str]]
) -> Reading:
    by_reader: dict[str, list[Observation]] = {}
    for one in lines:
        by_reader.setdefault(guid_key(one.principal_id), []).append(one)
    readers = [_reader(who, own, subjects, paces) for who, own in by_reader.items()]
    return Reading(
        readers=tuple(sorted(readers, key=lambda one: one.name.casefold())),
        days=len({day for one in lines for day in one.days}),
        what=_what(lines[0].scope_id),
        runs=sum(not by_reader.keys().isdisjoint(principal_ids) for principal_ids in ran),
    )


def _what(scope: ResourceId) -> Read:
    store = scope.ancestor_of_type(STORE_TYPE)
    if store is None:
        return Read.OBJECT
    return Read.LISTS if scope == store else Read.SETTING


def _reader(who: str, lines: list[Observation], subjects: Mapping[str, Subject], paces: Paces) -> ReadBy:
    subject = subjects.get(who)
    own = [paces.get((who, scope), NO_PACE) for scope in {one.scope.casefold() for one in lines}]
    return ReadBy(
        name=subject.name if subject is not None else lines[0].principal_id,
        reads=sum(one.count for one in lines),
        most_per_second=max(one.per_second for one in own),
        most_per_window=max(one.per_window for one in own),
        later=sum(one.later for one in own),
        again=sum(one.again for one in own),
        checks=sum(one.checks for one in lines),
        throttled=sum(one.throttled for one in own),
    )
