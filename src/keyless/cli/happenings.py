"""What happens in vaults by itself, in words: what was kept, and what was told to whom."""

from __future__ import annotations

from keyless.cli.wording import utc
from keyless.model.events import PREFIX, Told, VaultEvent, Waiting
from keyless.model.visible import visible
from keyless.planes.keyvault.events.deliver import Delivered
from keyless.planes.keyvault.upkeep import Kept


def in_words(one: Kept | Delivered) -> str:
    """One thing that has happened, in a line."""
    if isinstance(one, Kept):
        what = f"{one.noun} `{visible(one.name)}` of vault `{visible(one.vault)}`"
        return f"{utc(one.at)}  {what}: {one.done}"
    said = f"told {_event(one.waiting.event)} to the {one.waiting.destination.value}"
    if one.problem:
        then = "given up" if one.again_at is None else f"tried again at {utc(one.again_at)}"
        said = f"could not tell {_event(one.waiting.event)} to the {one.waiting.destination.value}: "
        said += f"{visible(one.problem)}; {then}"
    return f"{utc(one.waiting.event.time)}  {said}"


def told_in_words(told: Told) -> str:
    """What became of an event, in a line."""
    how = f"given up: {visible(told.problem)}" if told.problem else f"told to the {told.destination.value}"
    return f"{utc(told.event.time)}  {_event(told.event)}  {how}"


def waiting_in_words(waiting: Waiting) -> str:
    """What waits to be told, in a line."""
    why = f" ({visible(waiting.problem)})" if waiting.problem else ""
    when = f"waits for the {waiting.destination.value}, until {utc(waiting.next_at)}{why}"
    return f"{utc(waiting.event.time)}  {_event(waiting.event)}  {when}"


def _event(event: VaultEvent) -> str:
    kind, name = event.type.removeprefix(PREFIX), visible(event.subject.name)
    return f"{kind} of `{name}` in vault `{visible(event.vault)}`"
