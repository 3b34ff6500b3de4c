"""Rules that know workloads: narrower is never wider, nobody by accident, all holders or none."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.estate.workload_rules import may_overlap
from keyless.gateway.attest.matching import NotAdmitted, matches, workload_of
from keyless.model.workloads import FileId, Placement, ProcessFacts, WorkloadRule

USERS = {"orders": 1, "billing": 2, "alias-of-orders": 1}
GROUPS = {"staff": 10, "ops": 11}
FILES = {"/bin/a": FileId(1, 1), "/bin/b": FileId(1, 2)}
IDS = ["ab" * 32, "ab" * 6 + "cd" * 26, "0" * 64]
CGROUPS = ["/system.slice", "/system.slice/orders.service", "/system.slice/orders.service.d", "/"]
UNITS = ["orders.service", "billing.service", "user@1000.service/orders.service"]
SELECTORS = ("user", "group", "executable", "systemd_unit", "container", "cgroup")


class Names:
    """A machine with a few names."""

    def uid_of(self, user: str) -> int | None:
        return USERS.get(user)

    def gid_of(self, group: str) -> int | None:
        return GROUPS.get(group)

    def file_of(self, path: str) -> FileId | None:
        return FILES.get(path)


def maybe(*values: str) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


RULES = st.builds(
    WorkloadRule,
    name=st.sampled_from(["one", "two", "three"]),
    runs_as=st.sampled_from(["/web", "/worker"]),
    user=maybe(*USERS, "unknown"),
    group=maybe(*GROUPS, "unknown"),
    executable=maybe(*FILES, "/bin/unknown"),
    systemd_unit=maybe(*UNITS),
    container=maybe(IDS[0], IDS[0][:12], IDS[2][:12]),
    cgroup=maybe(*CGROUPS),
)
FACTS = st.builds(
    ProcessFacts,
    pid=st.just(1),
    uid=st.sampled_from([0, 1, 2]),
    groups=st.frozensets(st.sampled_from([10, 11, 12])),
    executable=st.none() | st.sampled_from(list(FILES.values())),
    program=st.just("/bin/a"),
    placement=st.builds(Placement, cgroup=maybe(*CGROUPS), systemd_unit=maybe(*UNITS), container=maybe(*IDS)),
)
MACHINE = Names()


@given(RULES, FACTS, st.sampled_from(SELECTORS))
def test_a_rule_that_says_less_matches_no_less(rule: WorkloadRule, facts: ProcessFacts, dropped: str) -> None:
    wider = msgspec.structs.replace(rule, **{dropped: None})
    assert not matches(rule, facts, MACHINE) or matches(wider, facts, MACHINE) or not wider.says_who


@given(RULES, FACTS)
def test_a_rule_that_does_not_say_who_matches_nobody(rule: WorkloadRule, facts: ProcessFacts) -> None:
    nobody = msgspec.structs.replace(rule, user=None, systemd_unit=None, container=None)
    assert not matches(nobody, facts, MACHINE)


@given(RULES, FACTS)
def test_a_rule_matches_where_each_of_its_selectors_does_alone(
    rule: WorkloadRule, facts: ProcessFacts
) -> None:
    said = {name: getattr(rule, name) for name in SELECTORS if getattr(rule, name) is not None}
    assert matches(rule, facts, MACHINE) == (
        rule.says_who and all(_alone(name, value, facts) for name, value in said.items())
    )


def _alone(selector: str, value: str, facts: ProcessFacts) -> bool:
    """What a selector means, written plainly once more."""
    placement = facts.placement
    return {
        "user": lambda: value in USERS and facts.uid == USERS[value],
        "group": lambda: value in GROUPS and GROUPS[value] in facts.groups,
        "executable": lambda: value in FILES and facts.executable == FILES[value],
        "systemd_unit": lambda: placement.systemd_unit == value,
        "container": lambda: (placement.container or "").startswith(value),
        "cgroup": lambda: (
            placement.cgroup is not None
            and (value == "/" or placement.cgroup == value or placement.cgroup.startswith(f"{value}/"))
        ),
    }[selector]()


@given(st.lists(RULES, max_size=4), st.lists(FACTS, min_size=1, max_size=3))
def test_what_is_admitted_matches_for_every_holder_and_means_one_resource(
    rules: list[WorkloadRule], holders: list[ProcessFacts]
) -> None:
    for_all = [rule for rule in rules if all(matches(rule, one, MACHINE) for one in holders)]
    meant = {rule.runs_as for rule in for_all}
    if len(meant) == 1:
        assert workload_of(rules, holders, MACHINE) == for_all[0]
    else:
        with pytest.raises(NotAdmitted, match="both match it" if meant else "no rule"):
            workload_of(rules, holders, MACHINE)


@given(RULES, RULES, FACTS)
def test_rules_that_both_match_are_known_to_overlap(
    one: WorkloadRule, other: WorkloadRule, facts: ProcessFacts
) -> None:
    same_names: dict[str, Any] = {"user": "orders" if one.user == "alias-of-orders" else one.user}
    plain = msgspec.structs.replace(one, **same_names)
    if other.user != "alias-of-orders" and matches(plain, facts, MACHINE) and matches(other, facts, MACHINE):
        assert may_overlap(plain, other)


def test_nobody_at_all_is_no_workload() -> None:
    with pytest.raises(NotAdmitted):
        workload_of([WorkloadRule("one", "/web", user="orders")], [], MACHINE)


def test_a_container_is_not_known_by_a_few_digits_of_its_id() -> None:
    facts = ProcessFacts(1, 1, frozenset(), None, "", Placement(None, None, IDS[0]))
    assert not matches(WorkloadRule("one", "/web", container=IDS[0][:11]), facts, MACHINE)
    assert matches(WorkloadRule("one", "/web", container=IDS[0][:12]), facts, MACHINE)
