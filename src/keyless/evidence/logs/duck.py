"""DuckDB, opened for one import: it reads the files that it is given, and writes nothing outside its
directory.

Rules:
- no extension is fetched or loaded; formats, lists of files and settings are ours;
- it may read the files that are imported, and what lies in the import's own directory; nothing else, and no
  network. Files are reached by links there, so that no name of a file is ever part of a statement or taken
  for a pattern;
- memory is bounded; what does not fit goes to that directory, which is removed in the end.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keyless.evidence.logs.files import LogError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "1GB"


def opened(directory: Path, files: Sequence[Path], threads: int | None = None) -> DuckDBPyConnection:
    """A database in a directory of its own.

    Raises:
        LogError: DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        raise LogError("reading logs takes DuckDB: `pip install 'keyless[logs]'`") from error
    connection = duckdb.connect(str(directory / "import.duckdb"))
    for setting, value in _settings(directory, files, threads):
        connection.execute(f"SET {setting} = ?", [value])  # the names are ours
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    return connection


def _settings(directory: Path, files: Sequence[Path], threads: int | None) -> list[tuple[str, object]]:
    return [
        ("autoinstall_known_extensions", False),
        ("autoload_known_extensions", False),
        ("memory_limit", MEMORY),
        ("threads", threads or os.cpu_count() or 1),
        ("temp_directory", str(directory / "spilled")),
        ("preserve_insertion_order", False),
        ("enable_progress_bar", False),
        ("TimeZone", "UTC"),
        ("allowed_directories", [f"{directory}/"]),
        ("allowed_paths", [str(path) for path in files]),
    ]


class Links:
    """The files that are read, under names of ours in the import's directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._made: dict[Path, str] = {}

    def to(self, path: Path) -> str:
        """The name that a file has there."""
        if path not in self._made:
            link = self._directory / f"in-{len(self._made)}"
            link.symlink_to(path)
            self._made[path] = str(link)
        return self._made[path]
