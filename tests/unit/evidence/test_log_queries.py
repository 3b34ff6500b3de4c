"""Queries for Log Analytics: what they give is read by the import as if the table had been exported."""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from keyless.cli.evidence_kql import command
from keyless.cli.failure import Failure
from keyless.evidence.logs.categories import CATEGORIES
from keyless.evidence.logs.kql.queries import QUERIES
from keyless.evidence.logs.kql.query import literal
from keyless.evidence.logs.places import Place
from keyless.evidence.logs.rows import HEADS
from service_logs_read import SAMPLES, told_by

BY_NAME = {one.name: one for one in QUERIES}
TABLES = {
    "storage-blob.csv": "Storage",
    "app-configuration.csv": "AppConfigurationRequest",
    "messaging.csv": "RuntimeAudit",
    "cosmos.csv": "CosmosDataPlane",
    "container-registry.csv": "ContainerRegistryRepository",
}


def _rows(name):
    with (SAMPLES / name).open(newline="") as opened:
        return [
            {key.removesuffix(" [UTC]"): value for key, value in row.items()}
            for row in csv.DictReader(opened)
        ]


def _counted(name, events, last):
    """A table's rows as its query gives them."""
    keep = BY_NAME[TABLES[name]].keep
    return [
        {
            "KeylessEvents": events,
            "TimeGenerated": row["TimeGenerated"],
            "KeylessLast": last,
            **{column: row[column] for column in keep if column in row},
        }
        for row in _rows(name)
    ]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("form", ["json", "csv"])
def test_counted_rows_tell_the_same_as_the_rows_themselves(tmp_path, name, form):
    file = tmp_path / f"counted.{form}"
    rows = _counted(name, 7, "11/20/2026, 11:00:00.000 PM")
    if form == "json":
        file.write_text(json.dumps(rows))
    else:
        with file.open("w", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    folder = tmp_path / "own"
    folder.mkdir()
    own, counted = told_by(folder, SAMPLES / name), told_by(tmp_path, file)
    assert {line[:-1] for line in counted.short()} == {line[:-1] for line in own.short()}
    assert {one.count for one in counted.lines} == {7}
    assert {one.last_seen % 86_400 for one in counted.lines} == {23 * 3600}
    assert dict.fromkeys(own.unmapped(), 7) == counted.unmapped()


@pytest.mark.parametrize("query", QUERIES, ids=lambda one: one.name)
def test_a_query_keeps_columns_that_its_category_reads(query):
    category = next(one for one in CATEGORIES if one.name == query.category)
    places = [place for places in category.fields.values() for place in places]
    read = {Place.parse(text).keys[0] for text in (*places, *HEADS)}
    assert set(query.keep) <= read
    assert (
        set(query.tables) <= {"AzureDiagnostics", "AzureActivity"}
        or {table.casefold() for table in query.tables} <= category.names
    )


def test_every_category_that_tells_of_accesses_has_a_query():
    without = {"AppConfigurationAudit", "ContainerRegistryLogin"}  # no action is known for what they tell
    assert {one.category for one in QUERIES} == {one.name for one in CATEGORIES} - without


@pytest.mark.parametrize("query", QUERIES, ids=lambda one: one.name)
def test_no_query_takes_a_signature_along(query):
    text = query.text(30)
    assert "ago(30d)" in text
    for column in ("Uri", "requestUri_s", "RequestUri", "RequestURI", "AuthenticationHash"):
        if column in query.keep:
            assert f"extend {column} = " in text


@given(st.text())
def test_a_literal_is_one_string_whatever_is_in_it(text):
    written = literal(text)
    assert "\n" not in written
    inside = written[1:-1].replace("\\\\", "")
    assert '"' not in inside.replace('\\"', "")


def test_the_command_prints_the_queries_that_are_asked_for():
    run = CliRunner().invoke(command, ["storage", "--days", "7"])
    assert run.output.startswith("// Storage\nunion isfuzzy=true StorageBlobLogs")
    assert "ago(7d)" in run.output
    everything = CliRunner().invoke(command, []).output
    assert [f"// {name}" in everything for name in BY_NAME] == [True] * len(BY_NAME)


def test_a_query_that_there_is_not_is_refused_with_the_nearest():
    run = CliRunner().invoke(command, ["Storag"])
    assert isinstance(run.exception, Failure)
    assert "did you mean `Storage`" in str(run.exception)
    assert CliRunner().invoke(command, ["--days", "0"]).exit_code == 2
