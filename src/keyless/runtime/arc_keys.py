"""Where a command under Azure Arc finds its keys: in the one directory that client libraries look into."""

from __future__ import annotations

import os
from pathlib import Path

from keyless.gateway.key_files import DIRECTORY
from keyless.gateway.private_mount import CannotMount, show_at
from keyless.runtime.messages import Ready
from keyless.runtime.project import ProjectError


def show_keys(ready: Ready) -> None:
    """See to it that this process and its children find the keys; nothing for other kinds of host.

    Raises:
        ProjectError: the system does not let us; the message says what would.
    """
    if not ready.key_directory or Path(ready.key_directory) == DIRECTORY:
        return
    remedy = _remedy()
    try:
        show_at(Path(ready.key_directory), DIRECTORY)
    except CannotMount as error:
        raise ProjectError(
            f"client libraries look for Azure Arc's keys in `{DIRECTORY}`, and this system does not let "
            f"`keyless run` show the command a directory of its own there ({error}): {remedy}"
        ) from error


def _remedy() -> str:
    if DIRECTORY.exists():
        return (
            "it is not yours alone. Where no Azure Arc agent runs here, remove it and run again; else use "
            "`--host-kind vm`"
        )
    command = "install -d -m 700" if os.geteuid() == 0 else 'sudo install -d -o "$USER" -m 700'
    return f"make it once with `{command} {DIRECTORY}`, and run again"
