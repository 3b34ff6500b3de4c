"""What a request on snapshots asks for."""

from __future__ import annotations

from typing import Any

from keyless.planes.appconfig.api_versions import has
from keyless.planes.appconfig.asked import filter_in
from keyless.planes.appconfig.snapshots.listing import WantedSnapshots
from keyless.planes.appconfig.snapshots.records import ARCHIVED, KEY, READY, STATUSES, Filter
from keyless.planes.appconfig.snapshots.rules import NewSnapshot
from keyless.planes.appconfig.snapshots.schemas import FilterBody, SnapshotInput, SnapshotUpdate
from keyless.store.ports import Key
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest

_LONGEST_NUMBER = 6


def new_asked(call: Authorized[SnapshotInput]) -> NewSnapshot:
    """The snapshot that a call wants made.

    Raises:
        InvalidRequest: a filter has no key, or a tag of it is null.
    """
    given = call.body
    tagged = has("snapshot_filter.tags", call.api_version)
    filters = enumerate(given.filters or ())
    return NewSnapshot(
        name=call.params["name"],
        filters=tuple(_filter(one, f"filters[{number}]", tagged=tagged) for number, one in filters),
        composition=given.composition_type or KEY,
        retention_s=given.retention_period,
        tags=given.tags or {},
        description=given.description,
    )


def status_asked(call: Authorized[SnapshotUpdate]) -> str:
    """The status that a snapshot is to have.

    Raises:
        InvalidRequest: it can be brought to no such.
    """
    if call.body.status not in {READY, ARCHIVED}:
        raise InvalidRequest(f"a snapshot is made `{ARCHIVED}` or `{READY}`, nothing else", field="status")
    return call.body.status


def wanted(call: Authorized[Any]) -> WantedSnapshots:
    """The snapshots that a list call asks for.

    Raises:
        InvalidRequest: the name is no filter, or a status is none.
    """
    return WantedSnapshots(filter_in(call.params, "name"), _statuses(call.params.get("status")))


def snapshot_asked(call: Authorized[Any]) -> str:
    """The snapshot that the parameter `snapshot` names.

    Raises:
        InvalidRequest: it names none.
    """
    name = call.params.get("snapshot")
    if not name:
        raise InvalidRequest("name the snapshot", field="snapshot")
    return name


def page_asked(place: Key | None) -> int:
    """The number of the page of a snapshot that a place is the beginning of.

    Raises:
        InvalidRequest: no page begins there.
    """
    text = place[0] if place else "0"
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_NUMBER:
        raise InvalidRequest("follow the `@nextLink` of a page as it is", field="after")
    return int(text)


def _filter(given: FilterBody, told_as: str, *, tagged: bool) -> Filter:
    if given.key is None:
        raise InvalidRequest("a filter names keys: `*` for all of them", field=f"{told_as}.key")
    tags = given.tags if tagged and given.tags else []
    if None in tags:
        raise InvalidRequest("a tag filter has the form name=value", field=f"{told_as}.tags")
    return Filter(given.key, given.label or None, tuple(tag for tag in tags if tag and tag.strip()))


def _statuses(text: str | None) -> frozenset[str]:
    if not text or text == "*":
        return frozenset(STATUSES)
    asked = frozenset(text.split(","))
    if not asked <= frozenset(STATUSES):
        raise InvalidRequest(f"a status is one of {', '.join(STATUSES)}", field="status")
    return asked
