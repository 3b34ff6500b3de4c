"""Conditions, held against the sentences of RFC 9110; and lists, held against sorting and slicing."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.planes.appconfig.conditions import ANY, UNCONDITIONAL, Conditions, Verdict, conditions_of
from keyless.planes.appconfig.etags import page_etag, quoted
from keyless.planes.appconfig.filters import escape, parse_filter
from keyless.planes.appconfig.key_values.listing import Wanted
from keyless.planes.appconfig.key_values.records import Name, places_before, revision_place
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.planes.appconfig.moments import http_date, iso_time, parse_moment
from keyless.planes.appconfig.paging import NotAToken, decode_token, encode_token
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.wire.request import HeaderMap

ETAGS = st.text(alphabet="abc-_", min_size=1, max_size=3)
TAGS = st.one_of(st.just(ANY), st.lists(ETAGS, min_size=1, max_size=3))
STATES = st.one_of(st.none(), ETAGS)


def _header(tags: str | list[str], *, weak: bool) -> str:
    if isinstance(tags, str):
        return tags
    return ", ".join(("W/" if weak else "") + quoted(tag) for tag in tags)


def _listed(tags: str | list[str], etag: str | None) -> bool:
    return etag is not None and (tags == ANY or etag in tags)


@given(st.one_of(st.none(), TAGS), st.one_of(st.none(), TAGS), STATES, st.booleans(), st.booleans())
def test_a_write_goes_on_where_each_header_that_was_sent_holds(
    match: str | list[str] | None,
    none_match: str | list[str] | None,
    etag: str | None,
    weak: bool,
    of_page: bool,
) -> None:
    headers = {
        name: _header(tags, weak=weak)
        for name, tags in (("if-match", match), ("if-none-match", none_match))
        if tags is not None
    }
    conditions = conditions_of(HeaderMap(headers), of_page=of_page)
    holds = (match is None or _listed(match, etag)) and not (
        none_match is not None and _listed(none_match, etag)
    )
    assert conditions.allow_write(etag) is holds


@given(st.one_of(st.none(), TAGS), st.one_of(st.none(), TAGS), ETAGS)
def test_a_read_is_refused_before_it_is_spared(
    match: str | list[str] | None, none_match: str | list[str] | None, etag: str
) -> None:
    conditions = Conditions(
        None if match is None else frozenset(match), None if none_match is None else frozenset(none_match)
    )
    verdict = conditions.verdict(etag)
    if match is not None and not _listed(match, etag):
        assert verdict is Verdict.FAILED
    elif none_match is not None and _listed(none_match, etag):
        assert verdict is Verdict.NOT_MODIFIED
    else:
        assert verdict is Verdict.SEND
    assert conditions.allow_write(etag) is (verdict is Verdict.SEND)


@given(STATES)
def test_without_a_condition_everything_holds(etag: str | None) -> None:
    assert conditions_of(HeaderMap({})) is UNCONDITIONAL
    assert UNCONDITIONAL.allow_write(etag)


@given(st.lists(ETAGS, max_size=4), st.lists(ETAGS, max_size=4))
def test_pages_have_one_etag_exactly_where_they_hold_the_same(one: list[str], other: list[str]) -> None:
    assert (page_etag(one) == page_etag(other)) is (one == other)


@given(st.lists(st.text(max_size=8), max_size=4).map(tuple))
def test_a_place_survives_being_a_token(place: tuple[str, ...]) -> None:
    token = encode_token(place)
    assert decode_token(token, len(place)) == place
    assert all(character.isascii() and (character.isalnum() or character in "-_") for character in token)


@given(st.text(max_size=20))
def test_any_other_text_is_no_token(text: str) -> None:
    try:
        place = decode_token(text, 2)
    except NotAToken:
        return
    assert len(place) == 2


@given(st.integers(0, 4_000_000_000))
def test_times_survive_both_ways_of_writing_them(at: int) -> None:
    assert parse_moment(http_date(at)) == at
    assert parse_moment(iso_time(at)) == at
    assert parse_moment(iso_time(at).replace("T", " ").removesuffix("+00:00")) == at


@given(st.lists(st.integers(1_000_000_000, 1_000_000_005), min_size=1, max_size=20), st.integers(0, 6))
def test_later_revisions_sort_first_whatever_the_clock_does(times: list[int], offset: int) -> None:
    places: list[str] = []
    for at in times:
        places.append(revision_place(at, places[-1] if places else None))
    assert places == sorted(places, reverse=True)
    assert len(set(places)) == len(places)
    horizon = 1_000_000_000 + offset
    if times == sorted(times):
        behind = [at for at, place in zip(times, places, strict=True) if place > places_before(horizon)]
        assert behind == [at for at in times if at < horizon]


KEYS = st.text(alphabet="ab:*,é🎈", min_size=1, max_size=3)
LABELS = st.one_of(st.none(), KEYS)
KEY_FILTERS = st.one_of(
    st.just(""),
    KEYS.map(lambda text: escape(text) + "*"),
    st.lists(KEYS, min_size=1, max_size=3).map(lambda keys: ",".join(escape(key) for key in keys)),
)


@settings(max_examples=40)
@given(st.sets(st.tuples(KEYS, LABELS), max_size=30), KEY_FILTERS, KEY_FILTERS)
def test_lists_are_the_matching_names_in_order_now_and_in_the_past(
    names: set[tuple[str, str | None]], keys: str, labels: str
) -> None:
    key_filter, label_filter = parse_filter(keys), parse_filter(labels)
    expected = sorted(
        (Name(*name) for name in names if key_filter.matches(name[0]) and label_filter.matches(name[1])),
        key=lambda name: (name.key.encode(), (name.label or "").encode()),
    )
    for at in (None, 1_000.0):
        listed = asyncio.run(_list(names, Wanted(key_filter, label_filter, at=at)))
        assert listed == expected


async def _list(names: set[tuple[str, str | None]], wanted: Wanted) -> list[Name]:
    with tempfile.TemporaryDirectory() as directory:
        store = SqliteStore(Path(directory) / "store.db", RootKey(bytes(32), "the test"))
        try:
            service = KeyValues(store)
            for name in names:
                await service.set("s", Name(*name), Content("1"), 1_000)
                await service.set("s", Name(*name), Content("2"), 2_000)
            page = await service.page("s", wanted)
            value = "2" if wanted.at is None else "1"
            assert all(record.value == value for record in page.items)
            return [Name(record.key, record.label) for record in page.items]
        finally:
            store.close()
