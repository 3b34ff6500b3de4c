"""Leases: a secret for each run, and no identity that learns here and is enforced there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from keyless.runtime.leases import IdentityCallers, Lease, LeaseRefused, Leases
from keyless.runtime.messages import Mode, Remark


def test_a_lease_is_found_by_its_secret_alone(make_lease: Any) -> None:
    leases = Leases()
    one, other = make_lease("web"), make_lease("web")
    leases.open(one)
    leases.open(other)
    assert leases.by_secret(one.secret) is one
    assert leases.by_secret(other.secret) is other
    for wrong in ("", "x", one.secret[:-1], one.secret + "x", "é", "\ud800"):
        assert leases.by_secret(wrong) is None


def test_every_lease_has_a_long_secret_of_its_own_that_it_does_not_show(make_lease: Any) -> None:
    made = [make_lease("web") for _ in range(20)]
    assert len({lease.secret for lease in made}) == 20
    assert all(len(lease.secret) >= 43 for lease in made)
    assert made[0].secret not in repr(made[0])


def test_a_secret_is_worth_nothing_once_its_lease_has_ended(make_lease: Any) -> None:
    leases = Leases()
    one, other = make_lease("web"), make_lease("web")
    leases.open(one)
    leases.open(other)
    leases.close(one)
    assert leases.by_secret(one.secret) is None
    assert leases.by_secret(other.secret) is other
    assert len(leases) == 1
    leases.close(one)
    assert len(leases) == 1


def test_an_identity_does_not_learn_here_and_is_enforced_there(make_lease: Any) -> None:
    leases = Leases()
    leases.open(make_lease("web", "p", "q", mode=Mode.LEARN))
    with pytest.raises(LeaseRefused) as raised:
        leases.open(make_lease("worker", "q", mode=Mode.ENFORCE))
    assert str(raised.value) == (
        "`web` runs now with `--learn` and shares an identity with `worker`: "
        "run it with `--learn` too, or wait until the other has ended"
    )
    assert len(leases) == 1
    leases.open(make_lease("worker", "q", mode=Mode.LEARN))
    leases.open(make_lease("other", "r", mode=Mode.ENFORCE))
    assert len(leases) == 3


def test_the_mode_is_free_again_once_the_lease_has_ended(make_lease: Any) -> None:
    leases = Leases()
    learning = make_lease("web", "p", mode=Mode.LEARN)
    leases.open(learning)
    leases.close(learning)
    leases.open(make_lease("web", "p", mode=Mode.ENFORCE))


def test_only_the_identities_of_a_learning_lease_learn(make_lease: Any) -> None:
    leases = Leases()
    learning = make_lease("web", "p", mode=Mode.LEARN)
    leases.open(learning)
    leases.open(make_lease("worker", "q", mode=Mode.ENFORCE))
    assert (leases.learns("p"), leases.learns("q"), leases.learns("")) == (True, False, False)
    leases.close(learning)
    assert not leases.learns("p")


def test_news_of_a_principal_goes_to_its_leases_and_of_a_stranger_to_all(make_lease: Any) -> None:
    leases = Leases()
    web, worker = make_lease("web", "p"), make_lease("worker", "q")
    leases.open(web)
    leases.open(worker)
    assert leases.of_principal("p") == [web]
    assert leases.of_principal("stranger") == [web, worker]


def test_a_caller_is_known_by_its_secret_and_counts_for_tokens_that_it_got(make_lease: Any) -> None:
    leases = Leases()
    lease = make_lease("web")
    leases.open(lease)
    callers = IdentityCallers(leases, Peers(None))
    assert callers.by_secret(lease.secret) is lease
    assert callers.by_secret("wrong") is None
    assert lease.tokens == 0
    lease.got_token()
    assert lease.tokens == 1


class Peers:
    """Finds the same lease at the far end of every connection."""

    def __init__(self, found: Lease | None) -> None:
        self.found = found

    async def lease_of(self, client: str, server: str, leases: Sequence[Lease]) -> Lease | None:
        assert (client, server) == ("127.0.0.1:1", "127.0.0.1:2")
        return self.found


@dataclass(frozen=True)
class Ends:
    """A connection."""

    client: str = "127.0.0.1:1"
    server: str = "127.0.0.1:2"


async def test_a_caller_is_known_by_its_process(make_lease: Any) -> None:
    lease = make_lease("web")
    assert await IdentityCallers(Leases(), Peers(lease)).by_peer(Ends()) is lease
    assert await IdentityCallers(Leases(), Peers(None)).by_peer(Ends()) is None


def test_a_connection_through_the_proxy_is_counted(make_lease: Any) -> None:
    lease = make_lease("web")
    lease.reached("orders.vault.azure.net")
    assert lease.connections == 1


def test_a_lease_hears_the_same_news_once(make_lease: Any) -> None:
    lease = make_lease("web")
    assert lease.tell_once(Remark("a"))
    assert not lease.tell_once(Remark("a"))
    assert lease.tell_once(Remark("b"))
    assert lease.tell.heard == [Remark("a"), Remark("b")]
