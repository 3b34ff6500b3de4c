"""Why a role is needed for secrets that nobody was seen to read: which references are followed there, and how
that is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import structs

from keyless.model.guids import guid_key
from keyless.model.reading import SECRET_READ
from keyless.plan.references.follow import Followed
from keyless.plan.references.words import reference_named
from keyless.plan.result import PlannedAssignment, UsedAction
from keyless.plan.wording import counted, listed

_NAMED = 3
BECAUSE = "a Key Vault reference that is followed points there"


def with_reasons(
    planned: Iterable[PlannedAssignment], follows: Sequence[Followed]
) -> tuple[PlannedAssignment, ...]:
    """The assignments, with what is needed of them for references that are followed."""
    return tuple(_with_reason(one, follows) for one in planned)


def _with_reason(one: PlannedAssignment, follows: Sequence[Followed]) -> PlannedAssignment:
    if not any(_is_unseen(used) for used in one.used):
        return one
    who = guid_key(one.principal.principal_id)
    own = [each for each in follows if guid_key(each.principal_id) == who]
    here = [each for each in own if one.scope_id.contains(each.secret)]
    if not here:
        return one
    used = tuple(structs.replace(each, because=BECAUSE) if _is_unseen(each) else each for each in one.used)
    return structs.replace(one, used=used, reason=f"{_sentence(here)} {one.reason}")


def _is_unseen(used: UsedAction) -> bool:
    return used.action.casefold() == SECRET_READ and not used.count


def _sentence(here: Sequence[Followed]) -> str:
    """What points there, and why it is sure that it is followed."""
    names = [reference_named(each.reference) for each in here]
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{counted(len(names) - _NAMED + 1, 'reference')} more"]
    known = (
        "its client says that it reads from Key Vault what it loads as a reference"
        if all(each.told for each in here)
        else "it was seen to ask for what a reference points to, once it had read in the store"
    )
    verb = "points" if len(here) == 1 else "point"
    return f"Nobody saw this read: {listed(names)} {verb} here, and the identity follows references: {known}."
