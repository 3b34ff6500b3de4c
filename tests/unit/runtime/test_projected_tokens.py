"""The token files of workloads in a cluster: what is in them, who may read them, and when they change."""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from keyless.model.resources import Tenant
from keyless.runtime import projected_tokens
from keyless.runtime.projected_tokens import FILE, ProjectedTokens
from keyless.tokens.keys import KeyRing, SigningKey
from keyless.tokens.service_accounts import LIFETIME_S, REPLACED_AFTER_S, ServiceAccount

NOW = 1_800_000_000
ACCOUNT = ServiceAccount("https://westeurope.oic.prod-aks.azure.com/t/c/", "orders/web", "the-uid")


class Authority:
    """A tenant's keys, which may change."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring

    async def tenant(self) -> Tenant:
        """The tenant."""
        return Tenant("t", "contoso", "s", "dev")

    async def key_ring(self) -> KeyRing:
        """Its keys."""
        return self.ring


class Cluster:
    """Token files, and the time."""

    def __init__(self, directory: Path, ring: KeyRing) -> None:
        self.now = float(NOW)
        self.directory = directory
        self.authority = Authority(ring)
        self.tokens = self.anew()

    def anew(self) -> ProjectedTokens:
        """As when a plane begins."""
        return ProjectedTokens(self.directory, self.authority, lambda: self.now)


@pytest.fixture
def cluster(tmp_path: Path, key_ring: KeyRing) -> Cluster:
    """A cluster below a directory."""
    return Cluster(tmp_path / "tokens", key_ring)


def part(path: Path, number: int) -> dict[str, Any]:
    """The header or the payload of the token in a file."""
    text = path.read_text().split(".")[number]
    return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=dict)


async def test_a_file_holds_what_a_cluster_would_put_there(cluster: Cluster, signing_key: SigningKey) -> None:
    path = await cluster.tokens.project("run", ACCOUNT)
    assert path.name == FILE
    claims = part(path, 1)
    assert claims.pop("jti")
    assert claims == {
        "aud": ["api://AzureADTokenExchange"],
        "exp": NOW + LIFETIME_S,
        "iat": NOW,
        "iss": ACCOUNT.issuer,
        "kubernetes.io": {"namespace": "orders", "serviceaccount": {"name": "web", "uid": "the-uid"}},
        "nbf": NOW,
        "sub": "system:serviceaccount:orders:web",
    }
    header = part(path, 0)
    assert (header["alg"], header["kid"]) == ("RS256", signing_key.kid)


async def test_only_its_owner_reads_it(cluster: Cluster) -> None:
    path = await cluster.tokens.project("run", ACCOUNT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for directory in (path.parent, path.parent.parent):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


async def test_each_run_has_a_file_of_its_own(cluster: Cluster) -> None:
    one, two = await cluster.tokens.project("one", ACCOUNT), await cluster.tokens.project("two", ACCOUNT)
    assert one.parent != two.parent
    assert one.read_text() != two.read_text()
    cluster.tokens.remove("one")
    cluster.tokens.remove("nobody")
    assert not one.parent.exists()
    assert two.exists()
    cluster.tokens.close()
    assert not cluster.directory.exists()


async def test_a_token_is_replaced_when_four_fifths_of_its_life_are_over(cluster: Cluster) -> None:
    path = await cluster.tokens.project("run", ACCOUNT)
    first = path.read_text()
    cluster.now = NOW + REPLACED_AFTER_S - 1
    await cluster.tokens.rotate()
    assert path.read_text() == first
    cluster.now = NOW + REPLACED_AFTER_S
    await cluster.tokens.rotate()
    assert part(path, 1)["exp"] == cluster.now + LIFETIME_S
    second = path.read_text()
    await cluster.tokens.rotate()
    assert path.read_text() == second
    assert [one.name for one in path.parent.iterdir()] == [FILE]


async def test_a_token_from_the_future_is_replaced(cluster: Cluster) -> None:
    path = await cluster.tokens.project("run", ACCOUNT)
    cluster.now = NOW - 7200
    await cluster.tokens.rotate()
    assert part(path, 1)["iat"] == NOW - 7200


async def test_a_token_is_replaced_when_its_key_is_gone(cluster: Cluster, foreign_key: SigningKey) -> None:
    path = await cluster.tokens.project("run", ACCOUNT)
    first = path.read_text()
    cluster.authority.ring = KeyRing([foreign_key, *[cluster.authority.ring.current]])
    await cluster.tokens.rotate()
    assert path.read_text() == first
    cluster.authority.ring = KeyRing([foreign_key])
    await cluster.tokens.rotate()
    assert part(path, 0)["kid"] == foreign_key.kid


async def test_a_reader_sees_one_token_or_the_other(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await cluster.tokens.project("run", ACCOUNT)
    first, seen = path.read_text(), []
    write = projected_tokens.write_owner_only

    def watched(place: Path, content: bytes) -> None:
        seen.append(path.read_text())
        write(place, content)
        seen.append(path.read_text())

    monkeypatch.setattr(projected_tokens, "write_owner_only", watched)
    cluster.now = NOW + REPLACED_AFTER_S
    await cluster.tokens.rotate()
    assert seen == [first, path.read_text()]
    assert seen[0] != seen[1]


async def test_a_token_that_cannot_be_replaced_stays_and_is_tried_again(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await cluster.tokens.project("run", ACCOUNT)
    first, cluster.now = path.read_text(), NOW + REPLACED_AFTER_S

    def full(place: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(projected_tokens, "write_owner_only", full)
        with pytest.raises(OSError, match="No space"):
            await cluster.tokens.rotate()
        with pytest.raises(OSError, match="No space"):
            await cluster.tokens.project("other", ACCOUNT)
    assert path.read_text() == first
    assert len(list(cluster.directory.iterdir())) == 1
    await cluster.tokens.rotate()
    assert path.read_text() != first


async def test_what_a_killed_plane_left_behind_goes_when_the_next_begins(cluster: Cluster) -> None:
    path = await cluster.tokens.project("run", ACCOUNT)
    cluster.anew()
    assert not path.exists()


async def test_without_runs_there_is_nothing_to_do(cluster: Cluster) -> None:
    await cluster.tokens.rotate()
    cluster.tokens.close()
    assert not cluster.directory.exists()
