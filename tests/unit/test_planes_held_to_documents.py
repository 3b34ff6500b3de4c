"""The validator of the data planes itself: what it lets pass, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

import vault_schemas
from configuration_schemas import DOCUMENTS

HEADERS = {
    "ETag": '"e"',
    "Sync-Token": "kv=MA==;sn=1",
    "Content-Type": "application/vnd.microsoft.appconfig.kv+json; charset=utf-8",
}
ONE: dict[str, Any] = {
    "etag": "e",
    "key": "colour",
    "label": None,
    "content_type": None,
    "value": "blue",
    "tags": {"of": None},
    "description": None,
    "locked": False,
    "last_modified": "2026-01-01T00:00:00+00:00",
}
PROBLEM = {"type": "about:blank", "title": "no", "status": 404}


def problems(
    body: object,
    *,
    method: str = "GET",
    path: str = "/kv/a/b",
    query: str = "api-version=2026-04-01",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> list[str]:
    """What is wrong with an answer."""
    raw = b"" if body is None else json.dumps(body).encode()
    return DOCUMENTS.problems(method, path, query, status, raw, HEADERS if headers is None else headers)


def test_an_answer_as_described_passes() -> None:
    assert problems(ONE) == []
    assert problems(None, method="HEAD") == []
    assert problems(None, method="DELETE", status=204) == []
    assert problems(None, status=304) == []
    assert problems({"value": "blue"}, query="api-version=2026-04-01&$Select=value") == []


def test_what_is_required_must_be_there() -> None:
    assert problems({"value": "blue"}) != []
    assert problems(None) != []


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "blue"},
        {"locked": "false"},
        {"last_modified": "yesterday"},
        {"tags": {"n": 1}},
        {"etag": None},
    ],
    ids=str,
)
def test_what_is_not_described_is_refused(wrong: dict[str, Any]) -> None:
    assert problems({**ONE, **wrong}) != []


def test_a_member_of_later_versions_is_refused() -> None:
    assert problems(ONE, query="api-version=2024-09-01") != []


@pytest.mark.parametrize("header", sorted(HEADERS))
def test_a_header_that_is_described_must_be_there(header: str) -> None:
    left = {name: value for name, value in HEADERS.items() if name != header}
    assert problems(ONE, headers=left) != []


def test_another_media_type_is_refused() -> None:
    assert problems(ONE, headers={**HEADERS, "Content-Type": "text/plain"}) != []


def test_an_answer_without_a_body_has_none() -> None:
    assert problems(ONE, status=304) != []
    assert problems(ONE, method="HEAD") != []
    assert problems(ONE, method="DELETE", status=204) != []
    assert problems(PROBLEM, method="HEAD", status=404) != []


def test_an_error_is_a_problem_with_its_own_status() -> None:
    assert problems(PROBLEM, status=404) == []
    assert problems(PROBLEM, status=409) != []
    assert problems({**PROBLEM, "pos": 1}, status=404) != []
    assert problems(None, status=404) != []
    assert problems(None, status=401) == []
    assert problems(PROBLEM, status=401) != []


def test_what_no_document_describes_is_refused() -> None:
    assert problems(ONE, path="/kw") != []
    assert problems(ONE, status=202) != []
    assert problems(ONE, query="api-version=1999-01-01") != []
    with pytest.raises(AssertionError, match="no document describes it"):
        DOCUMENTS.check("POST", "/kv/a", "api-version=2026-04-01", 200, b"{}")


def test_a_vaults_version_may_be_left_out_of_its_path() -> None:
    described = vault_schemas.DOCUMENTS.described("GET", "/secrets/colour/", "7.4")
    assert described is not None
    assert described.id == "GetSecret"
