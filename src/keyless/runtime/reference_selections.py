"""Which references callers' lists select: the filters of evidence, as the store itself reads them.

Rules:
- what was selected by a filter is what it matches now: a reference that was added since is among it;
- a filter that is none was answered with 400, and selects nothing;
- whoever lists a snapshot selects all that is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from keyless.model.evidence import Selection
from keyless.model.resource_id import ResourceId
from keyless.plan.references.facts import ReferenceFacts, SelectedReference, StoredReference
from keyless.planes.appconfig.filters import FilterError, TagFilter, parse_filter, parse_tag_filter
from keyless.planes.appconfig.key_values.listing import Wanted
from keyless.planes.appconfig.key_values.records import Name

_ABSENT = object()


def with_selections(facts: ReferenceFacts, selections: Iterable[Selection]) -> ReferenceFacts:
    """The same, with who selects which references."""
    known = tuple(selections)
    filtered = {(one.principal_id, ResourceId.parse(one.scope)) for one in known if not one.snapshot}
    return replace(facts, selected=tuple(_selected(facts, known)), filtered=tuple(filtered))


def _selected(facts: ReferenceFacts, selections: Iterable[Selection]) -> Iterator[SelectedReference]:
    for selection in selections:
        is_meant = _by_snapshot(selection) if selection.snapshot else _by_filters(selection)
        meant = (one for one in facts.references if is_meant(one))
        yield from (SelectedReference(selection.principal_id, one, selection.follows) for one in meant)


def _by_snapshot(selection: Selection) -> Callable[[StoredReference], bool]:
    listed = ResourceId.parse(selection.scope)
    return lambda one: bool(one.snapshot) and one.lies_at == listed


def _by_filters(selection: Selection) -> Callable[[StoredReference], bool]:
    store = ResourceId.parse(selection.scope)
    try:
        wanted = Wanted(
            keys=parse_filter(selection.keys),
            labels=parse_filter(selection.labels),
            tags=tuple(map(parse_tag_filter, selection.tags)),
        )
    except FilterError:
        return lambda one: False

    def is_meant(one: StoredReference) -> bool:
        named = one.store == store and wanted.names(Name(one.key, one.label or None))
        return named and not one.snapshot and _has_tags(wanted.tags, one)

    return is_meant


def _has_tags(tags: Iterable[TagFilter], one: StoredReference) -> bool:
    own = dict(one.tags)
    return all(own.get(tag.name, _ABSENT) == tag.value for tag in tags)
