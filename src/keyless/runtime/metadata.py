"""The metadata endpoint for processes that nobody has started with `keyless run`, as one client has it open.

Rules:
- what comes from the plane itself was asked for by somebody else, through its proxy: it is let in as nobody;
- the rules are read from the store for each request, so that a change holds with the next;
- a workload has a lease here from the first of its processes that is let in, until the endpoint closes or its
  identities change;
- each new caller is told of once, let in or not, with the reason that the caller itself does not get.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from keyless.gateway.attest.machine import ThisMachine
from keyless.gateway.attest.matching import NotAdmitted, workload_of
from keyless.gateway.metadata.server import MetadataServer
from keyless.model.hosts import HostKind
from keyless.model.identities import ComputeResource
from keyless.model.workloads import ProcessFacts, WorkloadRule
from keyless.runtime.leases import Lease, LeaseRefused, Leases
from keyless.runtime.messages import Caller, Mode, ToClient
from keyless.runtime.world import EstateWorld
from keyless.store.collections import COMPUTE, WORKLOAD_RULES
from keyless.store.ports import Store

_REMEMBERED = 1024


class MetadataSession:
    """The workloads that one client has let the metadata endpoint serve."""

    def __init__(
        self,
        store: Store,
        world: EstateWorld,
        leases: Leases,
        mode: Mode,
        tell: Callable[[ToClient], None],
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._world = world
        self._all = leases
        self._mode = mode
        self.tell = tell
        self._changed = changed
        self._machine = ThisMachine()
        self._told: dict[Caller, None] = {}
        self._ended: list[Lease] = []
        self._open: dict[str, Lease] = {}
        self.server: MetadataServer | None = None

    @property
    def leases(self) -> list[Lease]:
        """Every lease that there was."""
        return [*self._ended, *self._open.values()]

    async def admit(self, processes: Sequence[ProcessFacts]) -> str:
        """The secret of the workload that these processes all are.

        Raises:
            NotAdmitted: they are none, or it cannot run now.
        """
        who = " and ".join(self._in_words(facts) for facts in processes)
        try:
            rule, lease = await self._lease_of(processes)
        except NotAdmitted as why:
            self._tell_once(Caller(admitted=False, who=who, why=str(why)))
            raise
        self._tell_once(Caller(admitted=True, who=who, workload=lease.name, rule=rule.name))
        return lease.secret

    def unattested(self, address: str, why: str) -> None:
        """Hear that nobody could be named behind a connection from an address."""
        self._tell_once(Caller(admitted=False, who=f"a process that cannot be named, at {address}", why=why))

    def close(self) -> None:
        """End every lease."""
        for resource_id in tuple(self._open):
            self._end(resource_id)

    async def _lease_of(self, processes: Sequence[ProcessFacts]) -> tuple[WorkloadRule, Lease]:
        if any(facts.pid == os.getpid() for facts in processes):
            raise NotAdmitted("it was asked through the plane's own proxy: ask without a proxy")
        self._store.refresh()
        rules = [rule for _, rule in await self._store.scan(WORKLOAD_RULES)]
        rule = workload_of(rules, processes, self._machine)
        compute = await self._store.get(COMPUTE, (rule.runs_as.casefold(),))
        if compute is None:
            raise NotAdmitted(f"the rule `{rule.name}` is for a compute resource that is not there any more")
        return rule, await self._lease(compute)

    async def _lease(self, compute: ComputeResource) -> Lease:
        """The lease of a compute resource, with the identities that it has now."""
        key = compute.resource_id.casefold()
        principal_ids = await self._world.principal_ids(compute)
        found = self._open.get(key)
        if found is not None and found.principal_ids == principal_ids:
            return found
        if found is not None:
            self._end(key)
        made = Lease(
            compute.name, compute.resource_id, principal_ids, self._mode, False, self.tell, HostKind.VM
        )
        try:
            self._all.open(made)
        except LeaseRefused as why:
            raise NotAdmitted(str(why)) from why
        self._open[key] = made
        self._changed()
        return made

    def _end(self, key: str) -> None:
        lease = self._open.pop(key)
        self._all.close(lease)
        self._ended.append(lease)
        self._changed()

    def _in_words(self, facts: ProcessFacts) -> str:
        where = facts.placement.systemd_unit or facts.placement.cgroup or "no control group"
        user = self._machine.user_name(facts.uid)
        return f"process {facts.pid} (user {user}, {facts.program}, {where})"

    def _tell_once(self, message: Caller) -> None:
        if message in self._told:
            return
        if len(self._told) >= _REMEMBERED:
            del self._told[next(iter(self._told))]
        self._told[message] = None
        self.tell(message)
