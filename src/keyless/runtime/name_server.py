"""Where a command's clients ask about the replicas of stores: the name server that the file names to them."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from keyless.runtime.messages import Ready
from keyless.runtime.project import Project

UNDISCOVERED = "clients do not find the replicas of stores by themselves here"
REMEDY = "give them every endpoint, or run as root"


def show_names(project: Project, ready: Ready) -> tuple[str, ...]:
    """Let this process and its children ask the plane's name server, where there is one.

    What to tell a person comes back, where the system does not let us.
    """
    if not ready.name_server:
        return ()
    from keyless.gateway.names.resolver_file import PLACE, with_server
    from keyless.gateway.private_mount import CannotMount, show_file_at

    try:
        text = with_server(PLACE.read_text("utf-8", "replace"), ready.name_server)
        with _file_of(text, project.state) as ours:
            show_file_at(ours, PLACE)
    except (OSError, CannotMount) as error:
        return (f"{UNDISCOVERED} (`{PLACE}` cannot be another one for the command: {error}): {REMEDY}",)
    return ()


@contextlib.contextmanager
def _file_of(text: str, directory: Path) -> Iterator[Path]:
    """A file for a moment, which everyone who comes to see it may read."""
    descriptor, name = tempfile.mkstemp(prefix="resolv-", dir=directory)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, 0o644)
        yield Path(name)
    finally:
        os.unlink(name)
