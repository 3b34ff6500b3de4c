"""Logs to import: written as files, imported into evidence of their own, and what came of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keyless.evidence.database import EvidenceDatabase
from keyless.evidence.logs.importer import Report, Settings, import_logs
from keyless.model.evidence import LogImport, Observation, Peak, SignIn

NOW = 1_795_600_000
SAMPLES = Path(__file__).parents[2] / "logs"
SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/orders-prod"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso-orders"
WEB, WORKER, PERSON = (f"{letter * 8}-0000-4000-8000-00000000000{n}" for letter, n in ("a1", "a2", "c1"))
WEB_APP = "bbbbbbbb-0000-4000-8000-000000000001"
OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
UPN = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"

Row = dict[str, Any]
Given = Iterable[Row] | bytes | Path | str


@dataclass(frozen=True)
class Came:
    """What came of an import."""

    report: Report
    observations: list[Observation]
    sign_ins: list[SignIn]
    peaks: list[Peak]

    @property
    def lines(self) -> set[tuple[str, str, str, str, int]]:
        """Who, which action, where (its last two segments), how it ended, how often."""
        return {
            (one.principal_id, one.action, "/".join(one.scope.split("/")[-2:]), one.outcome.value, one.count)
            for one in self.observations
        }

    def of(self, category: str) -> LogImport:
        """What is said of one category."""
        return next(one for one in self.report.imports if one.category == category)

    @property
    def unmapped(self) -> dict[str, str]:
        """Why an operation was not mapped."""
        return {one.operation: one.why for one in self.report.unmapped}


def secret_get(
    number: int = 1, *, who: str = WEB, name: str = "db-password", status: int = 200, **more: Any
) -> Row:
    """A row of Key Vault's audit log, as a storage account has it."""
    row: Row = {
        "time": f"2026-11-20T10:00:{number % 60:02d}.1234567Z",
        "category": "AuditEvent",
        "operationName": "SecretGet",
        "resultSignature": "OK",
        "correlationId": f"dddddddd-0000-4000-8000-{number:012d}",
        "identity": {"claim": {OBJECT_ID: who, "appid": WEB_APP}},
        "properties": {
            "id": f"https://contoso-orders.vault.azure.net/secrets/{name}/0123456789abcdef",
            "requestUri": f"https://contoso-orders.vault.azure.net/secrets/{name}?api-version=7.5",
            "httpStatusCode": status,
        },
        "resourceId": VAULT.upper(),
    }
    return row | more


def called(number: int = 1, status: str = "Succeeded", **more: Any) -> Row:
    """An event of the activity log, as its REST API has it."""
    site = f"{GROUP}/providers/Microsoft.Web/sites/orders"
    row: Row = {
        "authorization": {"action": "Microsoft.Web/sites/restart/action", "scope": site},
        "caller": WORKER,
        "category": {"value": "Administrative"},
        "claims": {OBJECT_ID: WORKER, "idtyp": "app"},
        "correlationId": f"eeeeeeee-0000-4000-8000-{number:012d}",
        "eventDataId": f"ffffffff-{len(status):04d}-4000-8000-{number:012d}",
        "eventTimestamp": f"2026-11-20T11:00:{number % 60:02d}.0000000Z",
        "operationId": f"eeeeeeee-0000-4000-8000-{number:012d}",
        "operationName": {"value": "Microsoft.Web/sites/restart/action"},
        "resourceId": site,
        "status": {"value": status},
        "subStatus": {"value": "OK"},
    }
    return row | more


def lines_of(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as JSON Lines."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def came(
    tmp_path: Path, *given: Iterable[Row] | bytes | Path | str, known: Mapping[str, str] | None = None
) -> Came:
    """What comes of importing rows, the bytes of a file, or what a path means."""
    paths = [_written(tmp_path, number, one) for number, one in enumerate(given)]
    with closing(EvidenceDatabase(tmp_path / "evidence.db")) as evidence:
        settings = Settings(now=NOW, directory=tmp_path, known=known or {}, threads=1)
        report = import_logs(paths, evidence, settings)
        return Came(report, evidence.observations(), evidence.sign_ins(), evidence.peaks())


def _written(tmp_path: Path, number: int, given: Given) -> str:
    if isinstance(given, Path | str):
        return str(given)
    file = tmp_path / f"given-{number}.log"
    file.write_bytes(given if isinstance(given, bytes) else lines_of(given))
    return str(file)


def packed(data: bytes) -> bytes:
    """In gzip."""
    return gzip.compress(data, mtime=0)
