"""What was seen of one identity, put down to the one that is to have its access.

Rules:
- what several had done, one identity needs: their observations are its own, and add up;
- an identity that is kept by one resource and left by another was seen to do what either did: both need it;
- who is taken over entirely has done nothing any more, and needs no role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from msgspec import structs

from keyless.model.evidence import Observation
from keyless.model.guids import guid_key
from keyless.plan.given import Given
from keyless.plan.problem import Subject

Moves = Mapping[str, tuple[str, ...]]
"""By case-folded principal id: the principal ids that what it did is put down to. Who is not in it stays."""


def moved(given: Given, moves: Moves, proposed: Iterable[Subject]) -> Given:
    """What is given, with the chosen identities in the place of those that they take over."""
    observations = [after for seen in given.observations for after in _of_whom(seen, moves)]
    runs = [structs.replace(run, principal_ids=_with(run.principal_ids, moves)) for run in given.runs]
    references = given.references
    selected = [
        replace(one, principal_id=to)
        for one in references.selected
        for to in moves.get(guid_key(one.principal_id), (one.principal_id,))
    ]
    filtered = [(to, store) for who, store in references.filtered for to in moves.get(guid_key(who), (who,))]
    return replace(
        given,
        subjects=(*given.subjects, *proposed),
        observations=observations,
        runs=runs,
        references=replace(references, selected=selected, filtered=filtered),
    )


def _with(principal_ids: Iterable[str], moves: Moves) -> tuple[str, ...]:
    """Those who ran, and whoever takes their place."""
    found = [to for one in principal_ids for to in (one, *moves.get(one.casefold(), ()))]
    return tuple(dict.fromkeys(found))


def _of_whom(seen: Observation, moves: Moves) -> Iterable[Observation]:
    to = moves.get(guid_key(seen.principal_id))
    if to is None:
        return (seen,)
    return (structs.replace(seen, principal_id=one) for one in to)
