"""Telling clients what their workloads ran into; wired into the recorder and the dispatchers."""

from __future__ import annotations

from keyless.evidence.recorder import CellKey, Counted, SignInKey, ThrottledKey, WantKey
from keyless.model.evidence import Outcome, SignInOutcome
from keyless.model.reading import READS
from keyless.runtime.directory import Directory
from keyless.runtime.leases import Lease, Leases
from keyless.runtime.messages import Missed, Repeated, Settled, SignedIn, SlowedDown


class Notices:
    """Hears of it, and passes it on to the clients whose workloads it concerns."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self.directory = Directory(())

    def decided(self, key: CellKey) -> None:
        """A line of evidence was seen for the first time."""
        name = self.directory.name_of(key.principal_id)
        message = Settled(name, key.outcome.value, key.plane.value, key.action, key.scope, key.assignment_id)
        for lease in self._leases.of_principal(key.principal_id):
            if lease.tell_once(message):
                lease.outcomes[key.outcome.value] += 1

    def signed_in(self, key: SignInKey) -> None:
        """Somebody signed in; whose lease it was is not known where the principal is no workload's."""
        if key.method.is_stored and key.outcome is SignInOutcome.SUCCEEDED:
            message = SignedIn(self.directory.name_of(key.principal_id), key.method.value)
            for lease in self._leases.of_principal(key.principal_id):
                lease.stored_credentials.add(message)

    def throttled(self, key: ThrottledKey) -> None:
        """A request was refused at a limit; of each thing a workload hears once."""
        name = self.directory.name_of(key.principal_id)
        limit = (key.pool, key.units, key.window_s, key.of_subscription)
        for lease in self._leases.of_principal(key.principal_id):
            lease.tell_once(SlowedDown(name, key.scope, *limit))

    def counted(self, second: int, counts: list[Counted]) -> None:
        """So much was counted since the last time: whoever reads a thing again and again hears it once.

        Nobody hears of what a person's tools do: they start anew for each command.
        """
        by_lease: dict[Lease, list[Counted]] = {}
        for one in counts:
            if one.key.action.casefold() in READS and one.key.outcome is not Outcome.DENIED:
                for lease in self._leases.of_principal(one.key.principal_id):
                    by_lease.setdefault(lease, []).append(one)
        for lease, own in by_lease.items():
            if not lease.user_id:
                self._read(lease, second, own)

    def _read(self, lease: Lease, second: int, counts: list[Counted]) -> None:
        for thing, tally in lease.reads.count(second, counts):
            name = self.directory.name_of(thing.principal_id)
            lease.tell(Repeated(name, thing.action, thing.scope, tally.reads))

    def missed(self, want: WantKey) -> None:
        """Something was asked for that is not there; a person's tools look so before they put it there."""
        message = Missed(want.kind, want.container, want.name, want.label)
        for lease in self._leases.of_principal(want.principal_id):
            if not lease.user_id:
                lease.tell_once(message)
