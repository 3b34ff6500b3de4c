"""The SQLite file: owner-only, refused untouched when it is not what it should be, copied whole."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from keyless.store.ports import Collection, DamagedStore, StoreError, StoreTooNew, WrongRootKey
from keyless.store.sealing import RootKey
from keyless.store.sqlite.schema import APPLICATION_ID
from keyless.store.sqlite.store import SqliteStore


class Note(msgspec.Struct, frozen=True):
    text: str


NOTES = Collection("notes", Note)
SECRETS = Collection("secrets", Note, sealed=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def filled(file: Path, root_key: RootKey) -> Path:
    """A store of some hundred pages, closed."""
    with closing(SqliteStore(file, root_key)) as store:
        async with store.transaction() as transaction:
            for number in range(200):
                await transaction.put(NOTES, (f"{number:04}",), Note(f"{number:04}" * 500))
            await transaction.put(SECRETS, ("db",), Note("sealed"))
    return file


def fingerprint(file: Path) -> dict[str, str]:
    """A digest of every file in the directory, by name."""
    return {found.name: hashlib.sha256(found.read_bytes()).hexdigest() for found in file.parent.iterdir()}


def execute(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


async def test_everything_that_is_written_is_its_owners_alone(file: Path, root_key: RootKey) -> None:
    with closing(SqliteStore(file, root_key)) as store:
        async with store.transaction() as transaction:
            await transaction.put(NOTES, ("a",), Note("1"))
        names = {found.name for found in file.parent.iterdir()}
        assert names == {"store.db", "store.db-wal", "store.db-shm"}
        assert {stat.S_IMODE(found.stat().st_mode) for found in file.parent.iterdir()} == {0o600}


def test_a_commit_waits_for_the_disk(file: Path, root_key: RootKey) -> None:
    """What a lost power supply would show, and a killed process cannot."""
    with closing(SqliteStore(file, root_key)) as store:
        assert store._writer.execute("PRAGMA synchronous").fetchone() == (2,)
        assert store._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_closed_store_is_one_file(filled: Path) -> None:
    assert [found.name for found in filled.parent.iterdir()] == ["store.db"]


def test_a_wrong_root_key_changes_nothing(filled: Path) -> None:
    before = fingerprint(filled)
    with pytest.raises(WrongRootKey, match="nothing was changed"):
        SqliteStore(filled, RootKey(bytes(32), "elsewhere"))
    assert fingerprint(filled) == before


def test_an_altered_data_key_is_a_damaged_store(filled: Path, root_key: RootKey) -> None:
    execute(filled, "UPDATE data_keys SET wrapped = zeroblob(60)")
    before = fingerprint(filled)
    with pytest.raises(DamagedStore, match="data key"):
        SqliteStore(filled, root_key)
    assert fingerprint(filled) == before


@pytest.mark.parametrize("part", [0.001, 0.01, 0.3, 0.6, 0.99])
def test_a_store_cut_short_is_damaged_and_left_as_it_is(filled: Path, root_key: RootKey, part: float) -> None:
    content = filled.read_bytes()
    filled.write_bytes(content[: int(len(content) * part)])
    before = fingerprint(filled)
    with pytest.raises(DamagedStore, match=f"`{filled}` is damaged .*nothing was changed.*mv {filled} "):
        SqliteStore(filled, root_key)
    assert fingerprint(filled) == before


def test_a_store_with_pages_overwritten_is_damaged_and_left_as_it_is(filled: Path, root_key: RootKey) -> None:
    content = bytearray(filled.read_bytes())
    content[4096 : 4096 * 20] = b"\xa5" * (4096 * 19)
    filled.write_bytes(content)
    before = fingerprint(filled)
    with pytest.raises(DamagedStore, match="is damaged"):
        SqliteStore(filled, root_key)
    assert fingerprint(filled) == before


@pytest.mark.parametrize("content", [b"garbage", b"\x00" * 8192, b"# a text file\n" * 1000])
def test_a_file_that_is_no_database_is_damaged_and_left_as_it_is(
    file: Path, root_key: RootKey, content: bytes
) -> None:
    file.write_bytes(content)
    with pytest.raises(DamagedStore, match="is damaged"):
        SqliteStore(file, root_key)
    assert file.read_bytes() == content
    assert [found.name for found in file.parent.iterdir()] == ["store.db"]


@pytest.mark.parametrize("owned", [True, False])
def test_another_applications_database_is_refused_and_left_as_it_is(
    file: Path, root_key: RootKey, owned: bool
) -> None:
    mark = ["PRAGMA application_id = 7"] if owned else []
    execute(file, "CREATE TABLE theirs (x)", "INSERT INTO theirs VALUES ('precious')", *mark)
    before = fingerprint(file)
    with pytest.raises(DamagedStore, match="not a Keyless store: move it away"):
        SqliteStore(file, root_key)
    assert fingerprint(file) == before


def test_a_store_of_a_later_version_is_refused_and_left_as_it_is(filled: Path, root_key: RootKey) -> None:
    execute(filled, "PRAGMA user_version = 99")
    before = fingerprint(filled)
    with pytest.raises(StoreTooNew, match="later version of Keyless: use"):
        SqliteStore(filled, root_key)
    assert fingerprint(filled) == before


def test_a_new_store_is_marked_as_ours(file: Path, root_key: RootKey) -> None:
    SqliteStore(file, root_key).close()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_a_directory_in_the_stores_place_is_an_error_that_names_it(file: Path, root_key: RootKey) -> None:
    file.mkdir()
    with pytest.raises(StoreError, match=f"`{file}` cannot be used"):
        SqliteStore(file, root_key)


def test_a_refused_store_can_be_opened_right_after(filled: Path, root_key: RootKey) -> None:
    """Nothing of the failed attempt is left open that could hold a lock."""
    with pytest.raises(WrongRootKey):
        SqliteStore(filled, RootKey(bytes(32), "elsewhere"))
    execute(filled, "PRAGMA journal_mode = DELETE")
    SqliteStore(filled, root_key).close()


async def test_a_page_that_goes_bad_while_the_store_is_open_is_a_damaged_store(
    filled: Path, root_key: RootKey
) -> None:
    with closing(SqliteStore(filled, root_key)) as store:
        with filled.open("r+b") as handle:
            handle.seek(4096)
            handle.write(b"\xa5" * (filled.stat().st_size - 4096))
        with pytest.raises(DamagedStore, match="is damaged"):
            await store.scan(NOTES)
        with pytest.raises(DamagedStore, match="is damaged"):
            await store.get(NOTES, ("0000",))


async def test_a_large_store_is_not_read_through_when_it_is_opened(
    filled: Path, root_key: RootKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyless.store.sqlite.store._CHECKED_BYTES", 1)
    with filled.open("r+b") as handle:
        handle.seek(-4096 * 50, 2)
        handle.write(b"\xa5" * 4096 * 50)
    with closing(SqliteStore(filled, root_key)) as store, pytest.raises(DamagedStore):
        await store.scan(NOTES)


async def test_a_key_that_cannot_be_read_is_a_damaged_store(filled: Path, root_key: RootKey) -> None:
    execute(
        filled, "INSERT INTO records SELECT 'notes', x'a500', value FROM records WHERE key = x'3030303000'"
    )
    with closing(SqliteStore(filled, root_key)) as store, pytest.raises(DamagedStore, match="key cannot be"):
        await store.scan(NOTES)


async def test_a_closed_store_is_not_called_damaged(file: Path, root_key: RootKey) -> None:
    store = SqliteStore(file, root_key)
    store.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        await store.get(NOTES, ("a",))


def test_a_closed_store_holds_no_file_open(tmp_path: Path, root_key: RootKey) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    for number in range(20):
        store = SqliteStore(tmp_path / f"{number}.db", root_key)
        store.close()
        store.close()
    assert len(list(Path("/dev/fd").iterdir())) <= before


BEGIN_AT_ONCE = """
import sqlite3, sys
try:
    sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error)
"""


async def test_closing_one_store_leaves_the_locks_of_another_on_the_same_file(
    file: Path, root_key: RootKey
) -> None:
    """A process gives up its locks on a file with any descriptor of it; another process can tell."""
    with closing(SqliteStore(file, root_key)) as store:
        async with store.transaction() as transaction:
            await transaction.put(NOTES, ("a",), Note("1"))
            SqliteStore(file, root_key).close()
            tried = subprocess.run(
                [sys.executable, "-c", BEGIN_AT_ONCE, str(file)], capture_output=True, text=True, check=True
            )
        assert tried.stdout == "database is locked\n"


async def test_a_copy_holds_what_is_committed(file: Path, root_key: RootKey, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(SqliteStore(file, root_key)) as store:
        async with store.transaction() as transaction:
            await transaction.put(NOTES, ("a",), Note("1"))
            await transaction.put(SECRETS, ("b",), Note("2"))
        async with store.transaction() as transaction:
            await transaction.put(NOTES, ("a",), Note("not committed"))
            store.backup_to(copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(SqliteStore(copy, root_key)) as copied:
        assert await copied.get(NOTES, ("a",)) == Note("1")
        assert await copied.get(SECRETS, ("b",)) == Note("2")
        async with copied.transaction() as transaction:
            await transaction.put(NOTES, ("a",), Note("of the copy"))
    with closing(SqliteStore(file, root_key)) as store:
        assert await store.get(NOTES, ("a",)) == Note("not committed")


async def test_a_collection_that_changed_does_not_make_the_others_forgotten(
    file: Path, root_key: RootKey
) -> None:
    with closing(SqliteStore(file, root_key)) as store:
        async with store.transaction() as transaction:
            await transaction.put(NOTES, ("a",), Note("1"))
        first = await store.get(NOTES, ("a",))
        async with store.transaction() as transaction:
            await transaction.put(SECRETS, ("b",), Note("2"))
        assert await store.get(NOTES, ("a",)) is first


async def test_what_is_remembered_is_bounded(
    file: Path, root_key: RootKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyless.store.sqlite.store._REMEMBERED_RECORDS", 10)
    with closing(SqliteStore(file, root_key)) as store:
        for number in range(100):
            assert await store.get(NOTES, (str(number),)) is None
        assert sum(map(len, store._remembered.values())) <= 11


async def test_that_nothing_is_there_is_not_remembered_under_a_long_key(
    file: Path, root_key: RootKey
) -> None:
    with closing(SqliteStore(file, root_key)) as store:
        for key in (("short",), ("l" * 3000,)):
            assert await store.get(NOTES, key) is None
        assert list(store._remembered["notes"]) == [("short",)]


async def test_a_sealed_record_is_not_remembered_in_clear(file: Path, root_key: RootKey) -> None:
    with closing(SqliteStore(file, root_key)) as store:
        async with store.transaction() as transaction:
            await transaction.put(SECRETS, ("b",), Note("hunter2"))
        assert await store.get(SECRETS, ("b",)) == Note("hunter2")
        assert "hunter2" not in repr(store._remembered)
