"""What Azure's tools print about an estate, imported into a project that has nothing, and then explained."""

from __future__ import annotations

import json

from keyless_command import Project

from imported_sources import (
    PLANTED,
    READER,
    STRANGER,
    VAULT,
    WEB_PRINCIPAL,
    assignment,
    identity,
    service_principal,
    vault,
    web,
)

ACTION = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
SECRET = "https://contoso-orders.vault.azure.net/secrets/db-password"


def write(project: Project, name: str, document: object) -> str:
    """A file of a source beside the project's own."""
    path = project.root / name
    path.write_text(json.dumps(document))
    return str(path)


def test_an_imported_estate_is_explained_and_shown(project: Project) -> None:
    opened = vault(properties={"enableRbacAuthorization": True, "vaultUri": "x"})
    sources = [
        write(project, "ra.json", [assignment()]),
        write(project, "res.json", [web(properties={"appSettings": PLANTED}), opened]),
        write(project, "id.json", [identity()]),
    ]
    looked = project("estate", "import", *sources, "--dry-run")
    assert "role assignments          1 new" in looked.out
    assert not project.state.exists()
    done = project("estate", "import", *sources)
    assert (done.code, done.out) == (0, looked.out.replace("would be imported:", "imported:"))
    assert "1 unchanged" in project("estate", "import", *sources).out
    able = project("explain", "--who-can", ACTION, SECRET)
    assert "orders-web" in able.out
    assert "orders-shared" in project("estate", "show").out
    kept = b"".join(path.read_bytes() for path in project.state.rglob("*") if path.is_file())
    assert PLANTED.encode() not in kept + done.out.encode() + done.err.encode()


def test_what_could_not_be_taken_in_is_told_by_code_and_list(project: Project) -> None:
    (project.root / "notes.json").write_text('"' + PLANTED + '"')
    (project.root / "picture.png").write_bytes(b"")
    given = [assignment(principalId=STRANGER), assignment(id=f"{VAULT}/x", principalId="\x1b[31mred")]
    write(project, "ra.json", given)
    write(project, "sp.json", [service_principal(id=WEB_PRINCIPAL)])
    told = project("estate", "import", str(project.root))
    assert told.code == 3
    assert "notes.json: it is nothing that is known here" in told.out
    assert "ra.json entry [1]: `principalId` is not a text" in told.out
    assert f"Key Vault Secrets User of {STRANGER}" in told.out
    assert "1 other file in the directories left out" in told.out
    assert "\x1b" not in told.out
    assert PLANTED not in told.out
    assert f"Identity not found  {STRANGER}" in project("estate", "show").out
    document = json.loads(project("estate", "import", str(project.root), "--json", "--dry-run").out)
    assert document["orphaned"] == [STRANGER]
    assert {one["change"] for one in document["changes"]} == {"unchanged"}


def test_an_import_into_a_project_of_another_tenant_is_warned_of(project: Project) -> None:
    project.estate.write_text("version: 1\ntenant: t\nsubscription: s\n")
    told = project("estate", "import", write(project, "id.json", [identity()]))
    assert told.code == 0
    assert "access policies of the former do not count here" in told.err
    assert READER not in told.out


def test_a_path_that_is_not_there_is_named(project: Project) -> None:
    told = project("estate", "import", "nowhere.json")
    assert told.code == 2
    assert told.said == ["there is no `nowhere.json`: name a file with what was exported, or a directory"]
    assert not project.state.exists()
