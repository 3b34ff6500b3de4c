"""What is written of a store into a file of any format comes back as it was, or was told to be left out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.deploy.sources import Choice
from keyless.deploy.stores.formats import Format
from keyless.deploy.stores.found import Form
from keyless.deploy.stores.nested import NotWritable
from keyless.deploy.stores.read import File, read_file
from keyless.deploy.stores.written import Wanted, Written, written
from keyless.estate.key_values import FLAG_PREFIX, FLAG_TYPE
from keyless.planes.appconfig.key_values.arrivals import Arrival
from keyless.planes.appconfig.key_values.records import KeyValue, Name

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
NAMES = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="%"), min_size=1, max_size=12
).filter(lambda name: name not in {".", ".."} and not name.startswith(FLAG_PREFIX))
PARTS = st.sampled_from(["a", "b", "0", "1", "01", "x__y", "A_B", "feature_management", "", "<<", "é", "1.5"])
KEYS = st.one_of(NAMES, st.lists(PARTS, min_size=1, max_size=4).map(":".join)).filter(bool)
SCALARS: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers(-9, 9) | TEXT
AWKWARD = ["true", "null", "25", "2024-01-31", "'", "\"'\\", "'${A}'", "${A}", " a ", "a #b", "~", "é\u2028"]
VALUES = TEXT | st.sampled_from(AWKWARD)
TAGS = st.dictionaries(NAMES.filter(lambda name: bool(name.strip())), st.none() | NAMES, max_size=2)
FLAGS = st.fixed_dictionaries(
    {"enabled": st.booleans()},
    optional={
        "description": TEXT,
        "conditions": st.fixed_dictionaries(
            {},
            optional={
                "client_filters": st.lists(
                    st.fixed_dictionaries(
                        {"name": st.sampled_from(["Microsoft.Targeting", "AlwaysOn", "Own"])},
                        optional={"parameters": st.dictionaries(TEXT, SCALARS, min_size=1, max_size=2)},
                    ),
                    max_size=2,
                ),
                "requirement_type": st.sampled_from(["Any", "All"]),
            },
        ),
        "telemetry": st.just({"enabled": True}),
    },
)


def setting(key: str, value: str | None, **more: Any) -> KeyValue:
    return KeyValue(key, value, "e", 1, **more)


def flag(name: str, said: dict[str, Any]) -> KeyValue:
    return setting(FLAG_PREFIX + name, json.dumps({"id": name, **said}), content_type=FLAG_TYPE)


FLAG_NAMES = NAMES.filter(lambda name: ":" not in name) | st.just("feature_flags")
PLAIN = st.dictionaries(KEYS, VALUES | st.none(), max_size=6).map(
    lambda given: [setting(key, value) for key, value in given.items()]
)
FLAGGED = st.dictionaries(FLAG_NAMES, FLAGS, max_size=3).map(
    lambda given: [flag(name, said) for name, said in given.items()]
)
WHOLE = st.lists(
    st.builds(
        setting,
        KEYS,
        VALUES | st.none(),
        label=st.none() | NAMES,
        content_type=st.none() | st.sampled_from(["", "application/json", "text/plain"]),
        tags=TAGS,
        description=st.none() | TEXT,
        locked=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda one: (one.key, one.label),
)


def back(file: Written, format_: Format, separator: str) -> list[Arrival]:
    found = read_file(File("f", file.text.encode(), format_), Form(separator=separator), Choice())
    assert (found.left, found.clashes) == ([], [])
    return found.arrivals


@given(WHOLE)
def test_a_set_of_key_values_comes_back_whole(key_values: list[KeyValue]) -> None:
    file = written(key_values, Wanted(Format.KVSET))
    assert (file.left, file.lost, file.other_labels) == ([], [], [])
    for one, came in zip(key_values, back(file, Format.KVSET, ""), strict=True):
        content = came.content
        assert came.name == Name(one.key, one.label)
        assert (content.value, content.content_type, content.tags) == (one.value, one.content_type, one.tags)
        assert (content.description, came.locked) == (one.description, one.locked)


@pytest.mark.parametrize("separator", ["", ":"])
@pytest.mark.parametrize("format_", [one for one in Format if one is not Format.KVSET])
@given(plain=PLAIN, flagged=FLAGGED, spelling=st.sampled_from([None, "pascal", "underscore", "hyphen"]))
def test_what_a_format_holds_comes_back_and_the_rest_is_told(
    format_: Format, separator: str, plain: list[KeyValue], flagged: list[KeyValue], spelling: str | None
) -> None:
    try:
        file = written([*plain, *flagged], Wanted(format_, separator=separator, spelling=spelling))
    except NotWritable:
        keys = [f"{one.key}:" for one in plain]
        assert any(one != other and other.startswith(one) for one in keys for other in keys)
        return
    told = {one.what for one in file.left}
    assert [one.key for one in [*plain, *flagged] if one.key not in told] == [one.key for one in file.held]
    came = {one.name.key: _meant(one.name.key, one.content.value) for one in back(file, format_, separator)}
    assert came == {one.key: _meant(one.key, one.value) for one in file.held}
    if format_ not in {Format.PROPERTIES, Format.ENV}:
        assert told <= {one.key for one in plain if one.value is None or "feature_management" in one.key}


def _meant(key: str, value: str | None) -> object:
    """A setting's text; a flag as what it says, with what need not be said."""
    if not key.startswith(FLAG_PREFIX):
        return value
    said = json.loads(value or "")
    conditions = {"client_filters": []} | said.pop("conditions", {})
    return {name: one for name, one in said.items() if one != ""} | {"conditions": conditions}


@given(WHOLE)
def test_what_a_plain_format_loses_is_told(key_values: list[KeyValue]) -> None:
    file = written(key_values, Wanted(Format.PROPERTIES))
    unlabelled = [one for one in key_values if one.label is None and one.value is not None]
    assert [one.key for one in file.held] == [one.key for one in unlabelled]
    assert set(file.other_labels) == {one.label for one in key_values if one.label is not None}
    lost = {name.key: what for name, what in file.lost}
    for one in unlabelled:
        said = lost.get(one.key, [])
        assert ("tags" in said, "lock" in said) == (bool(one.tags), one.locked)
        assert ("content type" in said) == bool(one.content_type)
