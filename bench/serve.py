"""The plane's two fronts with a vault, a secret, a role and an application, as servers to measure.

Usage: python -m bench.serve FOLDER. Writes what a client needs to know to `FOLDER/ready.json` (`Ready`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import uvloop

from bench.keys import make_keys
from bench.ready import Ready
from bench.settings import make_settings
from keyless.app import (
    build_planes,
    deploy_estate,
    known_roles,
    metadata_signer,
    open_evidence,
    open_store,
)
from keyless.estate.read import read_text
from keyless.evidence.recorder import Recorder
from keyless.gateway.authority import Authority
from keyless.gateway.hosts import local_names
from keyless.gateway.key_files import KeyFiles
from keyless.model.estate import Estate
from keyless.planes.identity import Challenges
from keyless.runtime.leases import IdentityCallers, Lease, Leases
from keyless.runtime.messages import Mode
from keyless.runtime.project import STATE_DIRECTORY, Project
from keyless.runtime.world import EstateWorld
from keyless.store.ports import Store
from keyless.tokens.audience import Audience
from keyless.tokens.issuer import TokenIssuer, current_signer
from keyless.wire.dispatch import Dispatcher
from keyless.wire.plane import Plane
from keyless.wire.server import Front, ListeningServer, settle_interpreter
from keyless.wire.throttle import Throttle

CLIENT_SECRET = "a-client-secret-of-usual-length-40-chars"
ESTATE = f"""
version: 1
federation: {{issuer: https://id.example.org}}
resourceGroups:
  bench-rg:
    compute:
      web: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
    vaults:
      contoso-orders: {{secrets: {{db-password: a-value-of-usual-length-32-chars}}}}
    configurationStores:
      contoso-config: {{}}
applications:
  legacy: {{clientSecret: {CLIENT_SECRET}}}
roleAssignments:
  - {{principal: web, role: Key Vault Secrets Officer, scope: {{vault: contoso-orders}}}}
  - {{principal: web, role: Key Vault Crypto User, scope: {{vault: contoso-orders}}}}
  - {{principal: web, role: App Configuration Data Owner, scope: {{store: contoso-config}}}}
"""
FLUSH_EVERY_S = 1.0


async def serve(folder: Path) -> None:
    """Serve until killed, flushing evidence every second as a running plane does."""
    project = Project(folder, folder / STATE_DIRECTORY)
    project.prepare()
    store, evidence = open_store(project), open_evidence(project)
    estate = read_text(ESTATE, {})
    await deploy_estate(store, estate)
    wrapped = await make_keys(store)
    await make_settings(store)
    world, leases, recorder = EstateWorld(store, "bench", time.time), Leases(), Recorder(evidence)
    now = dt.datetime.now(dt.UTC)
    authority = Authority.open(project.tls_directory, now)
    challenges = Challenges(KeyFiles(project.key_directory))
    planes = build_planes(store, world, challenges, metadata_signer(authority))

    def front(served: Sequence[Plane]) -> Front:
        return Front(_dispatcher(served, store, world, recorder, leases))

    leaf = authority.issue_leaf(local_names(), (), now)
    tls = ListeningServer(front(planes.tls), certificate=leaf.chain, key=leaf.key)
    plain = ListeningServer(front(planes.plain))
    await tls.start()
    await plain.start()
    ready = await _ready(estate, world, leases, (tls.port, plain.port), str(leaf.chain), wrapped)
    (folder / "ready.draft").write_bytes(msgspec.json.encode(ready))
    (folder / "ready.draft").rename(folder / "ready.json")
    settle_interpreter()
    while True:
        await asyncio.sleep(FLUSH_EVERY_S)
        recorder.flush(int(time.time()))


def _dispatcher(
    planes: Sequence[Plane], store: Store, world: EstateWorld, recorder: Recorder, leases: Leases
) -> Dispatcher:
    return Dispatcher(
        planes,
        store=store,
        world=world,
        roles=known_roles(),
        recorder=recorder,
        workloads=IdentityCallers(leases),
        learners=leases,
        throttle=Throttle(None),  # counts as ever, and refuses nothing: more is asked than a vault answers
    )


async def _ready(
    estate: Estate,
    world: EstateWorld,
    leases: Leases,
    ports: tuple[int, int],
    certificate: str,
    wrapped: str,
) -> Ready:
    """What a client needs to know, with a token and a lease of the web app."""
    compute = estate.compute[0]
    identity = compute.system_assigned
    if identity is None:
        raise SystemExit("the estate of the benchmark has no identity")
    signer = await current_signer(world)

    def token(resource: str) -> str:
        now, audience = int(time.time()), Audience(resource)
        issuer = TokenIssuer()
        return issuer.managed_identity_token(signer, identity, compute.resource_id, audience, now).jwt

    principals = frozenset({identity.principal_id})
    lease = Lease(compute.name, compute.resource_id, principals, Mode.ENFORCE, True, lambda message: None)
    leases.open(lease)
    application = estate.applications[0].client_id
    tenant = await world.tenant_id()
    return Ready(
        tls_port=ports[0],
        plain_port=ports[1],
        token=token("https://vault.azure.net"),
        certificate=certificate,
        workload_secret=lease.secret,
        tenant_id=tenant,
        client_id=application,
        client_secret=CLIENT_SECRET,
        wrapped=wrapped,
        pid=os.getpid(),
        store_token=token("https://azconfig.io"),
    )


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1])))
