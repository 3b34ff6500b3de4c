"""The process that is killed: it does one operation after the other, and says so before and behind each.

What it says goes into a pipe as it happens: `?` and the operation before it begins, `!` once it is answered.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.kills.kinds import Asked, of, tags
from bench.kills.model import Operation, State, after, choose
from bench.kills.vault import OpenVault, opened
from keyless.runtime.project import Project
from keyless.tokens.keys import SigningKey

_FLUSH_EVERY = 7


@dataclass(slots=True)
class Writer:
    """Writes from a state on; ``marker`` is in every value, and ``first`` is its first operation's number."""

    project: Project
    key: SigningKey
    state: State
    marker: str
    first: int
    backups: dict[str, str] = field(default_factory=dict)

    def run(self, said: int) -> None:
        """Write until killed."""
        logging.basicConfig(filename=self.project.state / "plane.log", level=logging.DEBUG, force=True)
        asyncio.run(self._write(said))

    async def _write(self, said: int) -> None:
        chance = random.Random(self.first)  # what is written need not be secret
        number = self.first
        with opened(self.project, self.key) as vault:
            while True:
                operation = choose(self.state, number, chance)
                os.write(said, f"?{json.dumps(operation)}\n".encode())
                await self._do(vault, operation)
                os.write(said, b"!\n")
                self.state = after(self.state, operation)
                number += 1
                if number % _FLUSH_EVERY == 0:
                    vault.recorder.flush(number)

    async def _do(self, vault: OpenVault, operation: Operation) -> None:
        verb, name, number = operation
        method, path, body = self._request(verb, name, number)
        answer = await vault.ask(method, path, body)
        if answer.status not in {200, 204}:
            raise RuntimeError(f"{operation} was answered {answer}")
        if verb == "backup":
            self.backups[name] = answer.body["value"]

    def _request(self, verb: str, name: str, number: int) -> Asked:
        live, deleted = f"/{name}", f"/deleted{name}"
        if verb == "set":
            return of(name).make(live, self.marker, number)
        held = self.state.objects.get(name)
        changed = tags(held.versions[-1].made if held else 0, number)
        requests: dict[str, Asked] = {
            "update": ("PATCH", live, {"tags": changed}),
            "backup": ("POST", f"{live}/backup", None),
            "restore": ("POST", f"/{name.partition('/')[0]}/restore", {"value": self.backups.get(name)}),
            "delete": ("DELETE", live, None),
            "recover": ("POST", f"{deleted}/recover", None),
            "purge": ("DELETE", deleted, None),
        }
        return requests[verb]


def heard(said: bytes) -> Iterator[tuple[Operation, bool]]:
    """What a writer said: each operation that it began, and whether it was answered."""
    lines = said.decode().split("\n")[:-1]  # the last may be cut off, or is empty
    for at, line in enumerate(lines):
        if line.startswith("?"):
            yield Operation(*json.loads(line[1:])), lines[at + 1 : at + 2] == ["!"]
