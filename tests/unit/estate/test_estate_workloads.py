"""Workload rules in an estate file: what they say, what they must say, and what deserves a second look."""

from __future__ import annotations

import getpass
import io

import pytest
from estate_texts import estate, in_group, only
from rich.console import Console

from keyless.estate.export import export_text
from keyless.estate.show import estate_tree
from keyless.estate.warnings import warnings_of
from keyless.model.estate import Estate
from keyless.model.workloads import WorkloadRule

GROUP = """\
compute:
  web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
  worker: {type: Microsoft.Compute/virtualMachines, identity: {systemAssigned: true}}
"""
WEB = "/subscriptions/{}/resourceGroups/rg/providers/Microsoft.Web/sites/web"


def with_rules(*rules: str) -> str:
    return in_group(GROUP) + "\nworkloads:\n" + "".join(f"  {rule}\n" for rule in rules)


def shown(of: Estate) -> str:
    out = io.StringIO()
    Console(file=out, width=240).print(estate_tree(of))
    return out.getvalue()


def test_a_rule_says_who_may_speak_as_which_resource() -> None:
    read = estate(
        with_rules(
            'orders: {runsAs: rg/web, user: orders, group: "1001", executable: /usr/bin/orders, '
            "systemdUnit: 'user@1000.service/orders@\\x2d.service', container: 4c01db0b339c, "
            "cgroup: /a.slice/b}"
        )
    )
    web = WEB.format(read.tenant.subscription_id)
    assert read.workloads == (
        WorkloadRule(
            "orders",
            web,
            user="orders",
            group="1001",
            executable="/usr/bin/orders",
            systemd_unit="user@1000.service/orders@\\x2d.service",
            container="4c01db0b339c",
            cgroup="/a.slice/b",
        ),
    )


@pytest.mark.parametrize("rest", ["", ", group: staff", ", executable: /bin/sh", ", cgroup: /system.slice"])
def test_a_rule_that_does_not_say_who_is_refused(rest: str) -> None:
    found = only(with_rules(f"everyone: {{runsAs: web{rest}}}"))
    assert "does not say who the processes are" in str(found)
    assert "`user`, `systemdUnit` and `container`" in str(found)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("{runsAs: web, user: 1001}", "put it in quotes"),
        ("{runsAs: web, user: 'a:b'}", "cannot be a user"),
        ("{runsAs: web, user: ''}", "cannot be a user"),
        ("{runsAs: web, systemdUnit: orders}", "cannot be a systemd unit"),
        ("{runsAs: web, systemdUnit: '*.service'}", "cannot be a systemd unit"),
        ("{runsAs: web, systemdUnit: system.slice}", "cannot be a systemd unit"),
        ("{runsAs: web, container: 4c01}", "cannot be a container"),
        ("{runsAs: web, container: web-1}", "cannot be a container"),
        ("{runsAs: web, user: x, executable: bin/orders}", "cannot be an executable"),
        ("{runsAs: web, user: x, cgroup: /a/../b}", "cannot be a control group"),
        ("{runsAs: web, user: x, cgroup: a}", "cannot be a control group"),
        ("{runsAs: wbe, user: x}", "write `web`"),
        ("{user: x}", "`runsAs`"),
        ("{runsAs: web, usr: x}", "`user`"),
    ],
)
def test_what_a_rule_cannot_say_is_named_once(rule: str, why: str) -> None:
    assert why in str(only(with_rules(f"orders: {rule}")))


def test_rules_are_shown_and_exported_by_the_name_of_the_resource() -> None:
    read = estate(with_rules("orders: {runsAs: web, user: root, executable: /bin/sh}"))
    assert "orders  runs as web: user root, executable /bin/sh" in shown(read)
    assert estate(export_text(read)).workloads == read.workloads


def test_a_rule_whose_resource_is_gone_is_shown_and_not_exported() -> None:
    read = estate(with_rules("orders: {runsAs: web, user: root}"))
    gone = Estate(read.tenant, read.groups, workloads=read.workloads)
    assert "Microsoft.Web/sites/web: user root" in shown(gone)
    assert "workloads" not in export_text(gone)


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("user: no-such-user-here", "user `no-such-user-here`"),
        ("user: root, group: no-such-group-here", "group `no-such-group-here`"),
        ("user: root, executable: /no/such/program", "executable `/no/such/program`"),
    ],
)
def test_a_rule_that_can_match_nothing_here_is_named(rule: str, what: str) -> None:
    (warning,) = warnings_of(estate(with_rules(f"orders: {{runsAs: web, {rule}}}")))
    assert warning.startswith(f"no match: this machine has no {what}")


def test_a_rule_that_can_match_here_is_no_matter() -> None:
    read = estate(
        with_rules(
            f"mine: {{runsAs: web, user: {getpass.getuser()}, group: '0', executable: /proc/self/exe}}",
            "number: {runsAs: web, user: '4000000000'}",
            "unit: {runsAs: web, systemdUnit: no-such.service}",
        )
    )
    assert warnings_of(read) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("user: root", "user: root"),
        ("user: root", "systemdUnit: orders.service"),
        ("user: root", "user: root, executable: /proc/self/exe"),
        ("container: 4c01db0b339c", "container: 4c01db0b339cff"),
        ("user: root, cgroup: /a", "user: root, cgroup: /a/b"),
        ("user: root, group: '0'", "user: root, group: '1'"),
    ],
)
def test_rules_for_two_resources_that_one_process_can_match_are_named(one: str, other: str) -> None:
    rules = with_rules(f"one: {{runsAs: web, {one}}}", f"other: {{runsAs: worker, {other}}}")
    (warning,) = warnings_of(estate(rules))
    assert warning.startswith("overlap: a process can match the workload rules one and other")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("user: root", "user: '1'"),
        ("systemdUnit: a.service", "systemdUnit: b.service"),
        ("container: 4c01db0b339c", "container: 5c01db0b339c"),
        ("user: root, cgroup: /a", "user: root, cgroup: /ab"),
    ],
)
def test_rules_that_exclude_each_other_are_no_matter(one: str, other: str) -> None:
    rules = with_rules(f"one: {{runsAs: web, {one}}}", f"other: {{runsAs: worker, {other}}}")
    assert warnings_of(estate(rules)) == ()


def test_two_rules_for_one_resource_may_overlap() -> None:
    rules = with_rules("one: {runsAs: web, user: root}", "other: {runsAs: web, user: root}")
    assert warnings_of(estate(rules)) == ()
