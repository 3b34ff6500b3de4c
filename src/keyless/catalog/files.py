"""Where the catalog's data files lie: beside this module, written by ``scripts/build_catalog.py``."""

from __future__ import annotations

from pathlib import Path

_DATA = Path(__file__).parent / "data"


def read_data(name: str) -> bytes:
    """One data file as it is."""
    return (_DATA / name).read_bytes()
