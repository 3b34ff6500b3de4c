"""Who the owner of a running plane's estate is, and the lease under which the owner works.

Rules:
- only the owner of the project's files can connect to the control socket, as the kernel says of whoever does
  (`keyless.runtime.control`): so whoever asks there for a shell is the person that the plane runs as;
- a running workload is of the same account, and is not that person: what a `keyless run` has started gets no
  shell. A process that has left its starter is not known for one (`keyless.gateway.attest.ancestry`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from keyless.gateway.attest.ancestry import nearest_ancestor
from keyless.gateway.attest.processes import Process, Processes, Unreadable
from keyless.lifecycle.local_user import local_user
from keyless.model.directory import User
from keyless.model.hosts import HostKind
from keyless.runtime.leases import Lease, LeaseRefused
from keyless.runtime.messages import Account, Mode, OpenShell, ToClient
from keyless.runtime.world import EstateWorld
from keyless.store.ports import Store


class Owner:
    """The person that the plane runs as, whose account at this machine is ``account``.

    ``new_id`` makes object ids.
    """

    def __init__(self, store: Store, world: EstateWorld, account: str, new_id: Callable[[], str]) -> None:
        self._store = store
        self._world = world
        self._account = account
        self._new_id = new_id

    async def user(self) -> User:
        """The person, made where the estate has none yet."""
        return await local_user(self._store, await self._world.tenant(), self._account, self._new_id)

    async def lease(
        self, asked: OpenShell, tell: Callable[[ToClient], None], client: Process | None
    ) -> tuple[Lease, Account]:
        """A lease of the person's own, and whom it is signed in as."""
        user = await self.user()
        tenant = await self._world.tenant()
        name = user.user_principal_name
        lease = Lease(
            name=name,
            resource_id="",
            principal_ids=frozenset((user.principal_id,)),
            mode=Mode.ENFORCE,
            offline=asked.offline,
            tell=tell,
            host_kind=HostKind.CLOUD_SHELL,
            client=client,
            user_id=user.principal_id,
        )
        return lease, Account(name, tenant.tenant_id, tenant.subscription_id, tenant.subscription_name)


def refuse_workloads(processes: Processes, client: Process | None, leases: Iterable[Lease]) -> None:
    """Make sure that whoever asks for a shell was not started by one of these leases' clients as a workload.

    Raises:
        LeaseRefused: it was, or nobody can tell.
    """
    running = [lease.client for lease in leases if lease.client is not None and not lease.user_id]
    if client is None or not running:
        return
    try:
        starter = nearest_ancestor(processes, client, running, os.getpid())
    except Unreadable as why:
        raise LeaseRefused(f"nobody can tell whose process asks for a shell: {why}") from why
    if starter is not None:
        raise LeaseRefused(
            "a workload is not the owner of the estate, and gets neither a shell nor a token of the owner's: "
            "leave `keyless run` first"
        )
