"""What a snapshot may be called and made of, and how long it stays once it is archived.

Rules:
- a name has 1 to 256 characters, and no control characters among them; so have its tags up to 256 each;
- there are one to three filters, each with a key. Composed by `key`, a filter names at most one label;
- it is kept for an hour at least after it was archived, and for as long at most as the store's tier allows.

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-snapshot#create-snapshot
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from keyless.catalog.limits import AppConfigurationTier, limits
from keyless.planes.appconfig.asked import filter_problem
from keyless.planes.appconfig.filters import NO_LABEL, FilterError
from keyless.planes.appconfig.snapshots.composition import wanted
from keyless.planes.appconfig.snapshots.records import KEY, KEY_LABEL, Filter
from keyless.wire.errors import InvalidRequest

_MOST_FILTERS = 3
_MOST_TAGS = 5
_LONGEST = 256
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class NewSnapshot:
    """A snapshot as it is asked for; no ``retention_s`` means what its store's tier gives."""

    name: str
    filters: tuple[Filter, ...]
    composition: str = KEY
    retention_s: int | None = None
    tags: Mapping[str, str | None] = field(default_factory=dict)
    description: str | None = None


def check(new: NewSnapshot, tier: AppConfigurationTier) -> None:
    """Refuse what no snapshot can be.

    Raises:
        InvalidRequest: the name, a filter, a tag, the composition or the retention is none.
    """
    check_name(new.name)
    if new.composition not in {KEY, KEY_LABEL}:
        raise InvalidRequest(f"a snapshot is composed by `{KEY}` or `{KEY_LABEL}`", field="composition_type")
    if not 1 <= len(new.filters) <= _MOST_FILTERS:
        raise InvalidRequest(f"a snapshot has one to {_MOST_FILTERS} filters", field="filters")
    for number, one in enumerate(new.filters):
        _check_filter(one, f"filters[{number}]", new.composition)
    _check_tags(new.tags)
    _check_retention(new.retention_s, tier)


def check_name(name: str) -> None:
    """Refuse what no snapshot can be called.

    Raises:
        InvalidRequest: it is too long, or has control characters.
    """
    if not _fits(name):
        raise InvalidRequest(
            f"the name of a snapshot has at most {_LONGEST} characters, and no control characters",
            field="name",
        )


def _check_filter(one: Filter, told_as: str, composition: str) -> None:
    label = None if one.label == NO_LABEL else one.label
    if not _fits(one.key):
        raise InvalidRequest(f"a key filter has at most {_LONGEST} characters", field=f"{told_as}.key")
    if label is not None and not _fits(label):
        raise InvalidRequest(f"a label filter has at most {_LONGEST} characters", field=f"{told_as}.label")
    if len(one.tags) > _MOST_TAGS or not all(len(tag) <= 2 * _LONGEST + 1 for tag in one.tags):
        raise InvalidRequest(f"a filter has at most {_MOST_TAGS} tags", field=f"{told_as}.tags")
    labels = _parsed(one, told_as)
    if composition == KEY and (labels is None or len(labels) > 1):
        raise InvalidRequest(
            "composed by `key`, a snapshot has a key once: name one label, or compose by `key_label`",
            field=f"{told_as}.label",
        )


def _parsed(one: Filter, told_as: str) -> frozenset[str | None] | None:
    """The labels that a filter names; none where it means all that begin with a text."""
    parts = {"key": Filter(one.key), "label": Filter("", one.label), "tags": Filter("", None, one.tags)}
    for part, alone in parts.items():
        try:
            wanted(alone)
        except FilterError as error:
            raise filter_problem(f"{told_as}.{part}", error) from error
    return wanted(one).labels.values


def _check_tags(tags: Mapping[str, str | None]) -> None:
    for name, value in tags.items():
        if not _fits(name) or not _fits(value or ""):
            raise InvalidRequest(
                f"a tag's name and value have at most {_LONGEST} characters each, and no control characters",
                field="tags",
            )


def _check_retention(retention_s: int | None, tier: AppConfigurationTier) -> None:
    least, most = limits().app_configuration.shortest_retention_s, tier.snapshot_retention_max_s
    if retention_s is not None and not least <= retention_s <= most:
        raise InvalidRequest(
            f"in this store's tier an archived snapshot is kept for {least} to {most} seconds",
            field="retention_period",
        )


def _fits(text: str) -> bool:
    return len(text) <= _LONGEST and not _CONTROL.search(text)
