"""How sure the evidence is of identities that the plan chooses: by what it says of those taken over."""

from __future__ import annotations

from msgspec.structs import replace

from keyless.model.guids import guid_key
from keyless.plan.identities.choose import Chosen
from keyless.plan.results.completeness import Completeness


def of_chosen(as_seen: Completeness, as_moved: Completeness, chosen: Chosen) -> Completeness:
    """What was seen, with those left out who are taken over.

    Who takes over is judged by ``as_moved``: what was seen, put down to the chosen identities.
    """
    if not chosen.moves:
        return as_seen
    anew = {guid_key(one) for to in chosen.moves.values() for one in to}
    before = {guid_key(one.principal_id): one for one in as_seen.identities}
    return replace(
        as_seen,
        identities=tuple(
            one if guid_key(one.principal_id) in anew else before[guid_key(one.principal_id)]
            for one in as_moved.identities
            if guid_key(one.principal_id) not in chosen.taken_over
        ),
    )
