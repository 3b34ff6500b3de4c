"""What is taken for a secret in a file, and what is not."""

from __future__ import annotations

import time

import pytest

from keyless.catalog.shapes.inside import credential_in
from keyless.catalog.shapes.names import NameOf, name_of_secret
from keyless.catalog.shapes.placeholders import is_known_to_all, stands_for_something
from keyless.catalog.shapes.plausible import Sureness, secret_under

KEY = "q7Vt2nXb8LwRz5KcYm3HdJfGp9SaUeQ1oNiTx6BvZrCkWlMy4DhEjF0sPgAuI7b2n8Xv5Lc3Rt9Kw1Qz6Ym4Hg=="
EMULATOR = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDH3xYzWq8kTfLm2nRb"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("password", NameOf.PASSWORD),
        ("DB_PASSWORD", NameOf.PASSWORD),
        ("administratorLoginPassword", NameOf.PASSWORD),
        ("keepassxpassword", NameOf.PASSWORD),
        ("spring.datasource.password", NameOf.PASSWORD),
        ("AZURE_CLIENT_SECRET", NameOf.SECRET),
        ("apiKey", NameOf.SECRET),
        ("api-key", NameOf.SECRET),
        ("storageAccountKey", NameOf.SECRET),
        ("githubToken", NameOf.SECRET),
        ("AZDO_PAT", NameOf.SECRET),
        ("ctfKey", NameOf.SOME_KEY),
        ("passwordField", NameOf.NOTHING),
        ("secretName", NameOf.NOTHING),
        ("tokenUrl", NameOf.NOTHING),
        ("publicKey", NameOf.NOTHING),
        ("csrfToken", NameOf.NOTHING),
        ("partitionKey", NameOf.NOTHING),
        ("siteKey", NameOf.NOTHING),
        ("hostKey", NameOf.SOME_KEY),
        ("storageKey", NameOf.SOME_KEY),
        ("key", NameOf.NOTHING),
        ("HEX_PAT", NameOf.NOTHING),
        ("isSecret", NameOf.NOTHING),
        ("x" * 500, NameOf.NOTHING),
        ("", NameOf.NOTHING),
    ],
)
def test_names_say_what_stands_under_them(name: str, says: NameOf) -> None:
    assert name_of_secret(name) is says


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<your-key>",
        "your-api-key-here",
        "${PASSWORD}",
        "$(password)",
        "{{ .Values.password }}",
        "#{Password}#",
        "__PASSWORD__",
        "xxxxxxxx",
        "********",
        "changeme",
        "CHANGE_ME_1!",
        "replace-with-your-secret",
        "example-Secret1",
        "dummy-Token-1",
        "1234567890",
        "abcdefgh",
        "@Microsoft.KeyVault(SecretUri=https://x.vault.azure.net/secrets/y)",
        "{cipher}AQB12",
        "ENC(abc123)",
        "$2b$12$abcdefghijklmnopqrstuv",
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg",
        "%DB_PASSWORD%",
        "my-Secret1-value",
        "insert your key",
        EMULATOR,
        "abababab",
    ],
)
def test_what_stands_for_a_value_is_known(text: str) -> None:
    assert stands_for_something(text)


@pytest.mark.parametrize(
    "text", ["Sommer-2031!x", "kX9!tremolo", KEY, "Aa12345678", "PostgresPass", "T2BYL6#]zc>Byuzu"]
)
def test_values_stand_for_themselves(text: str) -> None:
    assert not stands_for_something(text)


def test_keys_of_emulators_are_known_to_all() -> None:
    assert is_known_to_all(f"AccountName=devstoreaccount1;AccountKey={EMULATOR}")
    assert not is_known_to_all(KEY)


@pytest.mark.parametrize(
    ("name", "value", "sureness"),
    [
        ("password", "Sommer-2031!x", Sureness.FOR_SURE),
        ("password", "welcome123", Sureness.RATHER),
        ("password", "PostgresPass", Sureness.A_WORD),
        ("password", "postgres", Sureness.KNOWN_TO_ALL),
        ("client_secret", "ABC123def456ghi789jkl", Sureness.FOR_SURE),
        ("jwtSecret", "Jw7s3cr3t", Sureness.RATHER),
        ("storageKey", KEY, Sureness.FOR_SURE),
        ("storageKey", "VisitedAppsV2", Sureness.NOT_ONE),
        ("token", "0123456789abcdef0123456789abcdef01234567", Sureness.NOT_ONE),
        ("ctf_key", "TRwzkRJnHOTckssAeyJbysWgP!Qc2T", Sureness.RATHER),
        ("apiKey", "x-api-key", Sureness.NOT_ONE),
        ("ApiKey", "ApiKey", Sureness.NOT_ONE),
        ("apiKey", "configuration.api.key", Sureness.NOT_ONE),
        ("secret", "string", Sureness.NOT_ONE),
        ("secret", "/run/secrets/db", Sureness.NOT_ONE),
        ("secret", "my-app/db.json", Sureness.NOT_ONE),
        ("clientSecret", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", Sureness.NOT_ONE),
        ("password", "DB_PASSWORD", Sureness.NOT_ONE),
        ("password", "Please enter your password", Sureness.NOT_ONE),
        ("password", "if_you_see_this_use_docker1", Sureness.NOT_ONE),
        ("apiKey", "https://contoso.example/key1", Sureness.NOT_ONE),
        ("token", "v1.2.3", Sureness.NOT_ONE),
        ("accessToken", "2024-01-01T00:00:00Z", Sureness.NOT_ONE),
        ("passwordHash", "Sommer-2031!x", Sureness.NOT_ONE),
        ("password", "abc", Sureness.NOT_ONE),
        ("password", "x" * 300, Sureness.NOT_ONE),
        ("secret", "two words1", Sureness.NOT_ONE),
    ],
)
def test_values_are_weighed_by_name_and_characters(name: str, value: str, sureness: Sureness) -> None:
    assert secret_under(name, value) is sureness


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (f"DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey={KEY}", "storage-connection-string"),
        ("Server=tcp:x.database.windows.net;User ID=a;Password=Herbst-2031!y;", "sql-connection-string"),
        ("Server=db.contoso.local;User ID=a;Password=Herbst-2031!y;", "other-connection-string"),
        ("mongodb://app:Zx9kLq2@db.contoso.net/orders", "address-with-password"),
        ("redis://:Zx9kLq2@cache:6379", "local-address-with-password"),
        ("ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6", "github-token"),
        (f"-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----", "private-key"),
        (f"-----BEGIN RSA PRIVATE KEY-----\\n{BODY}\\n", "private-key"),
        ("pQr8Q~" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3", "client-secret"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjb250b3NvIn0.s5Xk2Lq9Vb7Tn4Rw8Zc1Yd6Fg3", "token"),
        (f"x {'A1b2C3d4E5f6' * 6}Zq9X+ASt" + "abcdeA==", "storage-account-key"),
        (
            f"https://x.blob.core.windows.net/c?sv=2022-11-02&sig={KEY[:44]}%3D%3D",
            "storage-sas-url",
        ),
    ],
)
def test_shapes_of_credentials_are_known(text: str, shape: str) -> None:
    found = credential_in(text)
    assert found is not None
    assert found.id == shape


@pytest.mark.parametrize(
    "text",
    [
        "short",
        "-----BEGIN PRIVATE KEY-----",
        f"-----BEGIN CERTIFICATE-----\n{BODY}",
        f"-----BEGIN PUBLIC KEY-----\n{BODY}",
        "-----BEGIN PRIVATE KEY-----\nMIIE...\n-----END PRIVATE KEY-----",
        f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={EMULATOR}",
        "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=<your-key>",
        "Server=x.database.windows.net;Password={your_password};",
        "Server=x.database.windows.net;Authentication=Active Directory Default;",
        "https://user:${PASSWORD}@contoso.net",
        "postgresql://postgres:postgres@localhost:5432/x",
        "https://user:password@contoso.net",
        "https://user:Zx9kLq2@example.com",
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "InstrumentationKey=3f2504e0-4f89-41d3-9a0c-0305e82c3301;IngestionEndpoint=https://x.in.applicationinsights.azure.com",
        'say\n  password = "Zx9kLq2"\n  and user = "x"',
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjb250b3NvIn0",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "A" * 88,
        "subscriptions/3f2504e0-4f89-41d3-9a0c-0305e82c3301/resourceGroups/contoso-production-rg",
    ],
)
def test_decoys_are_no_credentials(text: str) -> None:
    assert credential_in(text) is None


@pytest.mark.parametrize(
    "text", ["password=" * 100_000, "://" * 100_000, "A" * 1_000_000, "-----BEGIN PRIVATE KEY-----" * 20_000]
)
def test_hostile_texts_take_no_time(text: str) -> None:
    start = time.process_time()
    credential_in(text)
    secret_under("password", text)
    assert time.process_time() - start < 1
