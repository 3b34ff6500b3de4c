"""Control groups as systemd and the engines of containers make them, and as someone might forge them."""

from __future__ import annotations

import pytest

from keyless.gateway.attest.placement import read_placement
from keyless.model.workloads import Placement

ID = "4c01db0b339c" + "5a" * 26
POD = "kubepods-burstable-pod1f2e3d4c_aaaa_bbbb_cccc_0123456789ab.slice"

SYSTEM_UNITS = [
    ("/system.slice/orders.service", "orders.service"),
    ("/system.slice/orders.service/workers/one", "orders.service"),
    ("/system.slice/system-orders.slice/orders@web.service", "orders@web.service"),
    ("/system.slice/_memory.service", "memory.service"),
    ("/system.slice/orders\\x2dweb.service", "orders\\x2dweb.service"),
    ("/orders.slice/orders-web.slice/orders.service", "orders.service"),
    ("/user.slice/user-1000.slice/session-2.scope", "session-2.scope"),
    ("/init.scope", "init.scope"),
    ("/machine.slice/machine-vm.scope/payload/system.slice/orders.service", "machine-vm.scope"),
]
USER_UNITS = [
    (
        "/user.slice/user-1000.slice/user@1000.service/app.slice/orders.service",
        "user@1000.service/orders.service",
    ),
    ("/user.slice/user-1000.slice/user@1000.service/init.scope", "user@1000.service/init.scope"),
    ("/user.slice/user-1000.slice/user@1000.service", "user@1000.service"),
]
CONTAINERS = [
    f"/system.slice/docker-{ID}.scope",
    f"/system.slice/docker-{ID}.scope/system.slice/orders.service",
    f"/docker/{ID}",
    f"/docker/{ID}/init",
    f"/machine.slice/libpod-{ID}.scope/container",
    f"/libpod_parent/libpod-{ID}",
    f"/system.slice/crio-{ID}.scope",
    f"/kubepods.slice/kubepods-burstable.slice/{POD}/cri-containerd-{ID}.scope",
    f"/kubepods.slice/kubepods-burstable.slice/{POD}/crio-{ID}.scope",
    f"/kubepods/burstable/pod1f2e3d4c-aaaa-bbbb-cccc-0123456789ab/{ID}",
    f"/kubepods/pod1f2e3d4c-aaaa-bbbb-cccc-0123456789ab/{ID}",
]
FORGED = [
    f"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{ID}.scope/container",
    f"/user.slice/user-1000.slice/user@1000.service/app.slice/docker-{ID}.scope",
    f"/system.slice/evil.service/docker/{ID}",
    f"/system.slice/evil.service/docker-{ID}.scope",
    f"/evil/docker/{ID}",
    f"/docker/{ID[:-1]}",
    f"/docker/{ID}ff",
    f"/docker/{ID.upper()}",
    f"/kubepods/a/b/c/{ID}",
]


def of(path: str) -> Placement:
    return read_placement(f"0::{path}\n")


@pytest.mark.parametrize(("path", "unit"), SYSTEM_UNITS + USER_UNITS)
def test_the_unit_is_the_first_part_that_is_no_slice(path: str, unit: str) -> None:
    assert of(path) == Placement(path, unit)


@pytest.mark.parametrize("path", CONTAINERS)
def test_a_container_is_known_by_its_engines_part(path: str) -> None:
    found = of(path)
    assert (found.cgroup, found.container) == (path, ID)


@pytest.mark.parametrize("path", FORGED)
def test_a_container_that_somebody_names_themselves_is_none(path: str) -> None:
    assert of(path).container is None


@pytest.mark.parametrize(
    "path",
    [
        "/user.slice/user-1000.slice/user@1000.service/app.slice/orders.service",
        "/system.slice/evil.service/orders.service",
        "/system.slice/evil.service/system.slice/orders.service",
        f"/docker/{ID}/system.slice/orders.service",
        "/evil/orders.service",
        "/orders.services",
    ],
)
def test_a_unit_within_what_was_delegated_is_not_the_systems(path: str) -> None:
    assert of(path).systemd_unit != "orders.service"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "0::",
        "0:",
        "nonsense",
        "0::relative\n",
        "0::/system.slice/orders.service (deleted)\n",
        "0::/../system.slice/orders.service\n",
        "0::/..\n",
        "5:memory:/system.slice/orders.service\n",
        "1:name=other:/system.slice/orders.service\n",
    ],
)
def test_where_nothing_can_be_told_nothing_is(text: str) -> None:
    assert read_placement(text) == Placement()


def test_of_both_versions_the_hierarchy_of_systemd_counts() -> None:
    text = "9:memory:/other\n1:name=systemd:/system.slice/orders.service\n0::/system.slice/evil.service\n"
    assert read_placement(text).systemd_unit == "orders.service"


def test_the_root_group_is_a_group_and_no_unit() -> None:
    assert of("/") == Placement("/")
