"""Where `keyless vault import` reads from: a file, or another vault at its address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from keyless.cli.failure import Failure
from keyless.cli.files import read_whole
from keyless.cli.opener import Named

if TYPE_CHECKING:
    from keyless.deploy.contents import Source
    from keyless.deploy.sources import Choice
    from keyless.deploy.vaults.found import Found, Making
    from keyless.model.resources import Vault

_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Given:
    """A source as the command line gives it; ``vault`` is the one that is wanted of several."""

    source: str
    vault: str | None
    named: Named

    def reader(self, choice: Choice) -> Source:
        """What reads it, once the vault is known that it is for.

        Raises:
            Failure: it is not there, or what it opens with cannot be had.
        """
        if self.source.casefold().startswith(("https://", "http://")):
            return self._other_vault(choice)
        return self._file(choice)

    def _other_vault(self, choice: Choice) -> Source:
        from keyless.deploy.vaults.azure import read_vault

        async def read(vault: Vault, making: Making) -> Found:
            return read_vault(self.source, vault, choice, making)

        return read

    def _file(self, choice: Choice) -> Source:
        from keyless.deploy.vaults.read import File, read_file
        from keyless.deploy.vaults.sealed import is_sealed, opens_with_passphrase

        data = read_whole(Path(self.source), _MOST_BYTES, "a vault's contents")
        opener = None
        if is_sealed(data):
            with told(self.source):
                opener = self.named.opener(new=False, asks_for_key=not opens_with_passphrase(data))
        file = File(data, opener, self.vault)

        async def read(vault: Vault, making: Making) -> Found:
            return read_file(file, vault, choice, making)

        return read


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say of what does not open what it is."""
    from keyless.deploy.vaults.sealed import CannotOpen

    try:
        yield
    except CannotOpen as error:
        raise Failure(f"`{what}`: {error}", 2) from error
