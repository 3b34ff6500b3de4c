"""The samples that the clients of Key Vault and App Configuration publish, run as they are.

Each runs in its package's own directory of samples, in a project of its own, as an officer of the vault and
an owner of the store's data. They are fetched by scripts/published_samples.py; where that cannot be, the
tests are skipped loudly.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID
from sdk_estates import (
    DATA_OWNER,
    ENDPOINT,
    ON_STORE,
    ON_VAULT,
    VAULT_ADMINISTRATOR,
    VAULT_URL,
    one_web_app,
)
from sdk_samples import Folders, load_script
from sdk_site import PROGRAMS, Ran, Site

PLACES = {"VAULT_URL": VAULT_URL, "APPCONFIGURATION_ENDPOINT_STRING": ENDPOINT}
SECRETS, KEYS, CERTIFICATES, SETTINGS = (
    "azure-keyvault-secrets",
    "azure-keyvault-keys",
    "azure-keyvault-certificates",
    "azure-appconfiguration",
)

SAYS = {
    SECRETS: {
        "backup_restore_operations": "Restored secret with name",
        "hello_world": "was deleted.",
        "list_operations": "has recovery id",
        "recover_purge_operations": "Secret has been permanently deleted.",
    },
    KEYS: {
        "backup_restore_operations": "Restored key with name",
        "hello_world": "Deleted",
        "key_rotation": "Deleted the key",
        "list_operations": "recovery id",
        "recover_purge_operations": "Purge",
        "send_request": "Deleted key",
    },
    CERTIFICATES: {
        "backup_restore_operations": "run_sample done",
        "contacts": "run_sample done",
        "hello_world": "run_sample done",
        "import_certificate": "imported successfully",
        "issuers": "run_sample done",
        "list_operations": "run_sample done",
        "parse_certificate": "run_sample done",
        "recover_purge_operations": "run_sample done",
    },
    SETTINGS: {
        "check_configuration_settings_sample": "Page changed! New ETag",
        "conditional_operation_sample": "'value': 'my value'",
        "hello_world_entra_id_sample": "'value': 'new value'",
        "hello_world_sample": "'value': 'new value'",
        "list_configuration_settings_sample": "'value': 'my value1'",
        "list_labels_sample": "ConfigurationSettingLabel",
        "list_revision_sample": "'content_type': 'my content type'",
        "read_only_sample": "'read_only': True",
        "send_request_sample": "200",
        "snapshot_sample": "'key': 'my_key1'",
        "sync_token_sample": "",
    },
}
"""What each sample says when it does what it shows; nearly all have an asynchronous twin, `..._async`."""

ONE_OF_A_KIND = {
    (SETTINGS, "check_configuration_settings_sample"),
    (SETTINGS, "hello_world_entra_id_sample"),
    (KEYS, "send_request"),
}

NOT_RUN = {
    (
        SETTINGS,
        "hello_world_sample_entra_id_and_bleu",
    ): "is for a sovereign cloud, whose hosts are not served",
}

RUN = [
    (package, name, said)
    for package, samples in SAYS.items()
    for sample, said in samples.items()
    for name in ([sample] if (package, sample) in ONE_OF_A_KIND else [sample, f"{sample}_async"])
]


def written_certificates(folder: Path) -> dict[str, str]:
    """A certificate with its key in both formats, and the variables by which samples find the files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "imported")])
    begins = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=90))
        .sign(key, hashes.SHA256())
    )
    files = {"PFX_CERT_PATH": folder / "imported.pfx", "PEM_CERT_PATH": folder / "imported.pem"}
    files["PFX_CERT_PATH"].write_bytes(
        pkcs12.serialize_key_and_certificates(None, key, made, None, NoEncryption())
    )
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files["PEM_CERT_PATH"].write_bytes(plain + made.public_bytes(Encoding.PEM))
    return {variable: str(file) for variable, file in files.items()}


@pytest.fixture
def sample(site: Site, folders: Folders) -> Callable[[str, str], Ran]:
    """Runs a sample of a package."""
    site.declare(one_web_app((VAULT_ADMINISTRATOR, ON_VAULT), (DATA_OWNER, ON_STORE)))

    def run(package: str, name: str) -> Ran:
        places = PLACES | written_certificates(site.root) if name.startswith("import_") else PLACES
        runner = [str(PROGRAMS / "without_long_sleeps.py")] if name.startswith("backup") else []
        return site.run(sys.executable, *runner, f"{name}.py", env=places, cwd=folders[package])

    return run


@pytest.mark.parametrize(("package", "name", "said"), RUN, ids=[f"{one[0]}-{one[1]}" for one in RUN])
def test_a_published_sample_runs_as_it_is(
    sample: Callable[[str, str], Ran], package: str, name: str, said: str
) -> None:
    ran = sample(package, name)
    assert ran.code == 0, ran.stderr
    assert said in ran.stdout
    assert "keyless: denied" not in ran.stderr


def test_every_published_sample_is_run_or_left_out_for_a_reason(folders: Folders) -> None:
    published = {(package, path.stem) for package in SAYS for path in folders[package].glob("*.py")}
    run = {(package, name) for package, name, _ in RUN}
    assert not run & NOT_RUN.keys()
    assert run | NOT_RUN.keys() == published


def test_samples_that_cannot_be_fetched_are_a_plain_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    script = load_script()
    with pytest.raises(script.CannotFetch, match="pip cannot download the source distribution of `azure-k"):
        script.samples_of(SECRETS, tmp_path / "cache")


def test_nothing_but_samples_is_taken_out_of_an_archive(tmp_path: Path) -> None:
    archive = tmp_path / "it.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        for name in ("it-1/samples/a.py", "it-1/setup.py", "it-1/samples/deep/b.py", "../samples/../c.py"):
            member = tarfile.TarInfo(name)
            member.size = 1
            packed.addfile(member, io.BytesIO(b"#"))
    folder = load_script()._unpack(archive, tmp_path / "out")
    assert [path.name for path in folder.iterdir()] == ["a.py"]
