"""Fixes: all edits of one or none, files byte for byte the same elsewhere, and patches that git takes."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessed_made import committed, made
from keyless.assess.findings.finding import Confidence, Edit, Finding, Fix, Severity
from keyless.assess.fixes import write as writing
from keyless.assess.fixes.apply import Changed, fixed
from keyless.assess.fixes.edits import CannotEdit, Original
from keyless.assess.fixes.patch import patch_of, shows_credentials
from keyless.assess.fixes.write import CannotWrite, write_all
from keyless.assess.messages import digest
from keyless.assess.syntax.span import NOWHERE, Place


def finding(*edits: Edit) -> Finding:
    return Finding(
        rule="r",
        place=Place(edits[0].path, NOWHERE),
        message="m",
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        fix=Fix("change it", edits),
    )


def fixed_in(files: dict[str, bytes], *findings: Finding, read: dict[str, bytes] | None = None):
    digests = {path: digest(data) for path, data in (read or files).items()}
    return fixed(findings, files.get, digests)


def after(done) -> dict[str, bytes]:
    return {one.path: one.after for one in done.files}


def test_all_that_is_not_replaced_stays_byte_for_byte():
    text = "a = 1\r\nb = 2 # é\r\nc = 3"
    for data in (
        text.encode(),
        b"\xef\xbb\xbf" + text.encode(),
        text.encode("utf-16"),
        text.encode("latin-1"),
    ):
        edited = Original(data).edited([Edit("a", 4, 5, "10\nnew = 1")])
        assert Original(edited).edited([]) == edited
        assert edited.replace(b"\x00", b"").count(b"\r\n") == 3
        back = Original(edited).edited([Edit("a", 4, 4 + len("10\r\nnew = 1"), "1")])
        assert back == data


@given(st.text(alphabet="ab\r\né", max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_no_edits_change_nothing_and_bad_ones_are_refused(text, start, length):
    data = text.encode()
    assert Original(data).edited([]) == data
    edit = Edit("a", start, start + length, "")
    try:
        edited = Original(data).edited([edit])
    except CannotEdit:
        assert start + length > len(data) or not _between_characters(data, start, start + length)
    else:
        assert edited == data[:start] + data[start + length :]


def _between_characters(data: bytes, *offsets: int) -> bool:
    return all(offset >= len(data) or data[offset] & 0xC0 != 0x80 for offset in offsets)


def test_a_fix_is_made_whole_or_not_at_all():
    files = {"a.py": b"x = 1\n", "b.py": b"y = 2\n"}
    good, bad = Edit("a.py", 4, 5, "9"), Edit("b.py", 4, 99, "9")
    done = fixed_in(files, finding(good, bad))
    assert not done.files
    assert [one.why for one in done.refused] == ["a piece to replace is not in it"]


def test_of_fixes_of_the_same_piece_the_first_one_is_made():
    files = {"a.py": b"x = 1\n", "b.py": b"y = 2\n"}
    first, later = (
        finding(Edit("a.py", 4, 5, "9")),
        finding(Edit("b.py", 4, 5, "8"), Edit("a.py", 0, 5, "z = 3")),
    )
    done = fixed_in(files, first, later)
    assert after(done) == {"a.py": b"x = 9\n"}
    assert done.made == (first,)
    assert "another fix" in done.refused[0].why


def test_the_same_import_twice_is_put_in_once_and_others_at_that_point_stand_together():
    one, two = Edit("a.py", 0, 0, "import a\n"), Edit("a.py", 0, 0, "import b\n")
    done = fixed_in(
        {"a.py": b"x = 1\n"}, finding(one, Edit("a.py", 4, 5, "2")), finding(one), finding(two), finding(one)
    )
    assert after(done) == {"a.py": b"import a\nimport b\nx = 2\n"}
    assert not done.refused


def test_a_file_that_changed_since_it_was_read_is_not_edited():
    done = fixed_in({"a.py": b"x = 22\n"}, finding(Edit("a.py", 4, 5, "9")), read={"a.py": b"x = 1\n"})
    assert not done.files
    assert "assess again" in done.refused[0].why
    assert fixed_in({}, finding(Edit("gone.py", 0, 0, "x"))).refused


def test_a_fix_after_which_a_reader_understands_less_is_not_made():
    files = {"a.json": b'{"a": 1}\n', "b.json": b'{"b": 1}\n'}
    done = fixed_in(files, finding(Edit("b.json", 6, 7, "2"), Edit("a.json", 6, 7, "[")))
    assert not done.files
    assert "would not be understood" in done.refused[0].why


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
@pytest.mark.parametrize("name", ["a.py", "with space.py", 'quo"te\t.py', "naïve.py", "in/b.py"])
def test_git_takes_the_patch_with_any_name_and_end_of_line(tmp_path, name):
    before = {name: "a\r\nb\r\nc", "old.py": "x\n" * 50 + "\udce9\n"}
    root = committed(tmp_path.resolve(), before)
    files = [
        Changed(name, (root / name).read_bytes(), b"a\r\nnew\r\nc"),
        Changed("old.py", (root / "old.py").read_bytes(), b"x\n" * 50 + b"\xe9\nend"),
    ]
    subprocess.run(["git", "-C", root, "apply", "-"], input=patch_of(files), check=True)
    assert [(root / one.path).read_bytes() for one in files] == [one.after for one in files]


def test_no_change_is_no_patch():
    assert patch_of([]) == b""


def test_files_are_written_with_their_modes_and_no_draft_is_left(tmp_path):
    root = made(tmp_path.resolve(), {"a.sh": "old\n", "b.sh": "old\n"})
    (root / "a.sh").chmod(0o750)
    write_all(root, [Changed("a.sh", b"old\n", b"new\n"), Changed("b.sh", b"old\n", b"new\n")])
    assert sorted(path.name for path in root.iterdir()) == ["a.sh", "b.sh"]
    assert (root / "a.sh").stat().st_mode & 0o777 == 0o750
    assert (root / "a.sh").read_text() == (root / "b.sh").read_text() == "new\n"


def test_where_one_file_changed_in_the_meantime_none_is_written(tmp_path):
    root = made(tmp_path.resolve(), {"a.sh": "old\n", "b.sh": "other\n"})
    with pytest.raises(CannotWrite, match="nothing is changed"):
        write_all(root, [Changed("a.sh", b"old\n", b"new\n"), Changed("b.sh", b"old\n", b"new\n")])
    assert (root / "a.sh").read_text() == "old\n"
    assert len(list(root.iterdir())) == 2


def test_where_one_file_cannot_be_replaced_those_before_it_are_put_back(tmp_path, monkeypatch):
    root = made(tmp_path.resolve(), {"a.sh": "old\n", "b.sh": "old\n"})
    replace = os.replace

    def failing(source, target):
        if str(target).endswith("b.sh"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(writing.os, "replace", failing)
    with pytest.raises(CannotWrite, match="no space left"):
        write_all(root, [Changed("a.sh", b"old\n", b"new\n"), Changed("b.sh", b"old\n", b"new\n")])
    assert (root / "a.sh").read_text() == "old\n"
    assert len(list(root.iterdir())) == 2


def test_what_cannot_be_put_back_is_kept_beside_it_and_named(tmp_path, monkeypatch):
    root = made(tmp_path.resolve(), {"a.sh": "old\n", "b.sh": "old\n"})
    replace = os.replace

    def failing(source, target):
        if str(target).endswith("b.sh") or str(source).endswith(".before"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(writing.os, "replace", failing)
    with pytest.raises(CannotWrite, match=r"`a\.sh` \(in `\.a\.sh\.\d+\.before` beside it\): no space left"):
        write_all(root, [Changed("a.sh", b"old\n", b"new\n"), Changed("b.sh", b"old\n", b"new\n")])
    (kept,) = root.glob(".*")
    assert kept.read_text() == "old\n"
    assert (root / "b.sh").read_text() == "old\n"


def test_files_are_put_back_when_a_person_interrupts(tmp_path, monkeypatch):
    root = made(tmp_path.resolve(), {"a.sh": "old\n", "b.sh": "old\n"})
    replace = os.replace

    def interrupted(source, target):
        if str(target).endswith("b.sh"):
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(writing.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_all(root, [Changed("a.sh", b"old\n", b"new\n"), Changed("b.sh", b"old\n", b"new\n")])
    assert (root / "a.sh").read_text() == "old\n"
    assert len(list(root.iterdir())) == 2


def test_a_read_only_file_is_left_alone_and_so_are_the_others(tmp_path):
    root = made(tmp_path.resolve(), {"a.sh": "old\n", "b.sh": "old\n"})
    (root / "b.sh").chmod(0o444)
    with pytest.raises(CannotWrite, match=r"nothing is changed: `b\.sh` is read-only"):
        write_all(root, [Changed("a.sh", b"old\n", b"new\n"), Changed("b.sh", b"old\n", b"new\n")])
    assert (root / "a.sh").read_text() == (root / "b.sh").read_text() == "old\n"
    assert len(list(root.iterdir())) == 2


def test_a_new_line_goes_behind_the_comment_that_ends_the_line_before() -> None:
    text = b"a: 1 // kept\r\nb: 2\r\n"
    edited = Original(text).edited([Edit("x.bicep", 4, 4, "\nnew: true")])
    assert edited == b"a: 1 // kept\r\nnew: true\r\nb: 2\r\n"


def test_a_new_line_stays_where_no_comment_follows() -> None:
    edited = Original(b"a: 1\nb: 2\n").edited([Edit("x.bicep", 4, 4, "\nnew: true")])
    assert edited == b"a: 1\nnew: true\nb: 2\n"


def test_that_a_patch_shows_credentials_is_known():
    before = b"name: a\npassword: letmein\nlocal: true\n"
    assert shows_credentials(patch_of([Changed("a.yml", before, before.replace(b"true", b"false"))]))
    assert not shows_credentials(patch_of([Changed("a.yml", b"a: b\nc: true\n", b"a: b\nc: false\n")]))
