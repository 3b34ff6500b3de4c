"""`az`, unmodified, as the owner of an estate, as a workload and as a service principal.

It is installed by scripts/az_client.py; where it is missing, the tests are skipped loudly.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from keyless_command import LIMIT_S, Project

INSTALLED = Path(__file__).parent.parent / "sdk" / "az" / ".built"
AZ = INSTALLED / "bin" / "az"
MISSING = "the Azure CLI: run `python scripts/az_client.py` to install it"
_DRIVER = Path(__file__).with_name("az_driver.py")
_ALWAYS = ("--output", "json", "--only-show-errors")

ESTATE = """\
version: 1
tenant: contoso
subscription: dev
resourceGroups:
  orders-rg:
    location: westeurope
    compute:
      web:
        type: Microsoft.Web/sites
        identity: {systemAssigned: true, userAssigned: [shared]}
      agent:
        type: Microsoft.Compute/virtualMachines
        identity: {systemAssigned: true}
    identities:
      shared:
    vaults:
      contoso-orders:
        secrets:
          db-password: {env: DB_PASSWORD}
    configurationStores:
      contoso-orders:
        settings:
          - {key: "app:color", value: "green"}
applications:
  pipeline: {clientId: 11111111-1111-4111-8111-111111111111, clientSecret: {env: PIPELINE_SECRET}}
roleAssignments:
  - {principal: web, role: Key Vault Secrets User, scope: {vault: contoso-orders}}
  - {principal: pipeline, role: Contributor, scope: {resourceGroup: orders-rg}}
"""
DB_PASSWORD = "correct horse battery staple"
PIPELINE_SECRET = "a pipeline's own"
PIPELINE = "11111111-1111-4111-8111-111111111111"
AS_PIPELINE = ("--service-principal", "--username", PIPELINE, "--tenant", "contoso.onmicrosoft.com")


class Session:
    """The Azure CLI in one environment: many commands, each as if it were the only one."""

    def __init__(self, command: list[str], project: Project) -> None:
        self._popen = subprocess.Popen(
            command,
            cwd=project.root,
            env=project.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *words: str) -> Any:
        """What a command prints, which must go well."""
        ran = self._run(words)
        assert ran["code"] == 0, f"az {' '.join(words)}: {ran['err']}"
        return json.loads(ran["out"]) if ran["out"].strip() else None

    def refused(self, *words: str) -> str:
        """What a command says that must fail."""
        ran = self._run(words)
        assert ran["code"] != 0, f"az {' '.join(words)}: {ran['out']}"
        said: str = ran["err"]
        return said

    def _run(self, words: tuple[str, ...]) -> dict[str, Any]:
        return self.exactly([*words, *_ALWAYS])

    def exactly(self, words: list[str]) -> dict[str, Any]:
        """How a command went, with no word added to it: its `code`, `out` and `err`."""
        stdin, stdout = self._popen.stdin, self._popen.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(words) + "\n")
        stdin.flush()
        line = stdout.readline()
        assert line, f"az {' '.join(words)}: its process has ended"
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        """End the process, and with it what Keyless holds open for it."""
        self._popen.communicate(timeout=LIMIT_S)


class Office:
    """An estate, and those who work on it with the Azure CLI; each begins when asked for the first time."""

    def __init__(self, folder: Path, estate: str = ESTATE) -> None:
        root = folder / "orders"
        root.mkdir()
        self.project = Project(root, folder)
        self.project.estate.write_text(estate)
        self.project.environment |= {"DB_PASSWORD": DB_PASSWORD, "PIPELINE_SECRET": PIPELINE_SECRET}
        self._sessions: dict[str, Session] = {}
        self.az = AZ

    @property
    def owner(self) -> Session:
        """The person at the keyboard."""
        return self._session("owner", "shell")

    @property
    def web(self) -> Session:
        """A workload, signed in with its system-assigned identity."""
        known = "web" in self._sessions
        session = self._session("web", "run", "--as", "web")
        if not known:
            session("login", "--identity", "--allow-no-subscriptions")
        return session

    @property
    def pipeline(self) -> Session:
        """An application, signed in with a client secret on a workload that has no roles."""
        known = "pipeline" in self._sessions
        session = self._session("pipeline", "run", "--as", "agent")
        if not known:
            session("login", *AS_PIPELINE, "--password", PIPELINE_SECRET)
        return session

    def _session(self, name: str, *words: str) -> Session:
        if name not in self._sessions:
            options = ("--offline", "--quiet", "--", str(INSTALLED / "bin" / "python"), str(_DRIVER))
            command = [sys.executable, "-m", "keyless.cli.main", *words, *options]
            self._sessions[name] = Session(command, self.project)
        return self._sessions[name]

    def close(self) -> None:
        """End every process."""
        for session in reversed(self._sessions.values()):
            session.close()
