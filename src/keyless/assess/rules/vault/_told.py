"""Where the flows pass of credentials of services that take identities, which have rules of their own."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from keyless.assess.repository import Repository
from keyless.assess.stored.all import stored_credentials
from keyless.assess.syntax.span import Span


def is_told_of_service(repository: Repository, path: str, span: Span) -> bool:
    """Whether such a flow ends in a piece of a file, or goes through it."""
    starts = repository.view(places_of_flows).get(path, [])
    at = bisect_left(starts, span.start)
    return at < len(starts) and starts[at] < span.end


def places_of_flows(repository: Repository) -> dict[str, list[int]]:
    """Where they begin, pass and end: offsets by the file, in order."""
    found: dict[str, list[int]] = defaultdict(list)
    for one in repository.view(stored_credentials):
        for place in (one.place, *(step.place for step in (*one.steps, *one.also))):
            found[place.path].append(place.span.start)
    return {path: sorted(starts) for path, starts in found.items()}
