"""Where a written secret is said to be, and how sure."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.findings.finding import Confidence, Finding
from keyless.assess.repository import Repository
from keyless.assess.rules.credentials.secret_value import RULE
from keyless.assess.sources.read import read

TOKEN = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"


def found_in(path: str, text: str) -> list[Finding]:
    source = read(path, text.encode())
    assert source is not None
    return list(RULE.check(Repository([source], datetime.date(2026, 1, 1))))


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.yaml", f"k: |\n  a: b\n  t: {TOKEN}\n  c: d\n", 3),
        ("a.py", f'k = """\na\n{TOKEN}\nb\n"""\n', 3),
        ("a.tf", f'resource "x" "y" {{\n  k = <<EOF\na\n{TOKEN}\nEOF\n}}\n', 4),
        ("a.sh", f"cat > f <<EOF\na=b\nT={TOKEN}\nEOF\n", 3),
    ],
)
def test_a_secret_in_a_text_of_several_lines_has_its_own_line(path: str, text: str, line: int) -> None:
    (finding,) = found_in(path, text)
    assert finding.place.span.line == line


@pytest.mark.parametrize(
    ("path", "sure"),
    [
        ("app/settings.py", Confidence.HIGH),
        ("tests/settings.py", Confidence.LOW),
        ("src/__mocks__/a.py", Confidence.LOW),
        ("e2e_tests/a.py", Confidence.LOW),
        ("samples/a.py", Confidence.LOW),
    ],
)
def test_code_that_does_not_run_is_hardly_sure(path: str, sure: Confidence) -> None:
    (finding,) = found_in(path, "password = 'Sommer-2031!x'\n")
    assert finding.confidence is sure


@pytest.mark.parametrize(
    ("path", "sure"),
    [
        (".env", Confidence.HIGH),
        (".env.example", Confidence.LOW),
        (".env.local", Confidence.MEDIUM),
        ("appsettings.Development.json", Confidence.MEDIUM),
        (".github/workflows/a.yml", Confidence.MEDIUM),
    ],
)
def test_settings_that_do_not_run_are_less_sure(path: str, sure: Confidence) -> None:
    text = "DB_PASSWORD=Sommer-2031!x"
    if path.endswith(".json"):
        text = '{"DB_PASSWORD": "Sommer-2031!x"}'
    elif path.endswith(".yml"):
        text = "env:\n  DB_PASSWORD: Sommer-2031!x\n"
    (finding,) = found_in(path, text)
    assert finding.confidence is sure


def test_no_finding_holds_a_value() -> None:
    for path, text in (("a.py", "password = 'Sommer-2031!x'"), ("a.env", f"X={TOKEN}")):
        for finding in found_in(path, text):
            assert "Sommer" not in repr(finding)
            assert TOKEN not in repr(finding)


@pytest.mark.parametrize(
    "text",
    [
        "client.setPassword('Sommer-2031!x')",
        "connect(user='a', password='Sommer-2031!x')",
        "config = {'db': {'password': 'Sommer-2031!x'}}",
        "os.environ['DB_PASSWORD'] = 'Sommer-2031!x'",
        "props.put('db.password', 'Sommer-2031!x')",
        "def f(password='Sommer-2031!x'): pass",
        "class A:\n    password = 'Sommer-2031!x'",
        "x = lambda password='Sommer-2031!x': 1",
        "password = os.environ.get('P') or 'Sommer-2031!x'",
    ],
)
def test_names_of_texts_in_code(text: str) -> None:
    assert len(found_in("a.py", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "label = 'Sommer-2031!x'",
        "password = 'PasswordField'",
        "errors = {'password': 'Password must be 8+ characters!'}",
        "password = get('Sommer-2031!x')",
        "PASSWORD_KEY = 'db.password'",
        "assert password != 'x'",
    ],
)
def test_other_texts_in_code_are_none(text: str) -> None:
    assert found_in("a.py", text) == []


def test_keys_lie_in_files_of_their_own() -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDH3xYzWq8kTfLm2nRb"
    (finding,) = found_in("deploy/id_rsa", f"-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n")
    assert finding.place.span.line == 1
    assert found_in("cert.pem", f"-----BEGIN CERTIFICATE-----\n{body}\n") == []


def test_an_environment_that_is_a_list_names_its_values_as_one_that_is_a_mapping_does() -> None:
    as_list = "services:\n  a:\n    environment:\n      - SECURITYKEY=nEpLzQJGNSCNL5H6DIQCtTdNxf5V\n"
    as_mapping = as_list.replace("- SECURITYKEY=", "SECURITYKEY: ")
    for text in (as_list, as_mapping):
        (found,) = found_in("docker-compose.yml", text)
        assert found.place.span.line == 4
        assert "SECURITYKEY" in found.message
    assert found_in("docker-compose.yml", as_list.replace("environment", "labels")) == []
