"""What `keyless plan` proves of itself, from two real runs: containment, forecast, code that never ran."""

from __future__ import annotations

import json
from pathlib import Path

from keyless_command import Project

SET = "Microsoft.KeyVault/vaults/secrets/setSecret/action"
CODE = "from azure.keyvault.secrets import SecretClient\n\nclient.set_secret('a', 'b')\n"
DELETES = """\
using Azure.Storage.Blobs;
class Cleaner(BlobServiceClient blobs) {
    async Task Clean(string name) {
        await blobs.GetBlobContainerClient("orders").GetBlobClient(name).DeleteIfExistsAsync();
    }
}
"""


def test_a_plan_of_two_runs_carries_its_proof(learned: Project) -> None:
    (learned.root / "job.py").write_text(CODE)
    ran = learned("plan", "--format", "json", "--window", "30", "--keep", "*/purge/action")
    assert (ran.code, ran.err) == (0, "")
    plan = json.loads(ran.out)
    proof = plan["containment"]
    assert proof["used"] == proof["byPlan"] > 0
    assert (proof["missing"], plan["dropped"]) == ([], [])
    assert {one["assignmentId"] for one in proof["added"]} == {one["id"] for one in plan["assignments"]}
    assert (plan["forecast"]["denied"], plan["forecast"]["wouldDeny"]) == (0, [])
    seen = plan["completeness"]
    assert (seen["runs"], seen["callers"], seen["days"]) == (2, 1, 1)
    assert [(one["file"], one["line"], one["actions"]) for one in seen["notRun"]] == [("job.py", 3, [SET])]
    (identity,) = seen["identities"]
    assert identity["sureness"] in {"low", "medium"}


def test_a_plan_says_that_the_code_deletes_blobs_and_no_run_did(learned: Project) -> None:
    (learned.root / "Cleaner.cs").write_text(DELETES)
    ran = learned("plan")
    assert ran.code == 0
    told = " ".join(ran.out.split())
    assert "DeleteIfExistsAsync (delete a blob) in Cleaner.cs:4: in the code, and never seen" in told


def test_an_assessment_that_was_written_elsewhere_says_what_the_code_does(
    learned: Project, tmp_path: Path
) -> None:
    code, report = tmp_path / "elsewhere", tmp_path / "assessment.json"
    code.mkdir()
    (code / "Cleaner.cs").write_text(DELETES)
    assert learned("assess", "--format", "json", "--out", str(report), str(code)).code == 0
    ran = learned("plan", "--format", "json", "--assessment", str(report))
    (call,) = json.loads(ran.out)["completeness"]["notRun"]
    assert (call["operation"], call["file"], call["line"]) == ("delete a blob", "Cleaner.cs", 4)
    report.write_text("{}")
    refused = learned("plan", "--assessment", str(report))
    assert (refused.code, "is no assessment with components" in refused.err) == (2, True)


def test_the_evidence_keeps_no_argument_of_what_ran(learned: Project) -> None:
    for file in learned.state.glob("evidence.db*"):
        written = file.read_bytes()
        assert b"say(" not in written
        assert b"workload.py" not in written
