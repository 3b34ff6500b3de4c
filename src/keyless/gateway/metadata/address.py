"""Giving this machine the metadata address for a while: put on its loopback interface, and taken off again.

An address that is there already is left as it is, before and after.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from collections.abc import Iterator

from keyless.gateway.hosts import METADATA_HOST
from keyless.gateway.metadata.server import ADD_ADDRESS, CannotServeMetadata

_PATIENCE_S = 10


@contextlib.contextmanager
def metadata_address() -> Iterator[bool]:
    """Have the address inside the block; gives whether it had to be added.

    Raises:
        CannotServeMetadata: it cannot be added; the message says what to do.
    """
    if has_address(METADATA_HOST):
        yield False
        return
    _ip("add")
    try:
        yield True
    finally:
        with contextlib.suppress(CannotServeMetadata):  # somebody has taken it off already
            _ip("del")


def has_address(address: str) -> bool:
    """Whether this machine has an address of its own."""
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
        return True


def _ip(verb: str) -> None:
    program = shutil.which("ip")
    if program is None:
        raise CannotServeMetadata(f"there is no program `ip` here: add the address with `{ADD_ADDRESS}`")
    command = [program, "address", verb, f"{METADATA_HOST}/32", "dev", "lo"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["`ip` failed"])[-1]
        raise CannotServeMetadata(
            f"the address {METADATA_HOST} cannot be added ({why}): run this as root, or `{ADD_ADDRESS}`"
        )
