"""Comments that may hold a credential, in the files of every kind."""

from __future__ import annotations

import datetime
import time

import pytest

from keyless.assess.files.kinds import FileKind
from keyless.assess.findings.finding import Confidence, Finding
from keyless.assess.repository import Repository
from keyless.assess.rules.credentials.secret_value import RULE
from keyless.assess.sources.read import read
from keyless.assess.sources.remarks import remarks

KEY = "q7Vt2nXb8LwRz5KcYm3HdJfGp9SaUeQ1oNiTx6BvZrCkWlMy4DhEjF0sPgAuI7b2n8Xv5Lc3Rt9Kw1Qz6Ym4Hg=="
STRING = f"DefaultEndpointsProtocol=https;AccountName=orders;AccountKey={KEY};EndpointSuffix=core.windows.net"
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDH3xYzWq8kTfLm2nRb"


def found_in(path: str, text: str) -> list[Finding]:
    source = read(path, text.encode())
    assert source is not None
    assert not source.problems
    return list(RULE.check(Repository([source], datetime.date(2026, 1, 1))))


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.py", f'import os\n\n# CONNECTION = "{STRING}"\n', 3),
        ("a.py", f"x = 1  # was {STRING}\n", 1),
        ("a.cs", f"class A {{\n/* old:\n{STRING}\n*/\n}}\n", 3),
        ("a.go", f"package a\n\n// ünder {STRING}\nvar b = 1\n", 3),
        ("a.tf", f'# key = "{STRING}"\n', 1),
        ("a.xml", f'<a>\n<!-- <add value="{STRING}" /> -->\n</a>\n', 2),
        ("a.js", f"// -----BEGIN PRIVATE KEY-----\n// {BODY}\n// -----END PRIVATE KEY-----\n", 1),
    ],
)
def test_a_key_in_a_comment_has_leaked(path: str, text: str, line: int) -> None:
    (finding,) = found_in(path, text)
    assert finding.place.span.line == line
    assert finding.confidence is Confidence.HIGH


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", '# JWT_SECRET = "T2BYL6#zc>Byuzu7"\n'),
        ("a.js", '//   const dbPassword = "Hagel-2031!u";\nf();\n'),
        ("a.cs", 'class A {\n    // private static readonly string ApiKey = "k7Vt2nXb8LwRz5KcYm3H";\n}\n'),
    ],
)
def test_a_whole_assignment_in_a_comment_counts_by_its_name(path: str, text: str) -> None:
    (finding,) = found_in(path, text)
    assert finding.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", '# set PASSWORD = "Hagel-2031!u" before you start\n'),
        ("a.py", '# PASSWORD = "secret-of-the-database"\n# API_KEY = "your-api-key"\n'),
        ("a.py", "# AccountName=<name>;AccountKey=<your-key>\n"),
        ("a.js", "const url = 'https://a.b/c?password=' + x; // AccountKey=...\n"),
        ("a.cs", "// Server=a;User Id=b;Password={password};\nclass A {}\n"),
        ("a.js", "// -----BEGIN PRIVATE KEY-----\n// put yours here\n"),
    ],
)
def test_comments_that_explain_are_no_findings(path: str, text: str) -> None:
    assert found_in(path, text) == []


def test_a_key_in_code_is_told_of_once() -> None:
    assert len(found_in("a.py", f'A = "{STRING}"  # {STRING}\n')) == 1


@pytest.mark.parametrize("kind", [FileKind.PYTHON, FileKind.CSHARP])
@pytest.mark.parametrize(
    "piece", ["/*AccountKey=\n", '#  a: "', "// password=\n", "=='\n", "// const ", "/*"]
)
def test_many_comments_take_no_time(kind: FileKind, piece: str) -> None:
    begin = time.process_time()
    remarks("a", kind, piece * (200_000 // len(piece)))
    assert time.process_time() - begin < 6
