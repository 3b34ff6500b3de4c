"""Where a project's files are.

A project is the nearest directory, from the current one upwards, that has a `keyless.yaml` or a `.keyless`;
without one it is the current directory. All state lies in `.keyless/`, which only its owner may enter.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keyless.gateway.owner_files import write_owner_only

ESTATE_FILE = "keyless.yaml"
POLICY_FILE = "keyless.policy.yaml"
STATE_DIRECTORY = ".keyless"
PROOF = "proof"
"""The name below which a proof's copy of the world lies."""


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
    def policy_file(self) -> Path:
        """`keyless.policy.yaml`: what a person decides about plans."""
        return self.root / POLICY_FILE

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
    def agreed_plan_file(self) -> Path:
        """`keyless.plan.json`, the plan that a team agreed on and committed; not there unless they did."""
        return self.root / "keyless.plan.json"

    @property
    def scores_file(self) -> Path:
        """The history of the score, a line for each time that it said anything new."""
        return self.root / STATE_DIRECTORY / "scores.jsonl"

    @property
    def key_directory(self) -> Path:
        """The challenges of Azure Arc's endpoint, while they are open."""
        return self.state / "arc"

    @property
    def token_directory(self) -> Path:
        """The projected tokens of workloads in a Kubernetes cluster, while these run."""
        return self.state / "tokens"

    @property
    def azure_cli_directory(self) -> Path:
        """Where the Azure CLI keeps who is signed in, in a directory for each workload."""
        return self.state / "azure-cli"

    @property
    def shell_directory(self) -> Path:
        """Where the Azure CLI of the owner's own shell keeps who is signed in."""
        return self.state / "shell"

    @property
    def proof_lock_file(self) -> Path:
        """Locked for as long as a proof runs in the project."""
        return self.root / STATE_DIRECTORY / "proof.lock"

    @property
    def lock_file(self) -> Path:
        """Locked for as long as a plane runs on this state."""
        return self.state / "plane.lock"

    @property
    def keeper_lock_file(self) -> Path:
        """Locked for as long as a process does what is due in this state's vaults."""
        return self.state / "keeper.lock"

    @property
    def log_file(self) -> Path:
        """What the plane has to say about itself."""
        return self.state / "plane.log"

    @property
    def control_socket(self) -> Path:
        """The plane's control socket (see ``keyless.runtime.socket_path`` for where its path is long)."""
        return self.state / "plane.sock"

    def prepare(self) -> None:
        """Make the state directory, for its owner alone.

        Raises:
            ProjectError: it cannot be made, or belongs to someone else.
        """
        for directory in (self.root / STATE_DIRECTORY, self.state):
            make_owner_only(directory)
        ignore = self.root / STATE_DIRECTORY / ".gitignore"
        if not ignore.exists():
            with _explained(ignore.parent):
                write_owner_only(ignore, b"*\n")

    def below(self, name: str) -> Project:
        """The same project with its state in a directory of its own, for a proof."""
        return Project(self.root, self.root / STATE_DIRECTORY / name)


@contextmanager
def _explained(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ProjectError(f"cannot use the directory `{directory}`: {why}") from error


def make_owner_only(directory: Path) -> None:
    """Make a directory that only its owner may enter.

    Raises:
        ProjectError: it cannot be made, or belongs to someone else.
    """
    with _explained(directory):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = directory.stat()
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
