"""What a run reads, in lines for the terminal: at its start, and again and again."""

from __future__ import annotations

from collections.abc import Iterator

from keyless.cli.wording import counted, scope_in_words
from keyless.model.reading import CERTIFICATE_READ, KEY_READ, SECRET_READ, SETTING_READ
from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE
from keyless.runtime.messages import ReadInRun, ReadLater, Repeated

_NOUNS = (
    (SETTING_READ, "setting", "settings"),
    (SECRET_READ, "secret", "secrets"),
    (KEY_READ, "key", "keys"),
    (CERTIFICATE_READ, "certificate", "certificates"),
)
_MOST_NAMED = 3


def repeated(told: Repeated) -> str:
    """What is read again and again, and what to do instead."""
    scope = ResourceId.parse(told.scope)
    return (
        f"read again and again: {told.principal} has {_did(scope)} {told.reads:,} times in this run: "
        f"{_instead(scope)} ({_limit(scope)})"
    )


def read_in_run(read: ReadInRun) -> Iterator[str]:
    """What to say when a run has ended: what it has read, and what of it again and again."""
    yield f"read at start-up: {_what(read)}"
    since = "its first request" if read.served else "its start"
    for one in read.later:
        if one.again:
            scope = ResourceId.parse(one.scope)
            yield f"read again and again: {_did(scope)} {_how_often(one, since)}: {_instead(scope)}"
    others = [one for one in read.later if not one.again]
    if others:
        yield f"read again after {since}: {_named(others)}"
    if read.checks:
        yield f"looked {counted(read.checks, 'time', 'times')} whether settings have changed: they had not"


def _what(read: ReadInRun) -> str:
    numbers = {action.casefold(): number for action, number in read.things}
    said = [counted(numbers[action], one, many) for action, one, many in _NOUNS if numbers.get(action)]
    if read.lists:
        said.insert(0, counted(read.lists, "list of settings", "lists of settings"))
    return " and ".join(filter(None, (", ".join(said[:-1]), said[-1])))


def _how_often(one: ReadLater, since: str) -> str:
    if not one.later:
        return f"{one.at_start:,} times at the start"
    return f"{counted(one.later, 'time', 'times')} after {since}"


def _named(others: list[ReadLater]) -> str:
    said = [
        f"{scope_in_words(ResourceId.parse(one.scope))} {counted(one.later, 'time', 'times')}"
        for one in others[:_MOST_NAMED]
    ]
    more = len(others) - _MOST_NAMED
    return ", ".join(said) + (f", and {more} more" if more > 0 else "")


def _did(scope: ResourceId) -> str:
    return f"{'listed' if scope.is_type(STORE_TYPE) else 'read'} {scope_in_words(scope)}"


def _instead(scope: ResourceId) -> str:
    if scope.is_type(STORE_TYPE):
        return "load its settings once at the start, and refresh them by a sentinel key or by their ETags"
    if scope.ancestor_of_type(STORE_TYPE) is not None:
        return "load it once at the start with the others, and refresh them by a sentinel key or by ETags"
    return "read it once at the start, keep it in memory, and read it again when it stops working"


def _limit(scope: ResourceId) -> str:
    from keyless.plan.secrets.limits import store_limit, vault_limit

    return store_limit() if scope.ancestor_of_type(STORE_TYPE) is not None else vault_limit()
