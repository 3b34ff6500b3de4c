"""The operations that a plan takes from the file of an assessment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keyless.model.actions import ActionPlane
from keyless.plan.results.completeness import NamedCall
from keyless.runtime import assessment_calls
from keyless.runtime.assessment_calls import NoAssessment, calls_of

OPERATION = {
    "service": "blob",
    "operation": "delete a blob",
    "plane": "data",
    "actions": ["Microsoft.Storage/x/delete"],
    "method": "delete_blob",
    "place": {"path": "app.py", "line": 3, "column": 1, "endLine": 3, "endColumn": 9},
}


def written(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document))
    return path


def test_the_operations_of_all_components_are_taken(tmp_path: Path) -> None:
    document = {"schema": 1, "more": True, "components": [{"operations": [OPERATION]}, {"name": "b"}]}
    assert calls_of(written(tmp_path / "a.json", document)) == (
        NamedCall(
            "delete a blob", ActionPlane.DATA, ("Microsoft.Storage/x/delete",), "delete_blob", "app.py", 3
        ),
    )


@pytest.mark.parametrize(
    "document",
    [{}, {"schema": 1}, [], {"schema": 1, "components": [{"operations": [{}]}]}, {"components": []}],
)
def test_what_is_no_assessment_with_components_is_refused(tmp_path: Path, document: object) -> None:
    with pytest.raises(NoAssessment, match="is no assessment with components"):
        calls_of(written(tmp_path / "a.json", document))


def test_what_is_no_json_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[" * 100_000)
    for name in ("a.json", "missing.json"):
        with pytest.raises(NoAssessment):
            calls_of(tmp_path / name)


def test_what_is_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assessment_calls, "_LARGEST_BYTES", 10)
    with pytest.raises(NoAssessment, match="too large"):
        calls_of(written(tmp_path / "a.json", {"schema": 1, "components": []}))
