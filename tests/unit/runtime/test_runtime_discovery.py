"""A name server for each workload where a store has replicas, and what is told where there can be none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keyless.gateway import private_mount
from keyless.gateway.names import resolver_file
from keyless.gateway.names.responder import CannotServeNames, Responder
from keyless.gateway.private_mount import CannotMount
from keyless.model.hosts import HostKind
from keyless.model.resources import ConfigurationStore, Replica
from keyless.runtime import discovery as module
from keyless.runtime.discovery import Discovery
from keyless.runtime.messages import Ready
from keyless.runtime.name_server import show_names
from keyless.runtime.project import STATE_DIRECTORY, Project
from keyless.store.collections import STORES
from keyless.store.ports import Store


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Responder]:
    """The name servers that were opened; what stands for listening takes no port."""
    found: list[Responder] = []

    async def start(self: Responder) -> str:
        found.append(self)
        return f"127.1.1.{len(found)}"

    monkeypatch.setattr(Responder, "start", start)
    return found


async def replicate(store: Store) -> None:
    made = ConfigurationStore("/c", "orders", "westeurope", replicas=(Replica("North", "northeurope"),))
    async with store.transaction() as transaction:
        await transaction.put(STORES, ("orders",), made)


async def test_nothing_is_opened_where_no_store_has_replicas(store: Store, opened: list[Responder]) -> None:
    async with store.transaction() as transaction:
        await transaction.put(STORES, ("orders",), ConfigurationStore("/c", "orders", "westeurope"))
    assert await Discovery(store).open("web") == ("", ())
    assert opened == []


async def test_each_workload_has_one_of_its_own_until_it_ends(store: Store, opened: list[Responder]) -> None:
    await replicate(store)
    discovery = Discovery(store)
    assert await discovery.open("web") == ("127.1.1.1", ())
    assert await discovery.open("worker") == ("127.1.1.2", ())
    await discovery.close("web")
    await discovery.close("web")
    assert await discovery.endpoints("orders-north.azconfig.io") == (
        "orders.azconfig.io",
        "orders-north.azconfig.io",
    )
    assert await discovery.endpoints("nobody.azconfig.io") == ()


async def test_where_the_port_is_not_to_be_had_a_person_is_told_how_to_go_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(self: Responder) -> str:
        raise CannotServeNames("port 53 is for root alone here")

    monkeypatch.setattr(Responder, "start", refuse)
    await replicate(store)
    address, notes = await Discovery(store).open("web")
    assert address == ""
    assert (
        "do not find the replicas of stores by themselves here (port 53 is for root alone here)" in notes[0]
    )


async def test_elsewhere_than_on_linux_and_without_the_file_it_is_told_too(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, opened: list[Responder]
) -> None:
    await replicate(store)
    monkeypatch.setattr(resolver_file, "PLACE", tmp_path / "none")
    assert "cannot be read" in (await Discovery(store).open("web"))[1][0]
    monkeypatch.setattr(module.sys, "platform", "darwin")
    assert "only Linux" in (await Discovery(store).open("web"))[1][0]
    assert opened == []


class TestTheCommand:
    @pytest.fixture
    def project(self, tmp_path: Path) -> Project:
        made = Project(tmp_path, tmp_path / STATE_DIRECTORY)
        made.prepare()
        return made

    @pytest.fixture
    def ready(self) -> Callable[[str], Ready]:
        return lambda address: Ready("web", "/web", HostKind.VM, "s", 1, 2, name_server=address)

    def test_it_is_shown_a_file_with_the_name_server_and_nothing_is_left(
        self, project: Project, ready: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = project.root / "resolv.conf"
        place.write_text("nameserver 10.0.0.1\noptions edns0\n")
        monkeypatch.setattr(resolver_file, "PLACE", place)
        shown: list[tuple[str, int, Path]] = []

        def show(ours: Path, at: Path) -> None:
            shown.append((ours.read_text(), ours.stat().st_mode & 0o777, at))

        monkeypatch.setattr(private_mount, "show_file_at", show)
        assert show_names(project, ready("127.1.2.3")) == ()
        assert shown == [("nameserver 127.1.2.3\noptions edns0\n", 0o644, place)]
        assert list(project.state.glob("resolv-*")) == []

    def test_without_a_name_server_nothing_is_done(self, project: Project, ready: Any) -> None:
        assert show_names(project, ready("")) == ()

    def test_a_system_that_does_not_let_us_is_told(
        self, project: Project, ready: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(ours: Path, at: Path) -> None:
            raise CannotMount("operation not permitted")

        monkeypatch.setattr(private_mount, "show_file_at", refuse)
        (note,) = show_names(project, ready("127.1.2.3"))
        assert "(`/etc/resolv.conf` cannot be another one for the command: operation not permitted)" in note
