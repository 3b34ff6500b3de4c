"""All code gone through once: what more than one part looks for, with what it stands in.

Rules:
- going through all code again for each of those who look is what would cost most in a large repository;
- of what is most common (members, literals) only the kinds are kept that somebody looks for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Assign, Call, Index, Joined, Literal, Member, Record
from keyless.assess.syntax.walk import Site, sites

_ENVIRONMENTS = frozenset({"env", "environ"})


@dataclass(frozen=True, slots=True)
class Walked:
    """Expressions by what they are, in the order of the files."""

    calls: list[Site] = field(default_factory=list)
    records: list[Site] = field(default_factory=list)
    joined: list[Site] = field(default_factory=list)
    texts: list[Site] = field(default_factory=list)
    """Literals that are texts."""
    assigned: list[Site] = field(default_factory=list)
    """Members and indexes that are assigned to."""
    of_environment: list[Site] = field(default_factory=list)
    """Members of an `env` or `environ`."""


def walked(repository: Repository) -> Walked:
    """What all code has: `repository.view(walked)`."""
    found = Walked()
    keep = {Call: found.calls, Record: found.records, Joined: found.joined}
    for unit in repository.units:
        for site in sites(unit):
            kind = type(site.expression)
            if kind in keep:
                keep[kind].append(site)
            elif kind is Literal:
                if type(site.expression.value) is str:  # type: ignore[union-attr]  # its type was looked at
                    found.texts.append(site)
            elif kind is Member or kind is Index:
                _keep_member(found, site)
    return found


def _keep_member(found: Walked, site: Site) -> None:
    one, statement = site.expression, site.within.statement
    if isinstance(statement, Assign) and statement.target is one:
        found.assigned.append(site)
    elif isinstance(one, Member) and getattr(one.base, "name", "") in _ENVIRONMENTS:
        found.of_environment.append(site)
