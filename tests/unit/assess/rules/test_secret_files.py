"""Secrets that are files of their own, in base64, in manifests, and the addresses of webhooks."""

from __future__ import annotations

import base64
import datetime

import pytest

from keyless.assess.findings.finding import Confidence, Finding
from keyless.assess.repository import Repository
from keyless.assess.rules.credentials.secret_value import RULE
from keyless.assess.sources.read import read
from keyless.catalog.shapes.inside import credential_in

BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDH3xYzWq8kTfLm2nRb"
PEM = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{BODY}\n-----END OPENSSH PRIVATE KEY-----\n"
HOOK = "https://hooks.slack.com/services/" + "T04Q7RWX2/B09DANZ2N7K/" + "c2j75EaQpZ8rTmW4yKdVuX1b"


def found_in(path: str, text: str) -> list[Finding]:
    source = read(path, text.encode())
    if source is None:
        return []
    assert not source.problems
    return list(RULE.check(Repository([source], datetime.date(2026, 1, 1))))


@pytest.mark.parametrize(
    "path", ["iac/rsa", ".ssh/orders", ".ssh/a.keys", "id_ed25519", "deploy_key", "a.rsa"]
)
def test_private_keys_are_found_in_files_without_a_known_ending(path: str) -> None:
    (finding,) = found_in(path, PEM)
    assert finding.confidence is Confidence.HIGH


def test_public_keys_and_other_files_are_left() -> None:
    assert (
        found_in(".ssh/orders.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA7WyMlybTFThPFXKFSOgDGl you\n")
        == []
    )
    assert found_in(".ssh/config", "Host a\n  IdentityFile ~/.ssh/id_rsa\n") == []
    assert found_in("LICENSE", PEM) == []


@pytest.mark.parametrize("path", ["secrets/db_password.txt", "run/api_key", "secretfiles/db-root-password"])
def test_a_file_of_a_password_is_one(path: str) -> None:
    (finding,) = found_in(path, "Hagel-2031!u-7Kq9\n")
    assert finding.confidence is Confidence.HIGH


@pytest.mark.parametrize("text", ["", "changeme\n", "<password>\n", "a\nHagel-2031!u\n", "${DB_PASSWORD}\n"])
def test_a_file_that_only_is_called_so_is_none(text: str) -> None:
    assert found_in("secrets/db_password.txt", text) == []


def test_the_history_of_a_shell_is_read_and_what_is_no_command_is_left() -> None:
    text = "ls 'unfinished\nif then (\nexport dbPassword='Hagel-2031!u'\necho \"$TOKEN\"\n"
    (finding,) = found_in("home/.bash_history", text)
    assert finding.place.span.line == 3


def encoded(text: str, times: int) -> str:
    for _ in range(times):
        text = base64.b64encode(text.encode()).decode()
    return text


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (HOOK, "webhook"),
        ("https://discord.com/api/webhooks/112233445566778899/" + "aB3" * 22, "webhook"),
        ("812345678" + ":AA" + "HjmVZqvM9dI2rtBJu-KWMZyMFTZINo9IH", "telegram-token"),
        (PEM, "private-key"),
    ],
)
@pytest.mark.parametrize("times", [0, 1, 2])
def test_what_is_written_in_base64_counts_as_what_it_is(text: str, shape: str, times: int) -> None:
    found = credential_in(encoded(text, times))
    assert found is not None
    assert found.id == shape


def test_what_another_kind_of_file_has_of_a_key_has_its_own_line() -> None:
    (finding,) = found_in(
        "k8s/main.key", f"apiVersion: v1\nitems:\n- data:\n    tls.key: {encoded(PEM, 1)}\n"
    )
    assert finding.place.span.line == 4


def secret_of(*entries: str) -> str:
    return "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  " + "\n  ".join(entries) + "\n"


@pytest.mark.parametrize(
    "entry", ["answer: wal im winter", "funnier: Hagel-2031!u", "seed: q7Vt2nXb8LwRz5Kc"]
)
def test_a_secret_of_a_cluster_keeps_a_secret_whatever_its_name(entry: str) -> None:
    (finding,) = found_in("k8s/a.yml", secret_of(entry))
    assert finding.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    "entry",
    [
        "user: orders-user-7!",
        "dbHost: a!b7.example",
        "server: orders.database.windows.net",
        "level: production",
        "shard: orders-db-01",
        "answer: orders.database.windows.net:1433",
        "answer: https://orders.example.org/a",
        "answer: '<fill this in>'",
        "answer: 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        'settings.json: \'{"a!": 7, "b": 1}\'',
        "answer: '{{ .Values.answer }}'",
    ],
)
def test_a_secret_of_a_cluster_keeps_settings_as_well(entry: str) -> None:
    assert found_in("k8s/a.yml", secret_of(entry)) == []


def test_base64_of_anything_else_is_none() -> None:
    certificate = "-----BEGIN CERTIFICATE-----\n" + BODY
    assert credential_in(encoded(certificate, 1)) is None
    assert credential_in(encoded("the quick brown fox jumps over the lazy dog" * 3, 2)) is None
    assert credential_in(encoded(HOOK, 3)) is None
    assert credential_in(HOOK.replace("T04Q7RWX2", "T12345678")) is None


@pytest.mark.parametrize("word", ["password", "pwd", "secret"])
def test_a_password_that_is_the_word_is_hardly_sure(word: str) -> None:
    text = f"Server=(localdb)\\a;Initial Catalog=b;User ID=user;Password={word};Encrypt=True;"
    (finding,) = found_in("Web.config", f'<a><add name="b" connectionString="{text}"/></a>')
    assert finding.confidence is Confidence.LOW


def test_a_password_of_ones_own_is_one_where_it_is_deployed() -> None:
    manifest = (
        "apiVersion: helm.fluxcd.io/v1\nkind: HelmRelease\nspec:\n  values:\n    auth:\n      password: "
    )
    (finding,) = found_in("manifests/redis.yaml", manifest + "MyPassword123\n")
    assert finding.confidence is Confidence.MEDIUM
    assert found_in("manifests/redis.yaml", manifest + "my-password\n") == []


def test_a_map_of_configuration_has_a_secret_where_a_container_reads_it_as_one() -> None:
    manifest = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  funny: schneeKristall31!\n"
        "  level: tief-7!x\n"
        "---\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - env:\n"
        "    - name: SIGNING_SECRET\n      valueFrom: {configMapKeyRef: {name: a, key: funny}}\n"
        "    - name: LEVEL\n      valueFrom: {configMapKeyRef: {name: a, key: level}}\n"
    )
    (finding,) = found_in("k8s/a.yml", manifest)
    assert finding.place.span.line == 6
    assert finding.subject == "SIGNING_SECRET"
