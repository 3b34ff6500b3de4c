"""Root keys and sealing: where a root key may come from, and what a sealed record is bound to."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from keyless.store.ports import DamagedStore, StoreError
from keyless.store.sealing import RootKey, Sealer, find_root_key, new_data_key

RAW = bytes(range(32))
TEXT = base64.b64encode(RAW).decode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "root.key"


def written(file: Path, content: str, mode: int = 0o600) -> Path:
    file.write_text(content)
    file.chmod(mode)
    return file


def test_a_missing_root_key_is_made_for_its_owner_alone(file: Path) -> None:
    made = find_root_key(file, None, create=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(base64.b64decode(file.read_text())) == 32
    assert made.source == str(file)
    assert find_root_key(file, None, create=True).id == made.id
    assert find_root_key(file, None, create=False).id == made.id


def test_no_two_root_keys_are_alike(tmp_path: Path) -> None:
    ids = {find_root_key(tmp_path / str(n), None, create=True).id for n in range(3)}
    assert len(ids) == 3


def test_a_root_key_that_was_never_written_out_is_made(file: Path) -> None:
    written(file, "")
    assert find_root_key(file, None, create=True).id == find_root_key(file, None, create=False).id


def test_a_missing_root_key_is_an_error_where_it_must_be_there(file: Path) -> None:
    with pytest.raises(StoreError, match="is missing: put it back, or set `KEYLESS_ROOT_KEY`"):
        find_root_key(file, None, create=False)
    assert not file.exists()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_root_key_that_others_may_read_is_refused(file: Path, mode: int) -> None:
    written(file, TEXT, mode)
    with pytest.raises(StoreError, match=f"can be read by others: run `chmod 600 {file}`"):
        find_root_key(file, None, create=True)


def test_a_root_key_file_that_cannot_be_written_will_do(file: Path) -> None:
    assert find_root_key(written(file, TEXT, 0o400), None, create=True).id == RootKey(RAW, "").id


@pytest.mark.parametrize(
    "content", ["", "n0pe!", TEXT[:-4], TEXT + TEXT, "é" * 44, f"{TEXT}\n{TEXT}", "=" * 44]
)
def test_what_is_not_a_root_key_is_refused_without_being_shown(file: Path, content: str) -> None:
    with pytest.raises(StoreError, match="does not hold a root key: it must be base64 of 32 bytes") as raised:
        find_root_key(written(file, content), None, create=False)
    assert str(file) in str(raised.value)
    assert not content or content not in str(raised.value)


def test_the_environments_root_key_goes_before_the_files(file: Path) -> None:
    find_root_key(file, None, create=True)
    found = find_root_key(file, f" {TEXT}\n", create=True)
    assert found.id == RootKey(RAW, "").id
    assert found.source == "KEYLESS_ROOT_KEY"


def test_with_a_root_key_in_the_environment_no_file_is_made(file: Path) -> None:
    find_root_key(file, TEXT, create=True)
    assert not file.exists()


@pytest.mark.parametrize("value", ["", "x", TEXT[:-4]])
def test_an_environment_that_holds_no_root_key_is_an_error_and_not_passed_over(
    file: Path, value: str
) -> None:
    with pytest.raises(StoreError, match="the variable `KEYLESS_ROOT_KEY` does not hold a root key"):
        find_root_key(file, value, create=True)
    assert not file.exists()


def test_a_root_key_never_shows_itself() -> None:
    shown = repr(RootKey(RAW, "the file"))
    assert shown == f"RootKey(id='{RootKey(RAW, '').id}', source='the file')"
    assert TEXT not in shown
    assert RAW.hex() not in shown


def test_a_root_keys_id_follows_from_the_key_alone() -> None:
    assert RootKey(RAW, "a").id == RootKey(RAW, "b").id
    assert RootKey(RAW, "a").id != RootKey(bytes(32), "a").id
    assert len(RootKey(RAW, "a").id) == 16


def test_a_data_key_comes_back_from_its_wrapping() -> None:
    data_key = new_data_key()
    wrapped = RootKey(RAW, "a").wrap(data_key)
    assert data_key not in wrapped
    assert RootKey(RAW, "a").unwrap(wrapped) == data_key
    assert RootKey(RAW, "a").wrap(data_key) != wrapped


@pytest.mark.parametrize("at", [0, 12, 20, -1])
def test_an_altered_data_key_is_a_damaged_store(at: int) -> None:
    wrapped = bytearray(RootKey(RAW, "a").wrap(new_data_key()))
    wrapped[at] ^= 1
    with pytest.raises(DamagedStore, match="data key"):
        RootKey(RAW, "a").unwrap(bytes(wrapped))


def test_a_data_key_cut_short_is_a_damaged_store() -> None:
    with pytest.raises(DamagedStore, match="data key"):
        RootKey(RAW, "a").unwrap(b"short")


def test_a_sealed_record_opens_in_its_place_alone() -> None:
    sealer = Sealer(new_data_key())
    sealed = sealer.seal(b"value", b"here")
    assert b"value" not in sealed
    assert sealer.open(sealed, b"here") == b"value"
    with pytest.raises(DamagedStore, match="altered or moved"):
        sealer.open(sealed, b"there")
    with pytest.raises(DamagedStore, match="altered or moved"):
        Sealer(new_data_key()).open(sealed, b"here")


def test_a_record_of_another_form_is_refused() -> None:
    sealer = Sealer(new_data_key())
    sealed = sealer.seal(b"value", b"here")
    with pytest.raises(DamagedStore, match="unknown form"):
        sealer.open(b"\x02" + sealed[1:], b"here")


def test_a_root_key_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "root.key"
    file.mkdir(mode=0o700)
    with pytest.raises(StoreError, match=f"the root key `{file}` cannot be read: is a directory"):
        find_root_key(file, None, create=False)
