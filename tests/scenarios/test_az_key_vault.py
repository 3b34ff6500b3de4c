"""`az keyvault` and `az keyvault secret`: vaults, their policies, what they hold, and what was deleted."""

from __future__ import annotations

import json
import ssl
import subprocess
from pathlib import Path

from azure_cli import PIPELINE, Office, Session
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

IN_GROUP = ("--resource-group", "orders-rg", "--location", "westeurope")
BY_POLICY = ("--enable-rbac-authorization", "false")
PASSWORD = "correct-horse"
EVERY_KEY = ("all", "purge", "rotate", "getrotationpolicy", "setrotationpolicy")


def test_a_vault_is_made_shown_changed_and_listed(owner: Session) -> None:
    made = owner("keyvault", "create", "--name", "kv-made", *IN_GROUP, "--tags", "a=b")
    properties = made["properties"]
    assert (properties["enableRbacAuthorization"], properties["accessPolicies"]) == (True, [])
    assert (properties["vaultUri"], made["tags"]) == ("https://kv-made.vault.azure.net/", {"a": "b"})
    changed = owner("keyvault", "update", "--name", "kv-made", "--enabled-for-deployment", "true")
    assert changed["properties"]["enabledForDeployment"] is True
    assert owner("keyvault", "show", "--name", "kv-made")["id"] == made["id"]
    assert {"contoso-orders", "kv-made"} <= set(owner("keyvault", "list", "--query", "[].name"))


def test_a_vault_with_policies_is_its_makers(owner: Session) -> None:
    made = owner("keyvault", "create", "--name", "kv-policies", *IN_GROUP, *BY_POLICY)
    (own,) = made["properties"]["accessPolicies"]
    assert own["objectId"] == owner("ad", "signed-in-user", "show", "--query", "id")
    vault = ("--vault-name", "kv-policies")
    owner("keyvault", "secret", "set", *vault, "--name", "s", "--value", "first")
    assert owner("keyvault", "secret", "show", *vault, "--name", "s")["value"] == "first"


def test_policies_are_given_and_taken_by_name(office: Office) -> None:
    owner, pipeline = office.owner, office.pipeline
    owner("keyvault", "create", "--name", "kv-shared", *IN_GROUP, *BY_POLICY)
    owner("keyvault", "secret", "set", "--vault-name", "kv-shared", "--name", "s", "--value", "shared")
    read = ("keyvault", "secret", "show", "--vault-name", "kv-shared", "--name", "s")
    assert "ForbiddenByPolicy" in pipeline.refused(*read) or "AccessDenied" in pipeline.refused(*read)
    owner("keyvault", "set-policy", "--name", "kv-shared", "--spn", PIPELINE, "--secret-permissions", "get")
    assert pipeline(*read)["value"] == "shared"
    assert "list" in pipeline.refused("keyvault", "secret", "list", "--vault-name", "kv-shared")
    owner("keyvault", "delete-policy", "--name", "kv-shared", "--spn", PIPELINE)
    assert "secrets get permission" in pipeline.refused(*read)


def test_in_rbac_mode_policies_do_not_count(owner: Session) -> None:
    owner("keyvault", "create", "--name", "kv-modes", *IN_GROUP, *BY_POLICY)
    owner("keyvault", "secret", "set", "--vault-name", "kv-modes", "--name", "s", "--value", "x")
    owner("keyvault", "update", "--name", "kv-modes", "--enable-rbac-authorization", "true")
    said = owner.refused("keyvault", "secret", "show", "--vault-name", "kv-modes", "--name", "s")
    assert "ForbiddenByRbac" in said


def test_secrets_have_versions_attributes_and_a_way_back(owner: Session, tmp_path: Path) -> None:
    owner("keyvault", "create", "--name", "kv-secrets", *IN_GROUP, *BY_POLICY)
    vault, one = ("--vault-name", "kv-secrets"), ("--vault-name", "kv-secrets", "--name", "s")
    first = owner("keyvault", "secret", "set", *one, "--value", "first", "--tags", "a=b")
    owner("keyvault", "secret", "set", *one, "--value", "second")
    assert owner("keyvault", "secret", "show", *one)["value"] == "second"
    assert owner("keyvault", "secret", "show", "--id", first["id"])["value"] == "first"
    assert len(owner("keyvault", "secret", "list-versions", *one)) == 2
    disabled = owner("keyvault", "secret", "set-attributes", "--id", first["id"], "--enabled", "false")
    assert disabled["attributes"]["enabled"] is False
    backup = tmp_path / "backup"
    owner("keyvault", "secret", "backup", *one, "--file", str(backup))
    owner("keyvault", "secret", "delete", *one)
    assert [gone["name"] for gone in owner("keyvault", "secret", "list-deleted", *vault)] == ["s"]
    owner("keyvault", "secret", "recover", *one)
    assert owner("keyvault", "secret", "show", *one)["value"] == "second"
    owner("keyvault", "secret", "delete", *one)
    assert "purge" in owner.refused("keyvault", "secret", "purge", *one), "`all` does not hold it"
    me = owner("ad", "signed-in-user", "show", "--query", "id")
    everything = ("--secret-permissions", "all", "purge")
    owner("keyvault", "set-policy", "--name", "kv-secrets", "--object-id", me, *everything)
    owner("keyvault", "secret", "purge", *one)
    assert owner("keyvault", "secret", "list-deleted", *vault) == []
    owner("keyvault", "secret", "restore", *vault, "--file", str(backup))
    assert len(owner("keyvault", "secret", "list-versions", *one)) == 2


def test_keys_are_made_used_rotated_and_brought_back(owner: Session, tmp_path: Path) -> None:
    owner("keyvault", "create", "--name", "kv-keys", *IN_GROUP, *BY_POLICY)
    me = owner("ad", "signed-in-user", "show", "--query", "id")
    owner("keyvault", "set-policy", "--name", "kv-keys", "--object-id", me, "--key-permissions", *EVERY_KEY)
    vault, one = ("--vault-name", "kv-keys"), ("--vault-name", "kv-keys", "--name", "k")
    made = owner("keyvault", "key", "create", *one, "--kty", "RSA", "--size", "2048", "--tags", "a=b")
    assert (made["key"]["kty"], made["tags"], len(made["key"]["keyOps"])) == ("RSA", {"a": "b"}, 6)
    value = ("--algorithm", "RSA-OAEP", "--value", "aGVsbG8=", "--data-type", "base64")
    sealed = owner("keyvault", "key", "encrypt", *one, *value)["result"]
    opened = owner(
        "keyvault",
        "key",
        "decrypt",
        *one,
        "--algorithm",
        "RSA-OAEP",
        "--value",
        sealed,
        "--data-type",
        "base64",
    )
    assert opened["result"] == "aGVsbG8="
    digest = "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="
    signing = ("--algorithm", "RS256", "--digest", digest)
    signature = owner("keyvault", "key", "sign", *one, *signing)["signature"]
    verified = owner("keyvault", "key", "verify", *one, *signing, "--signature", signature)
    assert verified["isValid"] is True
    rotated = owner("keyvault", "key", "rotate", *one)
    assert rotated["key"]["kid"] != made["key"]["kid"]
    assert len(owner("keyvault", "key", "list-versions", *one)) == 2
    disabled = owner("keyvault", "key", "set-attributes", "--id", made["key"]["kid"], "--enabled", "false")
    assert disabled["attributes"]["enabled"] is False
    backup = tmp_path / "backup"
    owner("keyvault", "key", "backup", *one, "--file", str(backup))
    owner("keyvault", "key", "delete", *one)
    assert [gone["name"] for gone in owner("keyvault", "key", "list-deleted", *vault)] == ["k"]
    owner("keyvault", "key", "recover", *one)
    owner("keyvault", "key", "delete", *one)
    owner("keyvault", "key", "purge", *one)
    owner("keyvault", "key", "restore", *vault, "--file", str(backup))
    assert owner("keyvault", "key", "show", *one)["key"]["kid"] == rotated["key"]["kid"]


def test_certificates_are_made_brought_in_and_brought_back(owner: Session, tmp_path: Path) -> None:
    owner("keyvault", "create", "--name", "kv-stamps", *IN_GROUP, *BY_POLICY)
    me = owner("ad", "signed-in-user", "show", "--query", "id")
    everything = ("--certificate-permissions", "all", "purge", "--secret-permissions", "all")
    owner("keyvault", "set-policy", "--name", "kv-stamps", "--object-id", me, *everything)
    vault, one = ("--vault-name", "kv-stamps"), ("--vault-name", "kv-stamps", "--name", "c")
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(owner("keyvault", "certificate", "get-default-policy")))
    made = owner("keyvault", "certificate", "create", *one, "--policy", f"@{policy}")
    assert (made["status"], made["error"]) == ("completed", None)
    shown = owner("keyvault", "certificate", "show", *one)
    assert shown["policy"]["x509CertificateProperties"]["subject"] == "CN=CLIGetDefaultPolicy"
    written = tmp_path / "c.pem"
    owner("keyvault", "certificate", "download", *one, "--file", str(written))
    assert x509.load_pem_x509_certificate(written.read_bytes()).public_bytes(Encoding.DER)
    bundle = tmp_path / "c.pfx"
    secret = ("keyvault", "secret", "download", *one, "--file", str(bundle), "--encoding", "base64")
    owner(*secret)
    brought = owner("keyvault", "certificate", "import", *vault, "--name", "copy", "--file", str(bundle))
    assert brought["cer"] == shown["cer"]
    owner("keyvault", "certificate", "set-attributes", *one, "--tags", "a=b")
    assert len(owner("keyvault", "certificate", "list", *vault)) == 2
    backup = tmp_path / "backup"
    owner("keyvault", "certificate", "backup", *one, "--file", str(backup))
    owner("keyvault", "certificate", "delete", *one)
    assert [gone["name"] for gone in owner("keyvault", "certificate", "list-deleted", *vault)] == ["c"]
    owner("keyvault", "certificate", "recover", *one)
    owner("keyvault", "certificate", "delete", *one)
    owner("keyvault", "certificate", "purge", *one)
    owner("keyvault", "certificate", "restore", *vault, "--file", str(backup))
    assert owner("keyvault", "certificate", "show", *one)["tags"] == {"a": "b"}


def test_a_certificate_comes_as_a_pfx_or_as_pem_without_a_policy(owner: Session, tmp_path: Path) -> None:
    owner("keyvault", "create", "--name", "kv-imports", *IN_GROUP, *BY_POLICY)
    one = ("--vault-name", "kv-imports", "--name", "c")
    pem, pfx = made_certificate(tmp_path)
    by_pfx = ("keyvault", "certificate", "import", *one, "--file", str(pfx), "--password")
    first = owner(*by_pfx, PASSWORD)
    assert first["policy"]["x509CertificateProperties"]["subject"] == "CN=imported"
    assert "can not be read" in owner.refused(*by_pfx, "wrong")
    second = owner("keyvault", "certificate", "import", *one, "--file", str(pem), "--tags", "a=b")
    assert second["policy"]["secretProperties"]["contentType"] == "application/x-pem-file"
    assert len(owner("keyvault", "certificate", "list-versions", *one)) == 2
    secret = tmp_path / "secret.pem"
    owner("keyvault", "secret", "download", *one, "--file", str(secret))
    assert der_in(secret) == der_in(pem)
    assert secret.read_text().startswith("-----BEGIN PRIVATE KEY")
    assert "certificate" in owner.refused("keyvault", "secret", "delete", *one)


def der_in(file: Path) -> bytes:
    """The certificate in a file of PEM, which may hold a key before it."""
    _, begin, certificate = file.read_text().partition("-----BEGIN CERTIFICATE-----")
    return ssl.PEM_cert_to_DER_cert(begin + certificate)


def made_certificate(directory: Path) -> tuple[Path, Path]:
    """A certificate with its key, in PEM and as a PFX with a password, by `openssl`."""
    pem, pfx, key = (directory / name for name in ("made.pem", "made.pfx", "key.pem"))
    for command in (
        f"req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=imported -keyout {key} -out {pem}",
        f"pkcs12 -export -inkey {key} -in {pem} -out {pfx} -passout pass:{PASSWORD}",
    ):
        subprocess.run(["openssl", *command.split()], check=True, capture_output=True)
    pem.write_text(key.read_text() + pem.read_text())
    return pem, pfx


def test_a_deleted_vault_comes_back_with_its_secrets_or_goes_for_good(owner: Session) -> None:
    owner("keyvault", "create", "--name", "kv-gone", *IN_GROUP, *BY_POLICY)
    owner("keyvault", "secret", "set", "--vault-name", "kv-gone", "--name", "s", "--value", "kept")
    owner("keyvault", "delete", "--name", "kv-gone")
    assert "kv-gone" in owner("keyvault", "list-deleted", "--query", "[].name")
    assert owner("keyvault", "show-deleted", "--name", "kv-gone")["name"] == "kv-gone"
    taken = owner.refused("keyvault", "create", "--name", "kv-gone", *IN_GROUP)
    assert "deleted" in taken
    owner("keyvault", "recover", "--name", "kv-gone")
    show = ("keyvault", "secret", "show", "--vault-name", "kv-gone", "--name", "s", "--query", "value")
    assert owner(*show) == "kept"
    owner("keyvault", "delete", "--name", "kv-gone")
    owner("keyvault", "purge", "--name", "kv-gone")
    assert "kv-gone" not in owner("keyvault", "list-deleted", "--query", "[].name")


def test_purge_protection_holds_up_a_purge(owner: Session) -> None:
    protected = ("--enable-purge-protection", "true", "--retention-days", "7")
    owner("keyvault", "create", "--name", "kv-protected", *IN_GROUP, *protected)
    owner("keyvault", "delete", "--name", "kv-protected")
    assert "DeletedVaultPurge" in owner.refused("keyvault", "purge", "--name", "kv-protected")
    owner("keyvault", "recover", "--name", "kv-protected")


def test_a_workload_reads_what_it_has_a_role_for_and_manages_nothing(office: Office) -> None:
    web = office.web
    secret = ("keyvault", "secret", "show", "--vault-name", "contoso-orders", "--name", "db-password")
    assert web(*secret, "--query", "value") == "correct horse battery staple"
    said = web.refused("keyvault", "secret", "set", *secret[3:], "--value", "x")
    assert "Microsoft.KeyVault/vaults/secrets/setSecret/action" in said
