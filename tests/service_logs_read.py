"""Imports logs into evidence of their own, and tells what became of them in few words."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from keyless.evidence.database import EvidenceDatabase
from keyless.evidence.logs.importer import Report, Settings, import_logs
from keyless.model.evidence import Observation, SignIn

SAMPLES = Path(__file__).with_name("service_logs")
WEB = "aaaaaaaa-0000-0000-0000-000000000001"
WEB_CLIENT = "bbbbbbbb-0000-0000-0000-000000000001"
AFTER = 1_795_700_000  # 2026-11-26


class Told(NamedTuple):
    """What an import brought: lines of evidence, sign-ins, and the report."""

    lines: list[Observation]
    sign_ins: list[SignIn]
    report: Report

    def short(self) -> set[tuple[str, str, str, str, str, int]]:
        """Who did what, by the ends of names: who, log and operation, action, scope, outcome, how often."""
        return {
            (
                "web" if one.principal_id == WEB else one.principal_id,
                one.operation.removeprefix("Log."),
                "/".join(one.action.split("/")[-2:]),
                one.scope.partition("/providers/")[2].partition("/")[2],
                one.outcome.value,
                one.count,
            )
            for one in self.lines
        }

    def unmapped(self) -> dict[str, int]:
        """What was counted without an action, by log and operation."""
        counts: Counter[str] = Counter()
        for one in self.report.unmapped:
            counts[f"{one.category}.{one.operation}"] += one.count
        return dict(counts)


def told_by(folder: Path, *files: Path, known: dict[str, str] | None = None) -> Told:
    """What some files bring to evidence that has nothing else."""
    evidence = EvidenceDatabase(folder / "evidence.db")
    settings = Settings(now=AFTER, directory=folder, known=known or {WEB_CLIENT: WEB}, threads=1)
    report = import_logs([str(one) for one in files], evidence, settings)
    try:
        return Told(evidence.observations(), evidence.sign_ins(), report)
    finally:
        evidence.close()
