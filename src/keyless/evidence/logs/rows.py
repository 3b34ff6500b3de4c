"""The query that reads rows of any category out of files and says of each what the import needs to know.

Rules:
- one pass over the files: what category a row is of, then that category's fields, then its columns;
- the SQL is made of constants alone: those of the categories, and names that this package gives. What the
  files are called is a parameter, and what is in them is data;
- texts are cut off at a length that no real one has; ``keyless.evidence.logs.meaning`` looks whether they are
  what they should be, once for each that there is;
- ``kind`` is the number of the category; ``UNKNOWN`` where none fits, ``MALFORMED`` where there is no row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import fields
from functools import cached_property
from typing import TypeVar

from keyless.evidence.logs.category import NOTHING, Category, Columns
from keyless.evidence.logs.places import NO_TEXT, Place, insides, quoted
from keyless.evidence.logs.sources import Source

MALFORMED = -1
UNKNOWN = -2

STAGED = """
CREATE TABLE staged (
    kind TINYINT, log VARCHAR, who VARCHAR, operation VARCHAR, action VARCHAR, scope VARCHAR, outcome VARCHAR,
    person BOOLEAN, first BIGINT, last BIGINT, number BIGINT, event UBIGINT, call UBIGINT, final BOOLEAN,
    by_what VARCHAR, error VARCHAR)
"""
OBJECT_ID, INDIRECT, KEY_HOLDER = "o:", "i:", "k:"
"""How ``who`` begins: with an object id; a client id and a resource id; the name of a key's holder."""
BETWEEN = "\x1f"
"""What stands between the two ids of one who is named indirectly."""

LONGEST_SCOPE = 2048
LONGEST_NAME = 300
HEADS = ("Type", "category.value", "category", "Category", "resourceId", "_ResourceId", "ResourceId")
_HEADED = """lower(h[1]) AS type, lower(coalesce(h[2], h[3], h[4])) AS named,
    lower(coalesce(h[5], h[6], h[7])) AS resource, coalesce(h[2], h[3], h[4], h[1], '') AS called"""
_PORTAL_TIMES = ("%m/%d/%Y, %I:%M:%S.%g %p", "%m/%d/%Y, %I:%M:%S %p", "%m/%d/%Y %I:%M:%S %p")
_MOST = 1_000_000_000_000


def kinds_query(source: Source, categories: Sequence[Category]) -> str:
    """Which categories there are in the files that are its one parameter."""
    heads = source.texts([source.reach(Place.parse(head)) for head in HEADS])
    return f"""
        WITH heads AS (SELECT *, {heads} AS h FROM {source.relation}),
             headed AS (SELECT *, {_HEADED} FROM heads)
        SELECT DISTINCT {_kind(source, categories)} FROM headed
    """  # noqa: S608  # all of it is ours: see above


def insert_query(
    source: Source, categories: Sequence[Category], present: Collection[int] | None = None
) -> str:
    """An INSERT into ``staged`` of every row of the files that are its one parameter.

    ``present`` are the numbers of the categories that are in them, where that is known: a shorter statement.
    """
    heads = source.texts([source.reach(Place.parse(head)) for head in HEADS])
    readings = [
        _Reading(source, one) if present is None or number in present else None
        for number, one in enumerate(categories)
    ]
    number = "try_cast(try_cast(c_count AS DOUBLE) AS BIGINT)"
    return f"""
        INSERT INTO staged
        WITH heads AS (SELECT *, {heads} AS h FROM {source.relation}),
             headed AS (SELECT *, {_HEADED} FROM heads),
             kinds AS (SELECT *, {_kind(source, categories)} AS kind FROM headed),
             outer_ AS (SELECT kind, called, {_by_kind(readings, _Reading.outer, "[]")} AS e FROM kinds),
             filled AS (SELECT kind, called, hash(e) AS whole, {_filled("e")} AS e FROM outer_),
             inner_ AS (SELECT *, {_by_kind(readings, _Reading.inner, "[][]")} AS f FROM filled),
             each_ AS (SELECT * REPLACE (list_transform(f, lambda one: {_filled("one")}) AS f) FROM inner_),
             told AS (SELECT kind, called, whole, {_columns(readings)} FROM each_)
        SELECT kind, {_log(categories)}, {_who()}, {_short("c_operation")}, {_short("c_action")},
               coalesce(left(split_part(c_scope, '?', 1), {LONGEST_SCOPE + 1}), ''), coalesce(c_outcome, ''),
               coalesce(CAST(c_person AS BOOLEAN), false), {_seconds("c_time")}, {_seconds("c_until")},
               greatest(least(coalesce({number}, 1), {_MOST}), 1),
               CASE WHEN kind < 0 THEN NULL WHEN c_event IS NULL THEN hash(kind, whole) ELSE hash(kind,
               c_event) END, CASE WHEN c_call IS NOT NULL THEN hash(kind, c_call) END,
               coalesce(CAST(c_final AS BOOLEAN), true), {_short("c_by")}, {_short("c_error")}
        FROM told
    """  # noqa: S608  # all of it is ours: see above


def _kind(source: Source, categories: Sequence[Category]) -> str:
    """The number of a row's category: by the table, by what it says itself, by its columns."""
    by_marks = "".join(
        f" WHEN {_all_there(source, one.marks)} THEN {number}"
        for number, one in enumerate(categories)
        if one.marks
    )
    marked = f"CASE{by_marks} ELSE {UNKNOWN} END" if by_marks else str(UNKNOWN)
    named = f"{_named('type', categories)}, {_named('named', categories)}"
    return (
        f"CAST(CASE WHEN {source.malformed} THEN {MALFORMED} ELSE coalesce({named}, {marked}) END AS TINYINT)"
    )


def _all_there(source: Source, marks: Sequence[str]) -> str:
    return " AND ".join(f"{source.text(Place((mark,)))} IS NOT NULL" for mark in marks)


def _named(name: str, categories: Sequence[Category]) -> str:
    """The number of the category that a name stands for, where the resource is one of its provider's."""
    cases = "".join(
        f" WHEN {name} IN ({_listed(one.names)}){_of_provider(one)} THEN {number}"
        for number, one in enumerate(categories)
    )
    return f"CASE{cases} END"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, sorted(names)))


def _of_provider(category: Category) -> str:
    if not category.provider:
        return ""
    return f" AND coalesce(contains(resource, {quoted(f'/{category.provider}/')}), true)"


class _Reading:
    """How one category's rows are read from one source: a list ``e`` of what stands at its places, and a list
    ``f`` of lists of what stands inside those that are JSON themselves, each parsed once."""

    def __init__(self, source: Source, category: Category) -> None:
        self.category = category
        self._source = source
        self._places = {
            name: [source.reach(Place.parse(text)) for text in texts]
            for name, texts in category.fields.items()
        }
        every = [place for places in self._places.values() for place in places]
        self._outer = list(dict.fromkeys(place.keys for place in every))
        self._inner: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for place in every:
            if place.inside and place.inside not in self._inner.setdefault(place.keys, []):
                self._inner[place.keys].append(place.inside)

    def outer(self) -> str:
        """The list ``e``."""
        return self._source.texts([Place(keys) for keys in self._outer])

    def inner(self) -> str:
        """The list ``f``."""
        lists = (insides(self._element(keys), inner) for keys, inner in self._inner.items())
        return f"[{', '.join(lists)}]" if self._inner else NOTHING

    def column(self, name: str) -> str:
        """The SQL of one of the category's columns."""
        told: str = getattr(self.category.columns, name)
        return told.format_map(self._texts)

    @cached_property
    def _texts(self) -> dict[str, str]:
        """The SQL of each field: the first of its places where something stands."""
        return {
            name: _first(self._text(place) for place in places if self._source.has(place))
            for name, places in self._places.items()
        }

    def _text(self, place: Place) -> str:
        if not place.inside:
            return self._element(place.keys)
        at = list(self._inner).index(place.keys)
        return f"f[{at + 1}][{self._inner[place.keys].index(place.inside) + 1}]"

    def _element(self, keys: tuple[str, ...]) -> str:
        return f"e[{self._outer.index(keys) + 1}]"


def _first(texts: Iterable[str]) -> str:
    """The first that is there, of those that are not the same."""
    return f"coalesce({', '.join([*dict.fromkeys(texts)] or [NO_TEXT])})"


def _filled(texts: str) -> str:
    """A list of texts with NULL for each that is empty: few lists have such, and are made anew."""
    made = f"list_transform({texts}, lambda text: nullif(text, ''))"
    return f"CASE WHEN list_contains({texts}, '') THEN {made} ELSE {texts} END"


_COLUMNS = tuple(one.name for one in fields(Columns))


def _columns(readings: Sequence[_Reading | None]) -> str:
    """Every column, as the row's own category has it."""

    def column(name: str) -> str:
        return _by_kind(readings, lambda one: one.column(name))

    return ", ".join(f"{column(name)} AS c_{name}" for name in _COLUMNS)


R = TypeVar("R")


def _by_kind(each: Sequence[R | None], told: Callable[[R], str], lists: str = "") -> str:
    """What each category has of its own rows; NULL for other rows. ``lists`` is `[]` where it is a list."""
    there = [(number, told(one)) for number, one in enumerate(each) if one is not None]
    cases = [(number, sql) for number, sql in there if sql != NOTHING]
    if not cases:
        return f"CAST(NULL AS VARCHAR{lists})"
    return f"CASE kind{''.join(f' WHEN {number} THEN ({sql})' for number, sql in cases)} END"


def _log(categories: Sequence[Category]) -> str:
    """What the category is called; of one that is not known, as it calls itself."""
    own = _by_kind(categories, lambda one: quoted(one.name))
    return f"coalesce(nullif({_short('c_log')}, ''), {own}, {_short('called')})"


def _who() -> str:
    indirect = f"'{INDIRECT}' || coalesce(c_app, '') || '{BETWEEN}' || coalesce(lower(c_identity), '')"
    return (
        f"CASE WHEN c_caller IS NOT NULL THEN '{OBJECT_ID}' || lower({_short('c_caller')}) "
        f"WHEN c_app IS NOT NULL OR c_identity IS NOT NULL THEN left({indirect}, {LONGEST_SCOPE}) "
        f"WHEN c_key IS NOT NULL THEN '{KEY_HOLDER}' || {_short('c_key')} ELSE '' END"
    )


def _short(text: str) -> str:
    return f"coalesce(left({text}, {LONGEST_NAME + 1}), '')"


def _seconds(time: str) -> str:
    """Seconds since the epoch of a time written as text; NULL for what is none (`infinity`, for one)."""
    formats = ", ".join(map(quoted, _PORTAL_TIMES))
    return (
        f"CASE WHEN {time} < ':' THEN coalesce(epoch_ms(try_cast({time} AS TIMESTAMPTZ)), "
        f"epoch_ms(try_strptime({time}, [{formats}]))) // 1000 END"
    )
