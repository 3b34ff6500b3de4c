"""Workloads in a Kubernetes cluster: whom they may speak as, and what is made up for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from runtime_estate import SHARED, WEB, WORKER

from keyless.model.clusters import cluster_issuer
from keyless.model.federated_credentials import MOST
from keyless.model.hosts import HostKind
from keyless.model.identities import FederatedCredential
from keyless.runtime.environment import environment_of
from keyless.runtime.leases import LeaseRefused
from keyless.runtime.messages import Mode, Ready
from keyless.runtime.project import Project
from keyless.runtime.world import EstateWorld
from keyless.store.collections import FEDERATED_CREDENTIALS, IDENTITIES
from keyless.store.ports import Store


@pytest.fixture
def world(estate_store: Store, now: int) -> EstateWorld:
    """A world with two workloads."""
    return EstateWorld(estate_store, "orders", lambda: now)


async def credentials(store: Store) -> list[FederatedCredential]:
    return [one for _, one in await store.scan(FEDERATED_CREDENTIALS)]


async def test_a_pod_may_speak_as_its_user_assigned_identities(
    world: EstateWorld, estate_store: Store
) -> None:
    pod = await world.pod(WEB)
    assert pod.client_ids == (SHARED.client_id,)
    assert (pod.account.account, pod.account.issuer) == ("default/web", cluster_issuer("t", "westeurope"))
    (made,) = await credentials(estate_store)
    assert (made.owner, made.subject) == (SHARED.resource_id, "system:serviceaccount:default:web")
    revision = estate_store.revision(FEDERATED_CREDENTIALS)
    assert await world.pod(WEB) == pod
    assert estate_store.revision(FEDERATED_CREDENTIALS) == revision


async def test_a_pod_runs_as_the_service_account_that_the_estate_gives_it(world: EstateWorld) -> None:
    given = msgspec.structs.replace(WEB, service_account="orders/api")
    assert (await world.pod(given)).account.account == "orders/api"


async def test_without_a_user_assigned_identity_there_is_no_pod(
    world: EstateWorld, estate_store: Store
) -> None:
    with pytest.raises(LeaseRefused, match="no user-assigned identity"):
        await world.pod(WORKER)
    assert await credentials(estate_store) == []


async def test_an_identity_without_room_for_the_clusters_credential_says_so(
    world: EstateWorld, estate_store: Store
) -> None:
    async with estate_store.transaction() as transaction:
        for number in range(MOST):
            one = FederatedCredential(SHARED.resource_id, f"fic-{number}", "https://x", str(number), "y")
            await transaction.put(FEDERATED_CREDENTIALS, (one.owner.casefold(), one.name), one)
    with pytest.raises(LeaseRefused, match=r"`shared` has 20 federated credentials"):
        await world.pod(WEB)


async def test_learning_makes_up_a_workload_that_is_fit_for_a_cluster(store: Store, now: int) -> None:
    world = EstateWorld(store, "My Orders", lambda: now)
    made = await world.workload(None, Mode.LEARN, HostKind.AKS)
    assert (made.system_assigned, made.host_kind, made.name) == (None, HostKind.AKS, "my-orders")
    ((_, identity),) = await store.scan(IDENTITIES)
    assert made.user_assigned == (identity.resource_id,)
    pod = await world.pod(made)
    assert pod.client_ids == (identity.client_id,)
    assert await world.workload(None, Mode.ENFORCE) == made


class Shell:
    """A command's environment in a cluster."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.project = Project(root, root / ".keyless")
        self.project.prepare()
        self.project.tls_directory.mkdir(mode=0o700)
        (self.project.tls_directory / "ca.pem").write_text("")
        self.monkeypatch = monkeypatch
        self.ready = Ready(
            "web",
            "/web",
            HostKind.AKS,
            "secret",
            1,
            2,
            client_id="first",
            tenant_id="our-tenant",
            token_file="/tokens/file",
            client_ids=("first", "second"),
        )

    def variables(self, inherited: Mapping[str, str], *, keep: bool = False) -> dict[str, str]:
        """The variables of workload identity, for a command that would have had others."""
        names = ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_AUTHORITY_HOST")
        for name in (*names, "AZURE_CLIENT_SECRET", "IDENTITY_ENDPOINT"):
            self.monkeypatch.delenv(name, raising=False)
        for name, value in inherited.items():
            self.monkeypatch.setenv(name, value)
        made, _ = environment_of(self.project, self.ready, keep_credentials=keep)
        assert "IDENTITY_ENDPOINT" not in made
        return {name: made[name] for name in names if name in made}


OURS = {
    "AZURE_CLIENT_ID": "first",
    "AZURE_TENANT_ID": "our-tenant",
    "AZURE_FEDERATED_TOKEN_FILE": "/tokens/file",
    "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
}


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A command's environment."""
    return Shell(tmp_path, monkeypatch)


def test_the_environment_is_that_of_a_pod(shell: Shell) -> None:
    foreign = {
        "AZURE_TENANT_ID": "elsewhere",
        "AZURE_FEDERATED_TOKEN_FILE": "/elsewhere",
        "AZURE_AUTHORITY_HOST": "https://login.elsewhere.example",
        "IDENTITY_ENDPOINT": "http://elsewhere",
    }
    for inherited in ({}, foreign, {"AZURE_CLIENT_ID": "stranger"}, {"AZURE_CLIENT_ID": ""}):
        assert shell.variables(inherited) == OURS


def test_another_of_its_identities_may_be_named(shell: Shell) -> None:
    assert shell.variables({"AZURE_CLIENT_ID": "SECOND"}) == OURS | {"AZURE_CLIENT_ID": "second"}
    with_secret = {"AZURE_CLIENT_ID": "stranger", "AZURE_CLIENT_SECRET": "x", "AZURE_TENANT_ID": "theirs"}
    assert shell.variables(with_secret) == OURS


def test_kept_credentials_keep_what_they_need(shell: Shell) -> None:
    kept = {"AZURE_CLIENT_ID": "application", "AZURE_CLIENT_SECRET": "x", "AZURE_TENANT_ID": "theirs"}
    assert shell.variables(kept, keep=True) == OURS | {
        "AZURE_CLIENT_ID": "application",
        "AZURE_TENANT_ID": "theirs",
    }
