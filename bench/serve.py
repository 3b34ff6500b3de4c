"""The plane's TLS front with one vault, one secret and one role, as a server to measure.

Usage: python -m bench.serve FOLDER. Writes the port, a token and the certificate to `FOLDER/ready.json`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
import time
from pathlib import Path

import uvloop

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
from keyless.planes.identity import Challenges
from keyless.runtime.leases import IdentityCallers, Leases
from keyless.runtime.project import STATE_DIRECTORY, Project
from keyless.runtime.world import EstateWorld
from keyless.tokens.audience import Audience
from keyless.tokens.issuer import TokenIssuer, current_signer
from keyless.wire.dispatch import Dispatcher
from keyless.wire.server import Front, ListeningServer, settle_interpreter

ESTATE = """
version: 1
resourceGroups:
  bench-rg:
    compute:
      web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
    vaults:
      contoso-orders: {secrets: {db-password: a-value-of-usual-length-32-chars}}
roleAssignments:
  - {principal: web, role: Key Vault Secrets User, scope: {vault: contoso-orders}}
"""
FLUSH_EVERY_S = 1.0


async def serve(folder: Path) -> None:
    """Serve until killed, flushing evidence every second as a running plane does."""
    project = Project(folder, folder / STATE_DIRECTORY)
    project.prepare()
    store, evidence = open_store(project), open_evidence(project)
    estate = read_text(ESTATE, {})
    await deploy_estate(store, estate)
    world, leases, recorder = EstateWorld(store, "bench", time.time), Leases(), Recorder(evidence)
    now = dt.datetime.now(dt.UTC)
    authority = Authority.open(project.tls_directory, now)
    challenges = Challenges(KeyFiles(project.key_directory))
    planes = build_planes(store, world, challenges, metadata_signer(authority))
    dispatcher = Dispatcher(
        planes.tls,
        store=store,
        world=world,
        roles=known_roles(),
        recorder=recorder,
        workloads=IdentityCallers(leases),
        learners=leases,
    )
    leaf = authority.issue_leaf(local_names(), (), now)
    server = ListeningServer(Front(dispatcher), certificate=leaf.chain, key=leaf.key)
    await server.start()
    compute = estate.compute[0]
    if compute.system_assigned is None:
        raise SystemExit("the estate of the benchmark has no identity")
    token = TokenIssuer().managed_identity_token(
        await current_signer(world),
        compute.system_assigned,
        compute.resource_id,
        Audience("https://vault.azure.net"),
        int(time.time()),
    )
    ready = {"port": server.port, "token": token.jwt, "certificate": str(leaf.chain)}
    (folder / "ready.draft").write_text(json.dumps(ready))
    (folder / "ready.draft").rename(folder / "ready.json")
    settle_interpreter()
    while True:
        await asyncio.sleep(FLUSH_EVERY_S)
        recorder.flush(int(time.time()))


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1])))
