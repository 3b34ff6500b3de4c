"""Files as sources of settings: what each format gives, and what it leaves out."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from keyless.deploy.sources import Choice, NotASource
from keyless.deploy.stores.found import Form, FoundSettings
from keyless.deploy.stores.read import File, Format, read_file
from keyless.planes.appconfig.key_values.records import Name

ALL = Choice()


def read(
    text: str, name: str = "settings.json", form: Form | None = None, choice: Choice = ALL, **more: Format
) -> FoundSettings:
    return read_file(File(name, text.encode(), more.get("format")), form or Form(), choice)


def values(found: FoundSettings) -> dict[str, str | None]:
    return {one.name.key: one.content.value for one in found.arrivals}


NESTED = {"Title": "Orders", "Page": {"Size": 25, "Wide": True, "Of": None}, "Hosts": ["a", {"b": 1.5}]}


def test_without_a_separator_what_is_nested_becomes_json() -> None:
    assert values(read(json.dumps(NESTED))) == {
        "Title": "Orders",
        "Page": '{"Size": 25, "Wide": true, "Of": null}',
        "Hosts": '["a", {"b": 1.5}]',
    }


def test_with_a_separator_every_value_gets_a_key_of_its_own() -> None:
    assert values(read(json.dumps(NESTED), form=Form(separator=":"))) == {
        "Title": "Orders",
        "Page:Size": "25",
        "Page:Wide": "true",
        "Page:Of": "null",
        "Hosts:0": "a",
        "Hosts:1:b": "1.5",
    }


def test_what_is_deeper_than_was_asked_for_becomes_json() -> None:
    found = read(json.dumps(NESTED), form=Form(separator="/", depth=2))
    assert values(found)["Hosts/1"] == '{"b": 1}'.replace("1}", "1.5}")
    assert values(found)["Page/Size"] == "25"


def test_with_a_content_type_of_json_texts_are_quoted_and_lists_stay_whole() -> None:
    form = Form(separator=":", content_type="application/json;charset=utf-8")
    found = read(json.dumps(NESTED | {"Empty": {}}), form=form)
    assert values(found) == {
        "Title": '"Orders"',
        "Page:Size": "25",
        "Page:Wide": "true",
        "Page:Of": "null",
        "Hosts": '["a", {"b": 1.5}]',
        "Empty": "{}",
    }
    assert {one.content.content_type for one in found.arrivals} == {form.content_type}


def test_appsettings_may_have_comments_and_their_keys_the_parts_of_dotnet() -> None:
    text = '// of production\n{"ConnectionStrings": {"Default": "Server=//x"}, /* "no": 1, */ "L": [1, 2,],}'
    assert values(read(text, "appsettings.Production.json")) == {
        "ConnectionStrings:Default": "Server=//x",
        "L:0": "1",
        "L:1": "2",
    }


def test_yaml_gives_what_json_would_and_dates_as_they_are_written() -> None:
    text = "Title: Orders\nPage: &page {Size: 25, On: yes}\nOther: *page\nSince: 2024-01-31\n1: one\n"
    assert values(read(text, "settings.yaml", Form(separator="."))) == {
        "Title": "Orders",
        "Page.Size": "25",
        "Page.On": "true",
        "Other.Size": "25",
        "Other.On": "true",
        "Since": "2024-01-31",
        "1": "one",
    }
    assert values(read("base: &b {x: 1, y: 1}\nown: {<<: *b, y: 2}\n", "x.yml", Form(separator=":"))) == {
        "base:x": "1",
        "base:y": "1",
        "own:x": "1",
        "own:y": "2",
    }


def test_documents_of_one_file_are_one_and_lose_nothing() -> None:
    text = "server: {port: 80, path: /}\n---\nserver: {name: {a: 1}}\n---\nserver: {name: {b: 2}}\nx: 1\n"
    assert values(read(text, "application.yml", Form(separator="."))) == {
        "server.port": "80",
        "server.path": "/",
        "server.name.a": "1",
        "server.name.b": "2",
        "x": "1",
    }


def test_what_is_merged_may_itself_have_been_merged_before() -> None:
    text = "a: &a {x: 1}\nn: {deep: &b {<<: *a, x: 2}}\nc: {<<: *b}\n"
    assert values(read(text, "x.yml", Form(separator=":"))) == {"a:x": "1", "n:deep:x": "2", "c:x": "2"}


def test_a_mistake_is_told_by_its_line_behind_comments_of_several() -> None:
    with pytest.raises(NotASource, match="on line 4"):
        read('{/* one\ntwo\n*/ "a": 1,\n"b": }')


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "' + '\\"' * 200_000,
        '{"a": 1, ' + "/*" * 200_000,
        "{" + ",".join(f'"k{number}": 1' for number in range(100_000)) + ', "k99999": 2}',
    ],
    ids=["text", "comment", "name"],
)
def test_what_has_no_end_is_refused_in_a_time_that_grows_with_it_alone(text: str) -> None:
    with pytest.raises(NotASource):
        read(text)


def test_properties_are_read_as_java_reads_them() -> None:
    text = "# no\ntitle = Two \\\n  words\nkey\\:with: caf\\u00e9\nempty\n"
    assert values(read(text, "app.properties")) == {"title": "Two words", "key:with": "café", "empty": ""}
    assert values(read("a=1\nlast=x\\\n", "app.properties")) == {"a": "1", "last": "x"}


def test_variables_keep_their_names_and_with_a_separator_two_underscores_stand_for_it() -> None:
    text = "Orders__Title='as $it stands'\nEMPTY=\nURL=http://${HOST}/\n"
    found = read(text, ".env")
    assert values(found) == {"Orders__Title": "as $it stands", "EMPTY": ""}
    assert found.left[0].what == "URL"
    assert "refers to another name" in found.left[0].why
    assert "Orders:Title" in values(read(text, ".env.local", Form(separator=":")))


KVSET = {
    "items": [
        {"key": "a", "value": "1", "label": "dev", "content_type": "text/plain", "tags": {"t": "x"}},
        {"key": "a", "value": None, "label": None, "content_type": "", "tags": {}, "etag": "e"},
        {"key": "b", "value": "2", "description": "of b", "locked": True},
    ]
}


def test_a_set_of_key_values_says_everything_of_each() -> None:
    found = read(json.dumps(KVSET))
    assert found.has_labels
    by_name = {one.name: one for one in found.arrivals}
    first = by_name[Name("a", "dev")]
    assert (first.content.content_type, first.content.tags) == ("text/plain", {"t": "x"})
    assert by_name[Name("a")].content.value is None
    assert (by_name[Name("b")].content.description, by_name[Name("b")].locked) == ("of b", True)


def test_what_is_asked_for_goes_before_what_the_source_says_but_for_content_types() -> None:
    form = Form(label="prod", prefix="app/", tags={"t": "y", "u": "z"}, content_type="text/x")
    found = read(json.dumps({"items": [KVSET["items"][0], KVSET["items"][2]]}), form=form)
    assert [one.name for one in found.arrivals] == [Name("app/a", "prod"), Name("app/b", "prod")]
    assert [one.content.tags for one in found.arrivals] == [{"t": "y", "u": "z"}] * 2
    assert [one.content.content_type for one in found.arrivals] == ["text/plain", "text/x"]


def test_one_name_for_two_contents_is_a_clash_and_for_the_same_is_none() -> None:
    found = read(json.dumps(KVSET), form=Form(label="one"))
    assert found.clashes == ["`a` with the label `one` would be written twice, with different contents"]
    assert read('{"a:b": 1, "a": {"b": 2}}', form=Form(separator=":")).clashes
    assert not read('{"a:b": 1, "a": {"b": 1}}', form=Form(separator=":")).clashes


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a%b": 1}', "not a key"),
        ('{"": 1}', "not a key"),
        ('{"a": "' + "x" * 11_000 + '"}', "together may have 10240"),
        ('{"a": "\\ud800"}', "half of a character"),
        ('{".appconfig.featureflag/x": "{}"}', "are those of feature flags"),
        ('{"items": [{"key": 1, "value": "1"}]}', "expected `str`, got `int` - at `$.key`"),
        ('{"items": [{"key": "k", "value": 1}]}', "expected `str | null`, got `int` - at `$.value`"),
    ],
)
def test_what_no_store_takes_is_left_out(text: str, why: str) -> None:
    found = read(text)
    assert not found.arrivals
    assert why in found.left[0].why


def test_what_is_empty_is_told() -> None:
    found = read('{"a": {"b": [], "c": {}}, "d": 1}', form=Form(separator=":"))
    assert [one.what for one in found.left] == ["a:b", "a:c"]
    assert values(found) == {"d": "1"}


def test_a_value_must_be_what_its_content_type_says() -> None:
    found = read("A=1\nB=x\n", ".env", Form(content_type="application/json"))
    assert values(found) == {"A": "1"}
    assert "it is no JSON" in found.left[0].why


MANY = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "\n".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]" for before, name in pairwise("abcdefg")
)
"""Nine times nine times nine … values, by aliases."""


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("x", "hello", "say `--format`, one of `json`"),
        ("x.json", '{"a": PLANTED}', "it is not JSON: expecting value on line 1"),
        ("x.json", '{"a": "x", "a": "y"}', "`a` stands twice"),
        ("x.json", "3", "no object of names and values"),
        ("x.json", '{"a": NaN}', "`NaN` is no number"),
        ("x.json", '{"a": 1e999}', "of a kind that JSON has not"),
        ("x.json", '{"a": ' + "1" * 5000 + "}", "too long"),
        ("x.json", "[" * 100_000, "nested more than"),
        ("x.json", "[" * 70 + "]" * 70, "nested more than"),
        ("x.yaml", "a: [PLANTED", "it is not YAML: did not find expected"),
        ("x.yaml", "a: 1\na: 2", "`a` stands twice"),
        ("x.yaml", "? [a]\n: 1", "a key is no text"),
        ("x.yaml", "a: !!python/name:x ''", "it is not YAML"),
        ("x.yaml", "a: !!binary aGk=", "of a kind that JSON has not"),
        ("x.yaml", "a: &x [*x]", "nested more than"),
        ("x.yaml", "a: \x07", "not allowed there"),
        ("x.yaml", "[" * 80 + "]" * 80, "nested more than"),
        ("x.yaml", "a: 1\n---\n- 1\n", "not all mappings"),
        ("x.yaml", "a: {b: 1}\n---\na: {b: PLANTED}\n", "`a.b` stands in several of its documents"),
        ("x.yaml", "a: 1\nb: !!int PLANTED\n", "the value on line 2 is not of its type"),
        ("x.yaml", "a: !!bool PLANTED\n", "the value on line 1 is not of its type"),
        ("x.yaml", "a: !!timestamp PLANTED\n", "the value on line 1 is not of its type"),
        ("x.yaml", "a: " + "1" * 5000, "the value on line 1 is not of its type"),
        ("x.yaml", MANY, "more than 100,000 values"),
        ("x.kv", '{"things": []}', "it has no list of key-values"),
    ],
)
def test_what_is_no_source_is_said_without_a_value(name: str, text: str, why: str) -> None:
    said = {"format": Format.KVSET} if name == "x.kv" else {}
    with pytest.raises(NotASource) as raised:
        read(text, name, **said)
    assert why in str(raised.value)
    assert "PLANTED" not in str(raised.value)


def test_bytes_that_are_no_text_are_no_source() -> None:
    with pytest.raises(NotASource, match="not UTF-8"):
        read_file(File("x.json", b"\xff\xfe"), Form(), ALL)
    assert "…" in repr(File("x.json", b"PLANTED"))


def test_patterns_choose_by_the_key_with_or_without_its_prefix() -> None:
    text = '{"Orders:A": 1, "Orders:B": 2, "Mail:C": 3, "Mail:D%": 4}'
    found = read(text, form=Form(prefix="app/"), choice=Choice(["orders:*"], ["*:b"]))
    assert (values(found), found.left) == ({"app/Orders:A": "1"}, [])
    assert list(values(read(text, form=Form(prefix="app/"), choice=Choice(["app/Mail*"])))) == ["app/Mail:C"]


def test_a_source_speaks_of_its_prefix_and_label_alone() -> None:
    found = read('{"a": 1}', form=Form(prefix="app/", label="dev"), choice=Choice(leave_out=["x*"]))
    flag = Name(".appconfig.featureflag/f", "dev")
    spoken = [Name("app/b", "dev"), Name("app/xb", "dev"), Name("b", "dev"), Name("app/b"), flag]
    assert [found.covers(one) for one in spoken] == [True, False, False, False, False]
    text = '{"feature_management": {"feature_flags": []}}'
    chosen = read(text, form=Form(prefix="app/"), choice=Choice(["beta*"]))
    covered = [chosen.covers(Name(f".appconfig.featureflag/{name}")) for name in ("beta", "app/beta")]
    assert covered == [True, False]
    every = read(json.dumps(KVSET))
    assert every.covers(Name("z", "any"))
    assert every.covers(Name(".appconfig.featureflag/f"))
    assert not read(json.dumps(KVSET), form=Form(label="dev")).covers(Name("z", "any"))
