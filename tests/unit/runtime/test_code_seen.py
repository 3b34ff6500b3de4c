"""What a plan learns from code: the operations that it calls, and where it names secrets."""

from __future__ import annotations

from pathlib import Path

from keyless.model.actions import ActionPlane
from keyless.plan.results.secrets import CodePlace
from keyless.runtime import code_seen as reading
from keyless.runtime.code_seen import code_seen

BLOBS = "from azure.storage.blob import BlobServiceClient\nblobs = BlobServiceClient(url, credential=c)\n"


def write(root: Path, name: str, text: str) -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_each_operation_is_told_once_for_each_file_with_its_place_and_actions(tmp_path: Path) -> None:
    write(
        tmp_path, "app/jobs.py", BLOBS + "b = blobs.get_blob_client(x, y)\nb.delete_blob()\nb.delete_blob()\n"
    )
    write(tmp_path, "web.cs", "class A(BlobServiceClient b) { object F() => b.CreateBlobContainer(x); }")
    deleted, created = code_seen(tmp_path, ()).calls
    assert (deleted.operation, deleted.method, deleted.file, deleted.line) == (
        ("delete a blob", "delete_blob", "app/jobs.py", 4)
    )
    assert deleted.plane is ActionPlane.DATA
    assert deleted.actions == ("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",)
    assert (created.plane, created.file) == (ActionPlane.CONTROL, "web.cs")


def test_what_tools_bring_along_and_tests_do_is_not_what_a_workload_does(tmp_path: Path) -> None:
    for path in ("node_modules/a.js", ".venv/lib/a.py", "tests/test_a.py", "notes.md"):
        write(tmp_path, path, BLOBS + "blobs.delete_container(x)\n")
    assert code_seen(tmp_path, ()).calls == ()


def test_there_are_never_more_than_so_many_calls(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(reading, "MOST_CALLS", 2)
    for name in ("a.py", "b.py", "c.py"):
        write(tmp_path, name, BLOBS + "blobs.delete_container(x)\n")
    assert [one.file for one in code_seen(tmp_path, ()).calls] == ["a.py", "b.py"]


def test_a_name_in_quotes_is_found_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, "app/main.py", "import os\nclient.get_secret('db-password')\n")
    write(tmp_path, "web/Program.cs", 'var s = client.GetSecret("DB-Password");')
    assert code_seen(tmp_path, ["db-password"]).places == {
        "db-password": (CodePlace("app/main.py", 2), CodePlace("web/Program.cs", 1))
    }


def test_a_part_of_a_longer_text_and_a_comment_are_no_name(tmp_path: Path) -> None:
    write(tmp_path, "main.py", "x = 'db-password-2'\ny = 'my db-password'\nz = db_password # 'db-password'\n")
    assert not code_seen(tmp_path, ["db-password"]).places


def test_there_are_never_more_than_a_few_places_of_one_name(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "x = 'db'\n" * 40)
    assert len(code_seen(tmp_path, ["db"]).places["db"]) == 5


def test_links_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "outside/a.py", "x = 'db'")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.py").symlink_to(tmp_path / "outside" / "a.py")
    (inside / "folder").symlink_to(tmp_path / "outside")
    assert not code_seen(inside, ["db"]).places
