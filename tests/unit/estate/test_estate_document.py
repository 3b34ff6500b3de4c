"""From bytes to a tree: broken YAML and broken files are each said in one precise problem."""

from __future__ import annotations

from pathlib import Path

import pytest
from estate_texts import estate, only, problems

from keyless.estate import document
from keyless.estate.document import MAX_BYTES, MAX_DEPTH
from keyless.estate.problems import InvalidEstate
from keyless.estate.read import read_estate, read_text
from keyless.estate.reading import MAX_VALUES

BROKEN = {
    "a second value on a line": ("version: 1\n  tenant§: x", "a second value", "indent the keys"),
    "a colon in text": (
        "version: 1\ntenant: a§: b",
        "a second value",
        "put text that contains `: ` in quotes",
    ),
    "a tab": ("version: 1\ntenant:\n§\tname: x", "cannot begin with this character", "spaces, not tabs"),
    "an at sign": ("tenant: §@x", "cannot begin with this character", "`@`, `%` or a backtick"),
    "an alias of nothing": ("tenant: §*x", "an alias (`*name`) that nothing", "begins with `*` in quotes"),
    "an anchor twice": ("tenant: &x a\nsubscription: §&x b", "already taken", "begins with `&` in quotes"),
    "two documents": ("version: 1\n§---\nversion: 1", "a second document begins here", "take out the `---`"),
    "an open quote": ("tenant: §'x\nversion: 1\n", "never closed", "close it"),
    "an open list": ("tenant: §[x\nversion: 1\n", "is not closed", "`]`"),
    "an open mapping": ("tenant: §{x: y\nversion: 1\n", "is not closed", "`}`"),
    "an unknown escape": ('tenant: §"a\\q"', "an unknown escape", "single quotes"),
    "a key without a colon": ("version: 1\ntenant x\n§", "a key without its `:`", "`key: value`"),
    "a list that goes on otherwise": ("- a\n§b: 1", "goes on with something", "begin each item"),
    "ragged indentation": ("a:\n    b: 1\n§  c: 2", "not indented like the lines", "alike, with spaces"),
    "a bad directive": ("%FOO§ x\n---\na: 1", "this is not YAML", "check the quotes"),
    "a control character": ('tenant: "a§\x07"', "a control character", "escape"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_yaml_is_said_where_it_broke(case: str) -> None:
    marked, message, hint = BROKEN[case]
    before = marked.partition("§")[0].split("\n")
    problem = only(marked.replace("§", ""))
    assert message in problem.message
    assert hint in problem.hint
    assert problem.line == len(before)


@pytest.mark.parametrize("case", BROKEN)
def test_the_parser_in_python_says_broken_yaml_too(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_Loader", document.yaml.SafeLoader)
    if case != "a bad directive":  # which only libyaml minds: without it, the file is refused for its keys
        assert problems(BROKEN[case][0].replace("§", ""))


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "---\n"])
def test_an_empty_file_is_told_of_the_starter(text: str) -> None:
    problem = only(text)
    assert "empty" in problem.message or "nothing" in problem.message


def test_text_that_is_not_unicode_is_refused() -> None:
    assert only("tenant: \ud800").line == 1


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "[{a: ", "? "])
def test_deep_nesting_is_refused_and_crashes_nothing(opening: str) -> None:
    assert f"nested more than {MAX_DEPTH} levels" in only(opening * 200_000).message


def test_a_short_file_cannot_stand_for_a_huge_one() -> None:
    lines = ["version: 1", "x-0: &a0 {value: x}"]
    secrets = ", ".join(f"s{number}: *a0" for number in range(70))
    vaults = ", ".join(f"vault-{number}: *v" for number in range(70))
    groups = ", ".join(f"g{number}: *g" for number in range(70))
    lines += [f"x-v: &v {{secrets: {{{secrets}}}}}", f"x-g: &g {{vaults: {{{vaults}}}}}"]
    problem = problems("\n".join([*lines, f"resourceGroups: {{{groups}}}"]))[-1]
    assert f"more than {MAX_VALUES:,} values" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "&a [*a]",
        "&a {version: *a}",
        "version: 1\nresourceGroups: &a {rg: *a}",
        "version: 1\nx-a: &a {<<: *a}\n<<: *a",
        "version: 1\n<<: &a [*a]",
    ],
)
def test_a_file_that_holds_itself_is_refused(text: str) -> None:
    assert problems(text)


def test_a_merge_of_what_merges_itself_ends() -> None:
    nested = "{a: b}"
    for _ in range(12):
        nested = f"{{<<: {nested}}}"
    assert "`<<` cannot merge this" in only(f"version: 1\n<<: {nested}").message


def written(tmp_path: Path, data: bytes) -> Path:
    """A file of these bytes."""
    path = tmp_path / "keyless.yaml"
    path.write_bytes(data)
    return path


def refused(path: Path) -> str:
    """What reading the file says."""
    with pytest.raises(InvalidEstate) as caught:
        read_estate(path, {})
    return str(caught.value)


def test_a_missing_file_is_told_of_the_starter(tmp_path: Path) -> None:
    path = tmp_path / "keyless.yaml"
    assert refused(path) == f"{path}: there is no such file; `keyless estate init` writes a commented starter"


def test_a_directory_is_no_estate(tmp_path: Path) -> None:
    assert refused(tmp_path).startswith(f"{tmp_path}: is a directory; name the estate file in it")


def test_a_file_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "keyless.yaml"
    path.symlink_to(path)
    assert "cannot be read: Too many levels of symbolic links" in refused(path)


def test_another_encoding_is_refused_where_it_shows(tmp_path: Path) -> None:
    path = written(tmp_path, b"version: 1\ntenant: caf\xe9")
    assert refused(path) == f"{path}:2:12: is not UTF-8 text from here on; save it as UTF-8"
    assert "not UTF-8" in refused(written(tmp_path, "version: 1".encode("utf-16")))


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbfversion: 1\r\ntenant: contoso\r\n")
    assert read_estate(path, {}).tenant.name == "contoso"


def test_a_file_of_too_many_values_is_refused_before_it_is_built() -> None:
    assert f"holds more than {MAX_VALUES:,} values" in only("[" + "a," * MAX_VALUES + "]").message


def test_a_huge_file_is_not_even_parsed(tmp_path: Path) -> None:
    assert "longer than 8 MiB" in refused(written(tmp_path, b"#" * (MAX_BYTES + 1)))


def test_messages_name_the_file_as_the_user_did() -> None:
    with pytest.raises(InvalidEstate, match=r"^deploy/estate\.yaml:1:10: "):
        read_text("version: 2", {}, file="deploy/estate.yaml")


def test_the_parser_in_python_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "version: 1\ntenant: {name: 'x'}\nresourceGroups: {rg: {vaults: {vault: {secrets: {a: b}}}}}\n"
    fast = estate(text)
    monkeypatch.setattr(document, "_Loader", document.yaml.SafeLoader)
    assert estate(text) == fast
