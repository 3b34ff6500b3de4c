"""The samples that azure-appconfiguration-provider publishes, run as they are: by identity and by access key.

Each has the settings that it prints, as a reader of store and vault, or an owner of the store's data where it
writes. They are fetched by scripts/published_samples.py; where that cannot be, the tests are skipped loudly.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import pytest
from sdk_estates import (
    BY_ACCESS_KEY,
    DATA_OWNER,
    DATA_READER,
    ENDPOINT,
    ON_STORE,
    ON_VAULT,
    SECRETS_USER,
    VAULT_URL,
    one_web_app,
)
from sdk_samples import Folders
from sdk_site import Ran, Site

PROVIDER = "azure-appconfiguration-provider"
SECRET = "correct-horse"
SETTINGS = """
- {key: message, value: "a message"}
- {key: test.message, value: "a trimmed message"}
- {key: my_json, value: '{"key": "of json"}', contentType: application/json}
- {key: app/config, value: '{"timeout": 30}', contentType: application/json}
- {key: secret, keyVaultReference: {vault: contoso-orders, secret: db-password}}
- {key: secret, label: prod, keyVaultReference: {vault: contoso-orders, secret: db-password}}
- {featureFlag: Alpha, enabled: true}
- {featureFlag: Alpha, enabled: false, label: dev}
"""
PLACES = {
    "APPCONFIGURATION_ENDPOINT_STRING": ENDPOINT,
    "APPCONFIGURATION_CONNECTION_STRING": BY_ACCESS_KEY["APPCONFIG_CONNECTION_STRING"],
    "KEYVAULT_URL": f"{VAULT_URL}/",
}
READS = ((DATA_READER, ON_STORE),)
READS_SECRETS = ((DATA_READER, ON_STORE), (SECRETS_USER, ON_VAULT))
WRITES = ((DATA_OWNER, ON_STORE), (SECRETS_USER, ON_VAULT))


class Sample(NamedTuple):
    """A sample, who runs it, and what it says at its end, line by line."""

    name: str
    roles: tuple[tuple[str, str], ...]
    says: tuple[str, ...]


FOUND = ("message found: True", "test.message found: False")
BY_KEY = ("a message", "of json", "a trimmed message", *FOUND)
FROM_SNAPSHOTS = (
    "app/config: {'timeout': 30}",
    "app/settings/backgroundColor: #FFFFFF",
    "app/settings/fontSize: 14",
    "app/settings/message: Hello from snapshot!",
    "override.fontSize: 16",
    "override.message: Production override!",
    "",
    "Feature flags loaded: True",
    "  Alpha: enabled=True",
    "  Beta: enabled=True",
)
SAMPLES = (
    Sample("key_vault_reference_customized_clients_sample", READS_SECRETS, (SECRET,)),
    Sample("key_vault_reference_sample", READS_SECRETS, (SECRET, "From Secret Resolver", SECRET)),
    Sample("async_key_vault_reference_sample", READS_SECRETS, (SECRET,)),
    Sample("async_key_vault_reference_provided_clients_sample", READS_SECRETS, (SECRET,)),
)
NO_REFERENCES = (
    Sample("connection_string_sample", (), BY_KEY),
    Sample("snapshot_sample", WRITES, FROM_SNAPSHOTS),
    Sample("async_snapshot_sample", WRITES, FROM_SNAPSHOTS),
    Sample("async_connection_string_sample", (), BY_KEY),
    Sample("async_entra_id_sample", READS, ("a message", "a trimmed message", *FOUND)),
    Sample(
        "entra_id_sample",
        READS,
        (
            "a message",
            "a trimmed message",
            *FOUND,
            "feature_flag_enabled found: {'feature_flags': [",
            "True",
            "False",
            "30",
        ),
    ),
    Sample("refresh_sample", WRITES, ("Hello World!", "of json") * 3),
    Sample(
        "refresh_sample_feature_flags",
        WRITES,
        ("Hello World!", "of json", "{'id': 'Beta'") * 3,
    ),
)
"""Those that have no way to follow a reference: they stop at the first one that they meet."""
NOT_RUN = {
    "sample_utilities": "is what the others use",
}


def ran(site: Site, folders: Folders, sample: Sample, settings: str) -> Ran:
    site.declare(one_web_app(*sample.roles, secrets=f"db-password: {SECRET}", settings=settings))
    return site.run(sys.executable, f"{sample.name}.py", env=PLACES, cwd=folders[PROVIDER])


def says(done: Ran, expected: tuple[str, ...]) -> None:
    """Each of the last lines begins as it should."""
    assert done.code == 0, done.stderr
    lines = done.stdout.splitlines()[-len(expected) :]
    for line, beginning in zip(lines, expected, strict=True):
        assert line.startswith(beginning)
    assert "keyless: denied" not in done.stderr


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_published_sample_of_references_runs_as_it_is(site: Site, folders: Folders, sample: Sample) -> None:
    says(ran(site, folders, sample, SETTINGS), sample.says)


@pytest.mark.parametrize("sample", NO_REFERENCES, ids=lambda sample: sample.name)
def test_a_published_sample_runs_as_it_is(site: Site, folders: Folders, sample: Sample) -> None:
    plain = "\n".join(line for line in SETTINGS.splitlines() if "keyVaultReference" not in line)
    says(ran(site, folders, sample, plain), sample.says)


def test_every_published_sample_of_the_provider_is_run_or_left_out_for_a_reason(folders: Folders) -> None:
    published = {path.stem for path in folders[PROVIDER].glob("*.py")}
    assert {sample.name for sample in (*SAMPLES, *NO_REFERENCES)} | NOT_RUN.keys() == published
