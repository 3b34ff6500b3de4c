"""How fast things were read, as the times in imported logs tell it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from logs_made import WEB, WORKER, called, came, secret_get

from keyless.evidence.database import EvidenceDatabase

GET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"


def at(second: int, number: int, **more: object) -> dict[str, object]:
    return secret_get(number, time=f"2026-11-20T10:{second // 60:02d}:{second % 60:02d}.5Z", **more)


def test_the_most_reads_in_a_second_and_in_ten_are_kept(tmp_path: Path) -> None:
    seconds = [0, 0, 0, 5, 9, 9, 10, 30, 30]
    found = came(tmp_path, [at(second, number) for number, second in enumerate(seconds)])
    (peak,) = found.peaks
    assert (peak.principal_id, peak.action, peak.operation) == (WEB, GET, "Log.AuditEvent.SecretGet")
    assert (peak.per_second, peak.per_window) == (3, 6)
    assert peak.scope.endswith("/secrets/db-password")


def test_each_caller_and_each_secret_has_its_own_pace(tmp_path: Path) -> None:
    rows = [at(1, 1), at(1, 2), at(1, 3, name="other"), at(1, 4, who=WORKER)]
    found = came(tmp_path, rows)
    assert sorted((one.principal_id == WEB, one.per_second) for one in found.peaks) == [
        (False, 1),
        (True, 1),
        (True, 2),
    ]


def test_copies_denials_and_what_reads_nothing_are_not_counted(tmp_path: Path) -> None:
    denied = at(1, 2, status=403, resultSignature="Forbidden")
    written = at(1, 3, operationName="SecretSet")
    found = came(tmp_path, [at(1, 1), at(1, 1), denied, written, called(4)])
    assert [(one.per_second, one.per_window) for one in found.peaks] == [(1, 1)]


def test_where_nothing_was_read_there_are_no_peaks(tmp_path: Path) -> None:
    assert came(tmp_path, [called(1)]).peaks == []


def test_what_was_imported_is_forgotten_with_the_import(tmp_path: Path) -> None:
    came(tmp_path, [at(1, 1)])
    with closing(EvidenceDatabase(tmp_path / "evidence.db")) as evidence:
        assert evidence.peaks()
        evidence.clear_imported()
        assert evidence.peaks() == []
