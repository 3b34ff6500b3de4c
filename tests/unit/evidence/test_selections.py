"""What was selected where something was listed is kept once, with its first and last time."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from keyless.evidence.database import EvidenceDatabase
from keyless.evidence.recorder import SelectionKey
from keyless.model.evidence import Selection

KEY = SelectionKey("p", "/store", "orders:*", "\0", ("team=blue", "x=\0"), "", True)


def test_selections_come_back_with_their_times_and_are_forgotten_with_the_rest(tmp_path: Path) -> None:
    with closing(EvidenceDatabase(tmp_path / "evidence.db")) as evidence:
        evidence.write_selections(5, [KEY])
        evidence.write_selections(9, [KEY, KEY._replace(follows=False)])
        assert evidence.selections() == [
            Selection("p", "/store", "orders:*", "\0", ("team=blue", "x=\0"), "", False, 9, 9),
            Selection("p", "/store", "orders:*", "\0", ("team=blue", "x=\0"), "", True, 5, 9),
        ]
        evidence.clear()
        assert evidence.selections() == []
