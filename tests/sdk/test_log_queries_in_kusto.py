"""Kusto's own language service reads the queries for Log Analytics, and finds nothing wrong with them.

It is installed by scripts/node_clients.py; where it or Node are missing, the tests are skipped loudly.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sdk_site import SkipLoudly

from keyless.evidence.logs.kql.queries import QUERIES

FOLDER = Path(__file__).parent / "js"
COLUMNS = Path(__file__).parents[1] / "service_logs" / "columns.json"
Kusto = Callable[[list[str]], list[dict[str, list[str]]]]


@pytest.fixture
def kusto(skip_loudly: SkipLoudly) -> Kusto:
    """Says what is wrong with each query, and which columns it gives."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "@kusto" / "language-service-next").is_dir():
        skip_loudly(
            "queries in Kusto's language: run `python scripts/node_clients.py` to install its service"
        )

    def ask(queries: list[str]) -> list[dict[str, list[str]]]:
        asked = json.dumps({"tables": json.loads(COLUMNS.read_text())["tables"], "queries": queries})
        command = [str(node), str(FOLDER / "kusto.mjs")]
        ran = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
        return json.loads(ran.stdout)

    return ask


def test_every_query_is_sound_and_gives_the_columns_that_the_import_reads(kusto: Kusto) -> None:
    said = kusto([one.text(30) for one in QUERIES])
    assert [(one.name, found["wrong"]) for one, found in zip(QUERIES, said, strict=True)] == [
        (one.name, []) for one in QUERIES
    ]
    for one, found in zip(QUERIES, said, strict=True):
        assert set(found["columns"]) == {*one.keep, "KeylessEvents", "TimeGenerated", "KeylessLast"}, one.name


def test_a_wrong_query_is_found_wrong(kusto: Kusto) -> None:
    said = kusto(
        [
            "StorageBlobLogs | where Nothing == 1",
            "StorageBlobLogs | summarize count() by AuthorizationDetails",
        ]
    )
    assert all(found["wrong"] for found in said)
