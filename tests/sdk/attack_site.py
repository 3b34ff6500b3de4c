"""A plane under attack: workloads of many kinds run, and an application whose key the attacker knows."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from attack_wire import Application, ports_of
from matrix_site import self_signed
from sdk_estates import APPLICATION, ENDPOINT, GROUP, TENANT_ID, VAULT_URL
from sdk_site import Site
from sdk_wire import TOKEN_PATH, Answer, Wire

VAULT = "https://vault.azure.net"
SECRET_URL = f"{VAULT_URL}/secrets/greeting?api-version=7.6"
SETTING_URL = f"{ENDPOINT}/kv/colour?api-version=1.0"
LOGIN = f"https://login.microsoftonline.com/{TENANT_ID}"
ACCESS_KEY = base64.b64encode(bytes(range(32))).decode()
"""Of the store, under the id `stolen`."""
NOBODY = "99999999-9999-4999-8999-999999999999"
IMDS_TARGET = f"{TOKEN_PATH}?api-version=2018-02-01&resource={VAULT}"
IMDS_URL = f"http://169.254.169.254{IMDS_TARGET}"
SITE_TARGET = f"/msi/token?api-version=2019-08-01&resource={VAULT}"
WORKLOADS = ("web", "other", "machine", "server", "neighbour", "shell")
ESTATE = f"""\
version: 1
tenant: {{name: contoso, id: {TENANT_ID}}}
subscription: {{name: orders-dev, id: {GROUP.split("/")[2]}}}
resourceGroups:
  orders-rg:
    compute:
      web: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      other: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      machine: {{type: Microsoft.Compute/virtualMachines, identity: {{systemAssigned: true}}}}
      server: {{type: Microsoft.HybridCompute/machines, identity: {{systemAssigned: true}}}}
      neighbour: {{type: Microsoft.HybridCompute/machines, identity: {{systemAssigned: true}}}}
      shell: {{type: Microsoft.Portal/consoles, hostKind: cloud-shell, identity: {{systemAssigned: true}}}}
    vaults:
      contoso-orders: {{secrets: {{greeting: hello}}}}
    configurationStores:
      contoso-orders:
        settings: [{{key: colour, value: blue}}]
        accessKeys: {{stolen: {{value: {ACCESS_KEY}}}}}
applications:
  orders-legacy:
    clientId: {APPLICATION.client_id}
    principalId: {APPLICATION.principal_id}
    certificates: [{{file: client.pem}}]
roleAssignments:
  - {{principal: web, role: Key Vault Secrets User, scope: {{vault: contoso-orders}}}}
  - {{principal: web, role: App Configuration Data Reader, scope: {{store: contoso-orders}}}}
  - {{principal: orders-legacy, role: Key Vault Secrets User, scope: {{vault: contoso-orders}}}}
"""


@dataclass(frozen=True)
class Place:
    """A plane with workloads of many kinds, and an application whose key the test knows."""

    root: Path
    environments: Mapping[str, Mapping[str, str]]
    application: Application

    def wire(self, workload: str) -> Wire:
        """What a workload can send."""
        return Wire(self.environments[workload])

    @property
    def proxy_port(self) -> int:
        """Where the proxy listens."""
        return ports_of(self.environments["web"])[0]

    @property
    def identity_port(self) -> int:
        """Where the identity endpoints listen."""
        return ports_of(self.environments["web"])[1]


@contextmanager
def attacked_place(directory: Path) -> Iterator[Place]:
    """A new project there, with every workload running."""
    site = Site.made(directory)
    pem = self_signed()
    (site.root / "client.pem").write_bytes(pem)
    site.declare(ESTATE)
    with ExitStack() as running:
        environments = {name: running.enter_context(site.inside(name)) for name in WORKLOADS}
        yield Place(site.root, environments, Application(pem))


def refused(answer: Answer, *statuses: int) -> None:
    """An answer that gives nothing away."""
    assert answer.status in statuses, answer
    assert b"access_token" not in answer.body
    assert b"eyJ" not in answer.body
    assert "location" not in answer.headers
