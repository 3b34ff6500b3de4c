"""Where a project's files are.

A project is the nearest directory, from the current one upwards, that has a `keyless.yaml` or a `.keyless`;
without one it is the current directory. All state lies in `.keyless/`, which only its owner may enter.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

ESTATE_FILE = "keyless.yaml"
STATE_DIRECTORY = ".keyless"
_SOCKET_PATH_BYTES = 100  # sun_path holds 104 (BSD) or 108 (Linux), the ending zero included


class ProjectError(Exception):
    """A project directory that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project's root, and where its plane keeps state.

    ``state`` is `.keyless` for the project itself, and a directory below it for a proof's copy; the root
    key and the certificate authority are always the project's own.
    """

    root: Path
    state: Path

    @property
    def estate_file(self) -> Path:
        """`keyless.yaml`."""
        return self.root / ESTATE_FILE

    @property
    def store_file(self) -> Path:
        """The store."""
        return self.state / "store.db"

    @property
    def evidence_file(self) -> Path:
        """The evidence."""
        return self.state / "evidence.db"

    @property
    def root_key_file(self) -> Path:
        """The root key that the store is sealed under."""
        return self.root / STATE_DIRECTORY / "root.key"

    @property
    def tls_directory(self) -> Path:
        """The local certificate authority and what it issued."""
        return self.root / STATE_DIRECTORY / "tls"

    @property
    def plan_file(self) -> Path:
        """The last plan made."""
        return self.root / STATE_DIRECTORY / "plan.json"

    @property
    def lock_file(self) -> Path:
        """Locked for as long as a plane runs on this state."""
        return self.state / "plane.lock"

    @property
    def log_file(self) -> Path:
        """What the plane has to say about itself."""
        return self.state / "plane.log"

    @property
    def control_socket(self) -> Path:
        """The plane's control socket; in a private temporary directory where the path would be too long."""
        socket = self.state / "plane.sock"
        if len(os.fsencode(socket)) < _SOCKET_PATH_BYTES:
            return socket
        digest = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"keyless-{os.getuid()}" / f"{digest}.sock"

    def prepare(self) -> None:
        """Make the state directory, for its owner alone.

        Raises:
            ProjectError: it cannot be made, or belongs to someone else.
        """
        for directory in (self.root / STATE_DIRECTORY, self.state, self.control_socket.parent):
            _owner_only(directory)
        ignore = self.root / STATE_DIRECTORY / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")

    def below(self, name: str) -> Project:
        """The same project with its state in a directory of its own, for a proof."""
        return Project(self.root, self.root / STATE_DIRECTORY / name)


def _owner_only(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = directory.stat()
    except OSError as error:
        raise ProjectError(f"cannot use the directory `{directory}`: {error.strerror}") from error
    if found.st_uid != os.getuid():
        raise ProjectError(
            f"`{directory}` belongs to another user: remove it, or use another project directory"
        )
    if found.st_mode & 0o077:
        directory.chmod(0o700)


def find_project(start: Path) -> Project:
    """The project that a directory lies in."""
    start = start.resolve()
    for directory in (start, *start.parents):
        if (directory / ESTATE_FILE).exists() or (directory / STATE_DIRECTORY).is_dir():
            return Project(directory, directory / STATE_DIRECTORY)
    return Project(start, start / STATE_DIRECTORY)
