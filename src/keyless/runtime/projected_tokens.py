"""The token files of workloads in a Kubernetes cluster, and their rotation while the workloads run.

Rules:
- each run has a directory of its own with an unguessable name, for its owner alone, and the file in it the
  name that it has in a pod;
- a file is replaced whole: whoever reads it sees the old token or the new one;
- it is replaced when four fifths of the token's life are over, and as soon as the key that signed it is gone;
- it is removed with the run; what a killed plane left behind, when the next one begins.

Source: https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from keyless.gateway.owner_files import make_owner_only, write_owner_only
from keyless.tokens.issue import issue
from keyless.tokens.issuer import TokenAuthority
from keyless.tokens.keys import KeyRing
from keyless.tokens.service_accounts import REPLACED_AFTER_S, ServiceAccount, projected_claims

FILE = "azure-identity-token"


@dataclass(slots=True)
class _Projected:
    """A token file: whom its token is about, when that was signed, and with which key."""

    path: Path
    account: ServiceAccount
    signed_at: float
    kid: str


class ProjectedTokens:
    """The token files below a directory. ``clock`` gives epoch seconds."""

    def __init__(self, directory: Path, authority: TokenAuthority, clock: Callable[[], float]) -> None:
        self._directory = directory
        self._authority = authority
        self._clock = clock
        self._files: dict[str, _Projected] = {}
        shutil.rmtree(directory, ignore_errors=True)

    async def project(self, run: str, account: ServiceAccount) -> Path:
        """Write a run's token file; ``run`` is what it is known by when it ends.

        Raises:
            OSError: it cannot be written.
            UnsafeFile: the directory belongs to someone else.
        """
        make_owner_only(self._directory)
        place = self._directory / secrets.token_hex(16)
        make_owner_only(place)
        file = _Projected(place / FILE, account, float("-inf"), "")
        self._files[run] = file
        try:
            await self._write(file, await self._authority.key_ring())
        except OSError:
            self.remove(run)
            raise
        return file.path

    async def rotate(self) -> None:
        """Replace every token that is due.

        Raises:
            OSError: one cannot be written; the old one is then still there.
        """
        if not self._files:
            return
        ring, now = await self._authority.key_ring(), self._clock()
        for file in list(self._files.values()):
            fresh = 0 <= now - file.signed_at < REPLACED_AFTER_S
            if not fresh or ring.find(file.kid) is None:
                await self._write(file, ring)

    def remove(self, run: str) -> None:
        """Remove a run's file; nothing where it has none."""
        file = self._files.pop(run, None)
        if file is not None:
            shutil.rmtree(file.path.parent, ignore_errors=True)

    def close(self) -> None:
        """Remove all of them."""
        self._files.clear()
        shutil.rmtree(self._directory, ignore_errors=True)

    async def _write(self, file: _Projected, ring: KeyRing) -> None:
        now, key = int(self._clock()), ring.current
        token = issue(projected_claims(file.account, now, str(uuid.uuid4())), key)
        await asyncio.to_thread(write_owner_only, file.path, token.encode())
        file.signed_at, file.kid = now, key.kid
