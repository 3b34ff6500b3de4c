"""Where secret values come from, and what is said when they cannot be had: names, never values."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from estate_texts import SECRET, estate, in_group, only

from keyless.estate.resolve.secrets import MAX_SECRET_BYTES


def with_secret(declared: str) -> str:
    """An estate with one secret."""
    return in_group(f"vaults: {{vault: {{secrets: {{a: {declared}}}}}}}")


FROM_FILE = with_secret("{file: the-file}")


def test_an_unset_variable_is_named() -> None:
    problem = only(with_secret("{env: NOT_SET}"), {})
    assert problem.message == "the environment variable `NOT_SET` is not set"
    assert "export NOT_SET=" in problem.hint
    assert (problem.line, problem.column) == (4, 41)


def test_an_empty_variable_is_no_secret() -> None:
    assert "`EMPTY` is empty" in only(with_secret("{env: EMPTY}"), {"EMPTY": ""}).message


def test_a_variable_that_is_not_text_is_refused() -> None:
    assert "not Unicode text" in only(with_secret("{env: RAW}"), {"RAW": "\udcff"}).message


def test_a_file_is_found_beside_the_estate(tmp_path: Path) -> None:
    (tmp_path / "the-file").write_text(SECRET)
    read = estate(FROM_FILE, {}, tmp_path)
    assert read.secrets[0].value.reveal() == SECRET


@pytest.mark.parametrize(
    ("written", "value"), [("x\n", "x"), ("x\r\n", "x"), ("x\n\n", "x\n"), ("x\r", "x\r"), (" x ", " x ")]
)
def test_one_line_break_at_the_end_is_not_part_of_the_secret(
    tmp_path: Path, written: str, value: str
) -> None:
    (tmp_path / "the-file").write_bytes(written.encode())
    assert estate(FROM_FILE, {}, tmp_path).secrets[0].value.reveal() == value


def test_a_missing_file_is_named_with_the_folder(tmp_path: Path) -> None:
    problem = only(FROM_FILE, {}, tmp_path)
    assert problem.message == "the file `the-file` cannot be read: no such file or directory"
    assert problem.hint == f"`file:` is relative to {tmp_path.resolve()}"


def test_a_directory_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "the-file").mkdir()
    assert "it is not a regular file" in only(FROM_FILE, {}, tmp_path).message


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "the-file")
    assert "it is not a regular file" in only(FROM_FILE, {}, tmp_path).message


def test_an_empty_file_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "the-file").write_text("\n")
    assert "`the-file` is empty" in only(FROM_FILE, {}, tmp_path).message


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "the-file").write_bytes(b"\xff\xfe")
    assert "not UTF-8 text" in only(FROM_FILE, {}, tmp_path).message


def test_a_path_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in only(with_secret(f"{{file: {'x' * 5000}}}"), {}, tmp_path).message


def test_a_secret_of_just_25_kb_is_kept(tmp_path: Path) -> None:
    (tmp_path / "the-file").write_text("x" * MAX_SECRET_BYTES + "\n")
    assert len(estate(FROM_FILE, {}, tmp_path).secrets[0].value.reveal()) == MAX_SECRET_BYTES


@pytest.mark.parametrize("size", [MAX_SECRET_BYTES + 1, MAX_SECRET_BYTES + 2, 10 * MAX_SECRET_BYTES])
def test_a_longer_file_is_refused(tmp_path: Path, size: int) -> None:
    (tmp_path / "the-file").write_text("x" * size)
    assert "longer than 25 KB" in only(FROM_FILE, {}, tmp_path).message


def test_the_size_is_counted_in_bytes() -> None:
    assert "longer than 25 KB" in only(with_secret("{env: LONG}"), {"LONG": "é" * 12_801}).message


def test_the_client_secret_of_an_application_has_the_same_sources(tmp_path: Path) -> None:
    (tmp_path / "the-file").write_text(SECRET)
    text = "version: 1\napplications: {a: {clientSecret: {file: the-file}}}"
    assert estate(text, {}, tmp_path).applications[0].client_secret.reveal() == SECRET


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "the-file").symlink_to("the-file")
    assert "too many levels of symbolic links" in only(FROM_FILE, {}, tmp_path).message
