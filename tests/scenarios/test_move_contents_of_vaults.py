"""Contents of vaults on their way: from files, from another vault by its own clients, to another estate."""

from __future__ import annotations

import base64
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from keyless_command import Project, app, assert_nothing_is_left, files_of

from keyless.deploy.vaults.azure import NO_PRIVATE_KEYS

PLANTED = "PLANTED0d9c"
ESTATE = """
version: 1
resourceGroups:
  orders-rg:
    compute:
      reader: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
      stranger: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
    vaults: {contoso-source: }
roleAssignments:
  - {principal: reader, role: Key Vault Secrets User, scope: {vault: contoso-source}}
  - {principal: reader, role: Key Vault Reader, scope: {vault: contoso-source}}
"""
TARGET = """
version: 1
resourceGroups:
  other-rg:
    compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}
    vaults: {contoso-target: }
roleAssignments:
  - {principal: web, role: Key Vault Secrets User, scope: {vault: contoso-target}}
"""
LOWKEY_KEY: dict[str, Any] = {
    "vaults": [
        {
            "attributes": {"baseUri": "https://{{host}}:{{port}}"},
            "keys": {
                "sign": {
                    "versions": [
                        {
                            "entityVersion": "c1b1abd7f3494996b22a6920589581e9",
                            "keyMaterial": {"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODw", "key_ops": []},
                        }
                    ]
                }
            },
        }
    ]
}
SOURCE = {
    "db": {"value": f"{PLANTED} db", "contentType": "text/plain", "tags": {"owner": "billing"}},
    "off": {"value": f"{PLANTED} off", "enabled": False},
    "Api:Key": f"{PLANTED} key",
}


def certificate() -> dict[str, str]:
    """A self-signed one, as a Lowkey Vault writes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "web.example.org")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=90))
        .sign(key, SHA256())
    )
    pfx = pkcs12.serialize_key_and_certificates(None, key, made, None, NoEncryption())
    return {"entityVersion": "d" * 32, "value": base64.b64encode(pfx).decode()}


@pytest.fixture
def other(folder: Path) -> Project:
    root = folder / "other"
    root.mkdir()
    made = Project(root, folder)
    made.estate.write_text(TARGET)
    return made


@pytest.fixture
def source(project: Project) -> Project:
    project.estate.write_text(ESTATE)
    LOWKEY_KEY["vaults"][0]["certificates"] = {"web": {"versions": [certificate()]}}
    for content, name in ((SOURCE, "source.json"), (LOWKEY_KEY, "lowkey.json")):
        (project.root / name).write_text(json.dumps(content))
        ran = project("vault", "import", "contoso-source", name)
        assert ran.code == 0, ran.err
        (project.root / name).unlink()
    return project


def keyless_in(project: Project, *arguments: str) -> list[str]:
    return ["--", sys.executable, "-m", "keyless.cli.main", *arguments, "--project", str(project.root)]


def values(project: Project, *names: str) -> list[str]:
    code = "\n".join(f"say(secret('contoso-target', {name!r}))" for name in names)
    ran = project("run", *app(code))
    assert ran.code == 0, ran.err
    return ran.out.splitlines()


def test_another_vault_is_read_with_the_callers_own_identity(source: Project, other: Project) -> None:
    command = keyless_in(other, "vault", "import", "contoso-target", "https://contoso-source.vault.azure.net")
    ran = source("run", "--as", "reader", *command)
    assert ran.code == 3, ran.err
    assert sorted(ran.out.splitlines()) == [
        f"left out   key sign: {NO_PRIVATE_KEYS}",
        "left out   secret off: it is disabled, and gives no value out",
        "new        certificate web",
        "new        secret Api--Key",
        "new        secret db",
    ]
    assert values(other, "Api--Key", "db") == [f"{PLANTED} key", f"{PLANTED} db"]
    shown = {one["name"]: one for one in json.loads(other("vault", "show", "contoso-target", "--json").out)}
    there = {one["name"]: one for one in json.loads(source("vault", "show", "contoso-source", "--json").out)}
    kept = ("version", "type", "tags", "expires")
    assert [shown["db"][name] for name in kept] == [there["db"][name] for name in kept]
    again = source("run", "--as", "reader", *command)
    assert "0 objects written into vault `contoso-target`, 3 unchanged" in again.said
    assert PLANTED not in ran.out + ran.err + again.out + again.err


def test_who_may_not_read_there_takes_nothing(source: Project, other: Project) -> None:
    command = keyless_in(other, "vault", "import", "contoso-target", "https://contoso-source.vault.azure.net")
    ran = source("run", "--as", "stranger", *command)
    assert ran.code == 3
    assert ran.out.splitlines() == [
        "left out   secrets: they may not be listed: Forbidden",
        "left out   keys: they may not be listed: Forbidden",
        "left out   certificates: they may not be listed: Forbidden",
    ]
    assert json.loads(other("vault", "show", "contoso-target", "--json").out) == []


def test_a_sealed_file_is_all_that_another_estate_needs(
    source: Project, other: Project, folder: Path
) -> None:
    file = folder / "source.sealed"
    passphrase = {"VAULT_PASSPHRASE": "a long enough passphrase"}
    how = ["--passphrase-env", "VAULT_PASSPHRASE"]
    ran = source("vault", "export", "contoso-source", "--out", str(file), *how, env=passphrase)
    assert ran.said == [f"7 objects with 7 versions of vault `contoso-source` sealed in `{file}`"]
    back = other("vault", "import", "contoso-target", str(file), *how, env=passphrase)
    assert back.code == 0, back.err
    assert values(other, "Api--Key", "db") == [f"{PLANTED} key", f"{PLANTED} db"]
    written = files_of(folder)
    assert str(file.relative_to(folder)) in written
    assert not [name for name, content in written.items() if PLANTED.encode() in content]
    wrong = other(
        "vault",
        "import",
        "contoso-target",
        str(file),
        *how,
        env={"VAULT_PASSPHRASE": "another long passphrase"},
    )
    assert wrong.code == 2
    assert "the passphrase is another one, or the file was altered" in wrong.said[0]
    assert_nothing_is_left(folder)
